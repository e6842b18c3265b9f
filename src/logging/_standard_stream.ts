/**
 * Standard output and standard error as the runtime has them: exactly the text that is written, and
 * written when the call returns. The one place that looks for them.
 *
 * Browser compatible: reads `globalThis` and finds nothing there.
 *
 * @module
 */
import { reportError } from "./report_error.ts";

/** The part of Deno that is used. */
interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** The part of Node and Bun that is used. */
interface TextWriter {
  write(text: string, done: (error?: unknown) => void): unknown;
  once?(event: "error", ignore: () => void): unknown;
  _handle?: { setBlocking?(isBlocking: boolean): unknown };
}

/** The streams that were written to, each with what it calls when it has taken a text. */
const known: Map<TextWriter, (error?: unknown) => void> = /* @__PURE__ */ new Map();

type Streams<Writer> = { readonly stdout?: Writer; readonly stderr?: Writer };

/**
 * Writes the text; `false` where its console must do that: the runtime has no such stream, as an edge
 * worker; or it is Bun, whose streams keep in memory what a slow reader has not taken, so that
 * `process.exit()` loses it. Bun's console, which can only write lines, does not.
 *
 * @throws the runtime's error, where the stream does not take the text
 */
export function writeToStandardStream(name: "stdout" | "stderr", text: string): boolean {
  const { Bun, Deno, process } = globalThis as {
    Bun?: object;
    Deno?: Streams<SyncWriter>;
    process?: Streams<TextWriter>;
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

function prepare(stream: TextWriter): (error?: unknown) => void {
  // By itself Node keeps in memory what the reader of a pipe has not taken, and `process.exit()` loses
  // that (nodejs/node#2972).
  stream._handle?.setBlocking?.(true);
  const done = (error?: unknown) => {
    if (!error) return;
    // A pipe that nobody reads any more must not end the program.
    stream.once?.("error", () => {});
    reportError(null, error);
  };
  known.set(stream, done);
  return done;
}
