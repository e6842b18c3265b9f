/**
 * Dials by `node:net` and `node:tls`.
 *
 * @module
 */
import * as net from "node:net";
import type { ConnectionOptions } from "node:tls";
import { showAddress } from "../../net/address.ts";
import type { StreamAddress, StreamConnection, TlsOptions } from "../../net/connector.ts";
import {
  abortedError,
  closedEarly,
  toConnectionError,
  unansweredHandshake,
} from "../../net/native_error.ts";
import { KEEP_ALIVE_MS } from "../../net/socket_stream.ts";
import { NodeStream } from "./_stream.ts";

type NodeTls = typeof import("node:tls");

/** Connects, TLS handshake included. */
export async function dialNode(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  const secure = to.transport === "tcp" && to.tls !== undefined;
  // Loaded here, since it takes Node several milliseconds.
  const tls = secure ? await import("node:tls") : undefined;
  if (signal?.aborted) throw abortedError(signal, doing);
  return await connected(to, tls, signal, doing);
}

function connected(
  to: StreamAddress,
  tls: NodeTls | undefined,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  return new Promise((resolve, reject) => {
    let socket: net.Socket;
    try {
      socket = open(to, tls);
    } catch (error) {
      return reject(toConnectionError(error, doing));
    }
    const fail = (error: unknown) => {
      cleanUp();
      socket.on("error", () => {});
      socket.destroy();
      reject(toConnectionError(error, doing));
    };
    const isTls = tls !== undefined;
    const onClose = () => fail(closedEarly(isTls, doing));
    const onAbort = () => {
      const isConnected = socket.remoteAddress !== undefined;
      const errorOf = isTls && isConnected ? unansweredHandshake : abortedError;
      fail(errorOf(signal as AbortSignal, doing));
    };
    const onOpen = () => {
      cleanUp();
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      resolve(new NodeStream(socket, showAddress(to), false));
    };
    const opened = isTls ? "secureConnect" : "connect";
    const cleanUp = () => {
      signal?.removeEventListener("abort", onAbort);
      socket.off(opened, onOpen).off("error", fail).off("close", onClose);
    };
    socket.on(opened, onOpen).on("error", fail).on("close", onClose);
    signal?.addEventListener("abort", onAbort);
  });
}

function open(to: StreamAddress, tls: NodeTls | undefined): net.Socket {
  if (to.transport === "unix") return net.connect({ path: to.path, allowHalfOpen: true });
  const address = { host: to.hostname, port: to.port, allowHalfOpen: true, noDelay: true };
  return to.tls === undefined || tls === undefined
    ? net.connect(address)
    : tls.connect({ ...address, ...clientTls(tls, to.tls, to.hostname) });
}

function clientTls(
  tls: NodeTls,
  { ca, cert, key, serverName }: TlsOptions,
  hostname: string,
): ConnectionOptions {
  const name = serverName ?? hostname;
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    // RFC 6066 section 3: an IP address is not sent as a name.
    servername: net.isIP(name) ? "" : name,
    checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(name, certificate),
  };
}
