/**
 * The control: frames that were encoded before, written with the runtime's own call, one write at a
 * time, as far as there is room. In a burst 64 KiB a write, in turns all records of a turn in one write.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setImmediate } from "node:timers";
import { bunRuntime } from "../../src/adapters/bun/_runtime.ts";
import type { Subject, Target } from "../net/subject.ts";

/** A connection as the runtime gives it. */
interface RawConnection {
  /** Writes; a promise, if there is no room for more yet, of when there is. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  close(): void;
}

/** Writes of 64 KiB in a burst. */
export function open(target: Target): Promise<Subject> {
  return openRaw(target, Infinity);
}

/** As `open`, but no write holds more than `maxPerWrite` frames. */
export async function openRaw(
  target: Target,
  maxPerWrite: number,
): Promise<Subject> {
  const bytes = new Uint8Array(readFileSync(target.frames));
  const size = new DataView(bytes.buffer).getUint32(0) + 4;
  const framesInFile = Math.floor(bytes.length / size);
  const connection = await connectRaw(target.port);
  return {
    emit: () => {
      throw new Error("a control has no emit()");
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(connection.close()),
    async run(records, perTurn) {
      const perWrite = Math.min(
        perTurn > 0 ? perTurn : framesInFile,
        framesInFile,
        maxPerWrite,
      );
      for (let left = records; left > 0;) {
        const count = Math.min(perWrite, left);
        const room = connection.write(bytes.subarray(0, count * size));
        left -= count;
        if (perTurn > 0) await new Promise((resolve) => setImmediate(resolve));
        if (room !== undefined) await room;
      }
    },
  };
}

function connectRaw(port: number): Promise<RawConnection> {
  if ("Deno" in globalThis) return connectDeno(port);
  if ("Bun" in globalThis) return connectBun(port);
  return connectNode(port);
}

async function connectDeno(port: number): Promise<RawConnection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length;) {
        at += await connection.write(bytes.subarray(at));
      }
    },
    close: () => connection.close(),
  };
}

async function connectBun(port: number): Promise<RawConnection> {
  let drained = () => {};
  const socket = await bunRuntime().connect<undefined>({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    socket: { drain: () => drained(), data: () => {} },
  });
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length;) {
        const taken = socket.write(bytes.subarray(at));
        if (taken < 0) throw new Error("the connection is gone");
        at += taken;
        if (at < bytes.length) {
          await new Promise<void>((resolve) => drained = resolve);
        }
      }
    },
    close: () => socket.end(),
  };
}

function connectNode(port: number): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => {
      resolve({
        write: (bytes) =>
          socket.write(bytes) ? undefined : new Promise((done) => socket.once("drain", done)),
        close: () => void socket.end(),
      });
    });
    socket.on("error", reject);
    socket.resume();
  });
}
