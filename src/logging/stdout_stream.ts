/**
 * Standard output as a stream of text. A file of its own, since handlers write to standard error by
 * default.
 *
 * Browser compatible: looks the runtime's streams up.
 *
 * @module
 */
import { writeToStandardStream } from "./_standard_stream.ts";
import type { TextStream } from "./text_stream.ts";

/** Standard output. If the runtime has only a console, each text becomes a line. */
export const stdoutStream: TextStream = {
  name: "<stdout>",
  write(text: string): void {
    if (writeToStandardStream("stdout", text)) return;
    // deno-lint-ignore no-console -- the portable standard output
    console.log(text.endsWith("\n") ? text.slice(0, -1) : text);
  },
};
