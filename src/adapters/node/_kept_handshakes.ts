/**
 * A TLS server of Node keeps the connection of a handshake that failed or took too long: it emits
 * `tlsClientError`, and leaves the socket to whoever listens (https://nodejs.org/api/tls.html).
 *
 * @module
 */
import type { Server, Socket } from "node:net";
import { showAddress } from "../../net/address.ts";
import type { SocketListener } from "../../net/listener.ts";

/** Has the listener bound the handshakes of a TLS server, and drops those that fail. */
export function dropSilentClients(server: Server, listener: SocketListener): void {
  // A TLS socket does not say which socket carries it; but both have the same peer.
  const key = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
  const handshakes = new Map<string, () => void>();
  const end = (from: string) => {
    handshakes.get(from)?.();
    handshakes.delete(from);
  };
  server.on("connection", (socket: Socket) => {
    const from = key(socket);
    handshakes.set(from, listener.beginHandshake(() => socket.destroy()));
    socket.once("close", () => end(from));
  });
  // On Deno the socket has no address any more.
  const peerOf = ({ remoteAddress: hostname, remotePort: port = 0 }: Socket) =>
    hostname === undefined ? "that left" : showAddress({ transport: "tcp", hostname, port });
  server.on("secureConnection", (socket: Socket) => end(key(socket)));
  server.on("tlsClientError", (error: unknown, socket: Socket) => {
    listener.handshakeFailed(error, peerOf(socket));
    socket.destroy();
  });
}
