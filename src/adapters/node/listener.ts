/**
 * Listens by `node:net` and `node:tls`.
 *
 * @module
 */
import * as net from "node:net";
import * as tls from "node:tls";
import { showAddress } from "../../net/address.ts";
import type { StreamAddress } from "../../net/connector.ts";
import { SocketListener } from "../../net/listener.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { eventLoopTurn } from "../common/event_loop_turn.ts";
import { dropSilentClients } from "./_kept_handshakes.ts";
import { NodeStream } from "./_stream.ts";

/** Listens, and hands over each connection whose handshake is done. */
export function listenNode(at: StreamAddress, doing: string): Promise<SocketListener> {
  const secure = at.transport === "tcp" ? at.tls : undefined;
  return new Promise((resolve, reject) => {
    let server: net.Server;
    try {
      server = secure === undefined
        ? net.createServer({ allowHalfOpen: true, highWaterMark: 1 })
        : tls.createServer({
          cert: secure.cert as string,
          key: secure.key as string,
          ...(secure.ca && { ca: secure.ca, requestCert: true }),
        } as tls.TlsOptions);
    } catch (error) {
      return reject(toConnectionError(error, doing));
    }
    const fail = (error: unknown) => reject(toConnectionError(error, doing));
    server.once("error", fail);
    server.listen(
      at.transport === "unix" ? { path: at.path } : { host: at.hostname, port: at.port },
    );
    server.once("listening", () => {
      server.off("error", fail);
      // One connection that could not be accepted is no reason to stop.
      server.on("error", () => {});
      const bound = server.address();
      const port = typeof bound === "object" && bound !== null ? bound.port : 0;
      const address = at.transport === "unix" ? at : { ...at, port };
      const listener = new SocketListener(address, {
        close: () => server.close(),
        turn: eventLoopTurn,
        unref: () => server.unref(),
      });
      if (secure !== undefined) dropSilentClients(server, listener);
      server.on(secure === undefined ? "connection" : "secureConnection", (socket: net.Socket) => {
        // Not before: a client that leaves within its handshake must not hold the socket.
        socket.allowHalfOpen = true;
        const { remoteAddress: hostname = "", remotePort = 0 } = socket;
        const peer = at.transport === "unix"
          ? at.path
          : showAddress({ ...at, hostname, port: remotePort });
        listener.accept(new NodeStream(socket, peer, true));
      });
      resolve(listener);
    });
  });
}
