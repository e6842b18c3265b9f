/**
 * The runtime's own standard error, even if the program has replaced `console.error`:
 * `process.stderr`, or if there is none the `console.error` that was there when this module loaded.
 *
 * Browser compatible: reads `globalThis` only if there is a process.
 *
 * @module
 */

import { processId } from "./process_id.ts";

/** The part of a stream of `process` that is used, on Node and Bun. */
export interface ProcessStream {
  /** Writes text, and calls `done` when it is written, or with the error. */
  write(text: string, done: (error?: unknown) => void): unknown;
  /** Adds a listener for the next error. */
  once?(event: "error", ignore: () => void): unknown;
  /** Node's handle of the file descriptor. */
  _handle?: { setBlocking?(isBlocking: boolean): unknown };
}

const { process, Bun } = (processId === 0 ? {} : globalThis) as {
  process?: { stderr?: ProcessStream };
  Bun?: object;
};
// deno-lint-ignore no-console -- the portable standard error
const printLine = console.error;
/**
 * Bun's own method. It keeps in memory what a slow reader has not read, and `process.exit()` loses
 * it: so `console.error` writes whole lines there, unless the program has replaced this method.
 */
const bunWrite = Bun && process?.stderr?.write;

/**
 * The number of calls that run: more than one if a `process.stderr.write()` of the program logs.
 */
let depth = 0;

/**
 * Writes exactly `text` before it returns; as a line if the runtime has only a console. Never
 * throws.
 *
 * A `process.stderr.write()` of the program may log and so call this again. Such a record bypasses
 * it; a record that is logged one level deeper is dropped, or there would be no end.
 */
export function writeToStderr(text: string): void {
  try {
    if (++depth > 2) return;
    const stderr = process?.stderr;
    // Node keeps in memory what the reader of a pipe has not read, and process.exit() loses it
    // (nodejs/node#2972).
    stderr?._handle?.setBlocking?.(true);
    if (!stderr || (stderr.write === bunWrite && text.endsWith("\n"))) {
      printLine(text.replace(/\n$/, ""));
    } else {
      const write = depth === 1
        ? stderr.write
        : bunWrite ?? (Object.getPrototypeOf(stderr) as ProcessStream).write;
      write.call(stderr, text, (error) => {
        // A pipe whose reader has gone must not end the program.
        if (error) stderr.once?.("error", () => {});
      });
    }
  } catch {
    // No other way is left to report it.
  } finally {
    depth--;
  }
}
