/**
 * The runtime's own standard error, whatever the program has put in the place of `console.error`:
 * `process.stderr`, or where there is none the `console.error` that stood there when this module was
 * loaded.
 *
 * Browser compatible: looks at `globalThis` only where there is a process.
 *
 * @module
 */

import { processId } from "./process_id.ts";

/** The part of `process.stderr` that is used. */
interface Stderr {
  write(text: string, done: (error?: unknown) => void): unknown;
  once?(event: "error", ignore: () => void): unknown;
  _handle?: { setBlocking?(isBlocking: boolean): unknown };
}

const { process, Bun } = (processId === 0 ? {} : globalThis) as {
  process?: { stderr?: Stderr };
  Bun?: object;
};
// deno-lint-ignore no-console -- the portable standard error
const printLine = console.error;
/**
 * Bun's own method. It keeps in memory what a slow reader has not taken, and `process.exit()` loses
 * that: there `console.error` writes whole lines, unless the program has replaced this method.
 */
const bunWrite = Bun && process?.stderr?.write;

/** Calls under way: more than one where what takes the text logs. */
let depth = 0;

/**
 * Writes `text` as it is, before it returns; where the runtime has nothing but a console, as a line.
 * Never throws.
 *
 * A `process.stderr.write()` of the program's own may log and so come here again. Such a record goes
 * past it; what is logged still further within is dropped, or there would be no end.
 */
export function writeToStderr(text: string): void {
  try {
    if (++depth > 2) return;
    const stderr = process?.stderr;
    // Node keeps in memory what the reader of a pipe has not taken, and process.exit() loses that
    // (nodejs/node#2972).
    stderr?._handle?.setBlocking?.(true);
    if (!stderr || (stderr.write === bunWrite && text.endsWith("\n"))) {
      printLine(text.replace(/\n$/, ""));
    } else {
      const write = depth === 1
        ? stderr.write
        : bunWrite ?? (Object.getPrototypeOf(stderr) as Stderr).write;
      write.call(stderr, text, (error) => {
        // A pipe that nobody reads any more must not end the program.
        if (error) stderr.once?.("error", () => {});
      });
    }
  } catch {
    // No other way is left to report it.
  } finally {
    depth--;
  }
}
