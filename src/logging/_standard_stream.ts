/**
 * The runtime's standard streams: exactly the text is written, before the call returns.
 * `StreamHandler` writes to standard output by it. Standard error is written by `stderr.ts`, which
 * never throws, and which a worker loads without this file.
 *
 * Browser compatible: reads `globalThis`, which has no such stream there.
 *
 * @module
 */
import { reportError } from "./report_error.ts";
import type { ProcessStream } from "./stderr.ts";

/** The part of Deno that is used. */
interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** The streams that were written to, each with the function that it calls after a text. */
const known: Map<ProcessStream, (error?: unknown) => void> = /* @__PURE__ */ new Map();

type Streams<Writer> = { readonly stdout?: Writer; readonly stderr?: Writer };

/**
 * Writes the text. Returns false if the console must write it: an edge worker has no such stream,
 * and Bun's streams keep in memory what a slow reader has not read, so that `process.exit()` loses
 * it. Bun's console, which can write only whole lines, does not.
 *
 * @throws the runtime's error, if the stream refuses the text
 */
export function writeToStandardStream(name: "stdout" | "stderr", text: string): boolean {
  const { Bun, Deno, process } = globalThis as {
    Bun?: object;
    Deno?: Streams<SyncWriter>;
    process?: Streams<ProcessStream>;
  };
  const sync = Deno?.[name];
  if (typeof sync?.writeSync === "function") {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += sync.writeSync(bytes.subarray(at));
    return true;
  }
  if (Bun !== undefined && text.endsWith("\n")) return false;
  const stream = process?.[name];
  if (typeof stream?.write !== "function") return false;
  stream.write(text, known.get(stream) ?? prepare(stream));
  return true;
}

function prepare(stream: ProcessStream): (error?: unknown) => void {
  // By default Node keeps in memory what the reader of a pipe has not read, and `process.exit()`
  // loses it (nodejs/node#2972).
  stream._handle?.setBlocking?.(true);
  const done = (error?: unknown) => {
    if (!error) return;
    // A pipe whose reader has gone must not end the program.
    stream.once?.("error", () => {});
    reportError(null, error);
  };
  known.set(stream, done);
  return done;
}
