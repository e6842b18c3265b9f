/**
 * Dials by `node:net` and `node:tls`.
 *
 * @module
 */
import * as net from "node:net";
import * as tls from "node:tls";
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

/** Connects, TLS handshake included. */
export function dialNode(
  to: StreamAddress,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<StreamConnection> {
  return new Promise((resolve, reject) => {
    let socket: net.Socket;
    try {
      socket = open(to);
    } catch (error) {
      return reject(toConnectionError(error, doing));
    }
    const fail = (error: unknown) => {
      cleanUp();
      socket.on("error", () => {});
      socket.destroy();
      reject(toConnectionError(error, doing));
    };
    const isTls = "tls" in to && to.tls !== undefined;
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

function open(to: StreamAddress): net.Socket {
  if (to.transport === "unix") return net.connect({ path: to.path, allowHalfOpen: true });
  const address = { host: to.hostname, port: to.port, allowHalfOpen: true, noDelay: true };
  return to.tls === undefined
    ? net.connect(address)
    : tls.connect({ ...address, ...clientTls(to.tls, to.hostname) });
}

function clientTls(
  { ca, cert, key, serverName }: TlsOptions,
  hostname: string,
): tls.ConnectionOptions {
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
