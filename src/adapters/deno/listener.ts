/**
 * Listens on Deno, by `Deno.listen` and `Deno.listenTls`.
 *
 * @module
 */
import { acceptLoop } from "../../net/accept_loop.ts";
import { showAddress } from "../../net/address.ts";
import type { StreamAddress } from "../../net/connector.ts";
import { SocketListener } from "../../net/listener.ts";
import { toConnectionError } from "../../net/native_error.ts";
import { eventLoopTurn } from "../common/event_loop_turn.ts";
import { type DenoConn, type DenoListener, denoRuntime } from "./runtime.ts";
import { DenoStream } from "./_stream.ts";

/** Listens, and accepts until the listener is closed. */
export function listenDeno(at: StreamAddress, doing: string): SocketListener {
  const native = open(at, doing);
  let isOpen = true;
  const address = at.transport === "unix" ? at : { ...at, port: native.addr.port ?? 0 };
  const listener = new SocketListener(address, {
    close() {
      isOpen = false;
      native.close();
      // As Node and Bun do, so that it can be listened at again.
      if (at.transport === "unix") denoRuntime().removeSync(at.path);
      // The address is free only when the accept that is pending has ended.
      return accepting;
    },
    turn: eventLoopTurn,
    unref: () => native.unref(),
  });
  const accepting = acceptLoop(async () => {
    welcome(await native.accept(), at, listener);
  }, () => isOpen);
  return listener;
}

function open(at: StreamAddress, doing: string): DenoListener {
  const deno = denoRuntime();
  try {
    if (at.transport === "unix") return deno.listen({ transport: "unix", path: at.path });
    const { hostname, port, tls } = at;
    if (tls === undefined) return deno.listen({ hostname, port });
    const { cert = "", key = "" } = tls;
    return deno.listenTls({ hostname, port, cert, key });
  } catch (error) {
    throw toConnectionError(error, doing);
  }
}

async function welcome(conn: DenoConn, at: StreamAddress, listener: SocketListener): Promise<void> {
  const { hostname = "", port = 0 } = conn.remoteAddr;
  const peer = at.transport === "unix" ? at.path : showAddress({ ...at, hostname, port });
  if (conn.handshake === undefined) return listener.accept(new DenoStream(conn, peer, true));
  let isOpen = true;
  const drop = () => {
    if (isOpen) conn.close();
    isOpen = false;
  };
  const endHandshake = listener.beginHandshake(drop);
  try {
    await conn.handshake();
  } catch (error) {
    if (isOpen) listener.handshakeFailed(error, peer);
    drop();
  }
  endHandshake();
  if (isOpen) listener.accept(new DenoStream(conn, peer, true));
}
