/**
 * Dials on Bun, by `Bun.connect`.
 *
 * @module
 */
import { showAddress } from "../../net/address.ts";
import type { StreamAddress, StreamConnection, TlsOptions } from "../../net/connector.ts";
import {
  abortedError,
  closedEarly,
  toConnectionError,
  unansweredHandshake,
} from "../../net/native_error.ts";
import { KEEP_ALIVE_MS } from "../../net/socket_stream.ts";
import { bunRuntime, type BunSocket } from "./_runtime.ts";
import { BunStream, streamEvents } from "./_stream.ts";

/** Connects, TLS handshake included. */
export function dialBun(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  const secure = to.transport === "tcp" ? to.tls : undefined;
  return new Promise((resolve, reject) => {
    let socket: BunSocket<BunStream> | undefined;
    let failed = false;
    const fail = (error: unknown) => {
      if (failed) return;
      failed = true;
      signal?.removeEventListener("abort", onAbort);
      reject(toConnectionError(error, doing));
      socket?.terminate();
    };
    const onAbort = () => {
      // With TLS a socket that is open waits for its handshake.
      const errorOf = socket === undefined ? abortedError : unansweredHandshake;
      fail(errorOf(signal as AbortSignal, doing));
    };
    const onReady = (ready: BunSocket<BunStream>) => {
      signal?.removeEventListener("abort", onAbort);
      ready.setKeepAlive(true, KEEP_ALIVE_MS);
      resolve(new BunStream(ready, showAddress(to), false));
    };
    signal?.addEventListener("abort", onAbort);
    const connecting = async () =>
      await bunRuntime().connect<BunStream>({
        ...(to.transport === "unix" ? { unix: to.path } : { hostname: to.hostname, port: to.port }),
        ...(secure && { tls: clientTls(secure) }),
        allowHalfOpen: true,
        socket: {
          ...streamEvents,
          open(opened) {
            // Bun has no way to stop a connect: one that was given up is ended when it opens.
            if (failed) return opened.terminate();
            socket = opened;
            if (secure === undefined) onReady(opened);
          },
          handshake(opened, success, error) {
            if (failed) return;
            if (success) onReady(opened);
            else fail(toConnectionError(error, doing, "tls"));
          },
          close(closed, error) {
            if (closed.data !== undefined) return closed.data.onClose(error);
            socket = undefined;
            fail(error ?? closedEarly(secure !== undefined, doing));
          },
          connectError: (_socket, error) => fail(error),
        },
      });
    // Through an async function, since Bun throws at once what it makes of a bad key.
    connecting().catch(fail);
  });
}

function clientTls({ ca, cert, key, serverName }: TlsOptions): Record<string, unknown> {
  return {
    // Said outright: Bun takes empty settings for no TLS at all.
    rejectUnauthorized: true,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(serverName && { serverName }),
  };
}
