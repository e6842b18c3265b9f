/**
 * The streams of `StreamHandler`: standard error, its default, and standard output.
 *
 * Browser compatible.
 *
 * @module
 */
import { writeToStderr } from "./stderr.ts";

/** An object that text can be written to: `process.stdout`, or any object with this method. */
export interface TextStream {
  /** Writes text, at once or later; a promise that it returns may reject. */
  write(text: string): unknown;
  /** Passes on text that `write()` has held back. */
  flush?(): unknown;
  /** The name that `toString()` of the handler shows. */
  name?: unknown;
}

/**
 * Standard error. A text without a line break at its end gets one if the runtime has only a
 * console, as an edge worker does.
 */
export const stderrStream: TextStream = {
  name: "<stderr>",
  write: writeToStderr,
};
