/**
 * What `StreamHandler` writes to, and the stream that it has by default.
 *
 * Browser compatible.
 *
 * @module
 */
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

/** Standard error, one `console.error` a write: it ends every write with a line break of its own. */
export const stderrStream: TextStream = {
  name: "<stderr>",
  write: writeToStderr,
};
