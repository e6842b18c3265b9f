/**
 * Standard output and standard error as the runtime has them: exactly the text that is written, and
 * written when the call returns. The one place that looks for them.
 *
 * Browser compatible: reads `globalThis` and finds nothing there.
 *
 * @module
 */

/** What Deno has. */
interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

/** What Node and Bun have. */
interface TextWriter {
  write(text: string): unknown;
}

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
  stream.write(text);
  return true;
}
