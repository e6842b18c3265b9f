/**
 * Listens on Bun, by `Bun.listen`.
 *
 * @module
 */
import { showAddress } from "../../net/address.ts";
import type { StreamAddress } from "../../net/connector.ts";
import { SocketListener } from "../../net/listener.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { eventLoopTurn } from "../common/event_loop_turn.ts";
import { type BunListener, bunRuntime, type BunSocket } from "./_runtime.ts";
import { BunStream, streamEvents } from "./_stream.ts";

type Socket = BunSocket<BunStream>;

/** Listens, and hands over each connection whose handshake is done. */
export function listenBun(at: StreamAddress, doing: string): SocketListener {
  const secure = at.transport === "tcp" ? at.tls : undefined;
  // Bun accepts no sooner than the next turn, when the listener below exists.
  const accept = (socket: Socket) => {
    const { remoteAddress: hostname = "", remotePort: port = 0 } = socket;
    const peer = at.transport === "unix" ? at.path : showAddress({ ...at, hostname, port });
    listener.accept(new BunStream(socket, peer, true));
  };
  const handshakes = new Map<Socket, () => void>();
  const endHandshake = (socket: Socket) => {
    handshakes.get(socket)?.();
    handshakes.delete(socket);
  };
  let native: BunListener;
  try {
    native = bunRuntime().listen<BunStream>({
      ...(at.transport === "unix" ? { unix: at.path } : { hostname: at.hostname, port: at.port }),
      ...(secure &&
        { tls: { ...secure, ...(secure.ca && { requestCert: true, rejectUnauthorized: true }) } }),
      allowHalfOpen: true,
      socket: {
        ...streamEvents,
        open(socket) {
          if (secure === undefined) return accept(socket);
          handshakes.set(socket, listener.beginHandshake(() => socket.terminate()));
        },
        handshake(socket, success, error) {
          endHandshake(socket);
          if (success) return accept(socket);
          const { remoteAddress: hostname = "", remotePort: port = 0 } = socket;
          listener.handshakeFailed(error, showAddress({ transport: "tcp", hostname, port }));
          socket.terminate();
        },
        close(socket, error) {
          endHandshake(socket);
          socket.data?.onClose(error);
        },
      },
    });
  } catch (error) {
    throw toConnectionError(error, doing);
  }
  const address = at.transport === "unix" ? at : { ...at, port: native.port ?? 0 };
  const listener = new SocketListener(address, {
    close: () => native.stop(),
    turn: eventLoopTurn,
    unref: () => native.unref(),
  });
  return listener;
}
