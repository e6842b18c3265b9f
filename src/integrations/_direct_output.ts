/**
 * The output of a worker thread, written by that thread. Node and Bun pass it to the main thread,
 * which pino blocks while the program ends, and drop it then (nodejs/node#30491): the report of
 * lost records would be lost itself.
 *
 * For Deno, Bun and Node.
 *
 * @module
 */
import { writeSync } from "node:fs";
import process from "node:process";

/** The longest wait for a reader that is slow, in milliseconds; pino waits ten seconds in all. */
const MAX_WAIT_MS = 1000;

/** Makes `process.stdout` and `process.stderr` of this thread write at once. */
export function writeDirectly(): void {
  // Deno's threads do so.
  if ("Deno" in globalThis) return;
  for (const [fd, stream] of [[1, process.stdout], [2, process.stderr]] as const) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      writeAll(fd, typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      const done = rest.at(-1);
      if (typeof done === "function") done();
      return true;
    };
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let waited = 0;
  for (let from = 0; from < bytes.length && waited < MAX_WAIT_MS;) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (error) {
      // EAGAIN: the pipe is full. Any other error: no reader is left.
      if ((error as { code?: unknown }).code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      waited++;
    }
  }
}
