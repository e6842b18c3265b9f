/** The control of datagrams: one frame, encoded before, by the runtime's own bare `send`. */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers";
import { bunRuntime } from "../../src/adapters/bun/_runtime.ts";
import { denoRuntime } from "../../src/adapters/deno/runtime.ts";
import type { Subject, Target } from "../net/subject.ts";

/** A socket as the runtime gives it: `send` resolves when the kernel has the datagram. */
interface RawSocket {
  send(bytes: Uint8Array): Promise<unknown> | undefined;
  close(): void;
}

/** How many sends are not waited for, so that the runtime is what is measured. */
const IN_FLIGHT = 64;

/** Sends one frame a datagram. */
export async function open({ frames, port }: Target): Promise<Subject> {
  const bytes = new Uint8Array(readFileSync(frames));
  const frame = bytes.slice(0, new DataView(bytes.buffer).getUint32(0) + 4);
  const socket = await openRaw(port);
  return {
    emit: () => {
      throw new Error("a control has no emit()");
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(socket.close()),
    async run(records, perTurn) {
      for (let sent = 0; sent < records;) {
        const end = Math.min(sent + (perTurn || IN_FLIGHT), records);
        let last: Promise<unknown> | undefined;
        for (; sent < end; sent++) last = socket.send(frame) ?? last;
        if (last !== undefined) await last;
        if (perTurn > 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

async function openRaw(port: number): Promise<RawSocket> {
  const peer = { transport: "udp", hostname: "127.0.0.1", port } as const;
  if ("Deno" in globalThis) {
    const socket = denoRuntime().listenDatagram?.({ ...peer, port: 0 });
    if (socket === undefined) throw new Error("Deno needs --unstable-net for datagrams");
    return { send: (bytes) => socket.send(bytes, peer), close: () => socket.close() };
  }
  if ("Bun" in globalThis) {
    let drained = () => {};
    const socket = await bunRuntime().udpSocket({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: () => {}, drain: () => drained(), error: () => {} },
    });
    return {
      send: (bytes) =>
        socket.send(bytes, port, "127.0.0.1")
          ? undefined
          : new Promise<void>((resolve) => drained = resolve),
      close: () => socket.close(),
    };
  }
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.connect(port, "127.0.0.1", resolve));
  return {
    send: (bytes) =>
      new Promise<void>((resolve, reject) =>
        socket.send(bytes, (error) => error ? reject(error) : resolve())
      ),
    close: () => void socket.close(),
  };
}
