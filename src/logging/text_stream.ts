/**
 * What `StreamHandler` writes to: the stream that it has by default, and standard output.
 *
 * Browser compatible.
 *
 * @module
 */
import { writeToStandardStream } from "./_standard_stream.ts";
import { writeToStderr } from "./stderr.ts";

/** Something that text can be written to: `process.stdout`, a collecting object of one's own. */
export interface TextStream {
  /** Takes text, at once or later; what it returns is not looked at. */
  write(text: string): unknown;
  /** Sends on what `write()` has held back. */
  flush?(): unknown;
  /** Shown in the text form of the handler. */
  name?: unknown;
}

/**
 * Standard error. A text without a line break at its end gets one where the runtime has only a
 * console, as an edge worker.
 */
export const stderrStream: TextStream = {
  name: "<stderr>",
  write: writeToStderr,
};

/** Standard output. Where the runtime has only a console, each text is a line of its own. */
export const stdoutStream: TextStream = {
  name: "<stdout>",
  write(text: string): void {
    if (writeToStandardStream("stdout", text)) return;
    // deno-lint-ignore no-console -- the portable standard output
    console.log(text.endsWith("\n") ? text.slice(0, -1) : text);
  },
};
