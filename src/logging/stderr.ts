/**
 * Standard error, by the one way to it that every runtime has: `console.error`, a line a call.
 *
 * Browser compatible.
 *
 * @module
 */

/** Prints `text`, which may hold several lines, without its last line break. Never throws. */
export function writeToStderr(text: string): void {
  try {
    // deno-lint-ignore no-console -- the portable standard error
    console.error(text.endsWith("\n") ? text.slice(0, -1) : text);
  } catch {
    // A console that fails leaves nobody to tell.
  }
}
