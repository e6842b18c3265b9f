/** The lines that a program adds to a file, as it adds them. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";

const LF = 0x0a;

/** Follows a file of lines that another program writes; it need not exist yet. */
export class Output {
  readonly #path: string;
  /** The bytes of the file that have been read: whole lines alone. */
  #offset = 0;
  readonly #chunk = new Uint8Array(1024 * 1024);
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that are new since the last call. */
  takeLines(): string[] {
    if (!existsSync(this.#path)) return [];
    const lines: string[] = [];
    const file = openSync(this.#path, "r");
    try {
      while (true) {
        const count = readSync(file, this.#chunk, 0, this.#chunk.length, this.#offset);
        const end = this.#chunk.subarray(0, count).lastIndexOf(LF) + 1;
        if (end === 0) return lines;
        this.#offset += end;
        lines.push(...this.#decoder.decode(this.#chunk.subarray(0, end - 1)).split("\n"));
      }
    } finally {
      closeSync(file);
    }
  }
}
