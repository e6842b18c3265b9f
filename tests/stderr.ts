/** Catches what is written to stderr, as a program that replaces `process.stderr.write` does. */
import process from "node:process";

/** What was written so far, a write an item, without the last line break; `end()` ends it. */
export function catchStderr(): { lines: string[]; end(): void } {
  const lines: string[] = [];
  const { stderr } = process;
  const before = Object.getOwnPropertyDescriptor(stderr, "write");
  const write = (text: string | Uint8Array) => {
    lines.push(String(text).replace(/\n$/, ""));
    return true;
  };
  Object.defineProperty(stderr, "write", { value: write, configurable: true, writable: true });
  return {
    lines,
    end() {
      delete (stderr as { write?: unknown }).write;
      if (before !== undefined) Object.defineProperty(stderr, "write", before);
    },
  };
}
