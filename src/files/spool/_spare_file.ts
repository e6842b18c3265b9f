/**
 * A file whose records are settled and that becomes the next segment of its folder: the system writes
 * over the bytes of a file in less than half the time that it takes to make a file longer. Until then it
 * has a name that is no segment's.
 *
 * @module
 */
import { END_MARK_BYTES } from "./_segment_format.ts";
import { attempt, type SpoolCalls, writeAll } from "./_spool_calls.ts";

const NAME = "spare";

/** The spare file of one folder. */
export class SpareFile {
  /** The size of the file; 0: there is none. */
  bytes = 0;
  /** Says whether files are kept. */
  isWanted: boolean;
  readonly #calls: SpoolCalls;
  readonly #path: string;
  readonly #segmentBytes: number;

  /** Makes none yet. */
  constructor(
    calls: SpoolCalls,
    folder: string,
    { segmentBytes, reusesFiles }: { segmentBytes: number; reusesFiles: boolean },
  ) {
    this.#calls = calls;
    this.#path = `${folder}/${NAME}`;
    this.#segmentBytes = segmentBytes;
    this.isWanted = reusesFiles;
  }

  /** Removes the one that a process has left which did not end in order, if it is among the names. */
  removeLeft(names: readonly string[]): void {
    if (names.includes(NAME)) this.#remove();
  }

  /** Keeps a file of so many bytes, if one is wanted that has about the size of a segment. */
  keep(path: string, bytes: number): boolean {
    const isWhole = bytes * 2 > this.#segmentBytes && bytes <= this.#segmentBytes + END_MARK_BYTES;
    if (!this.isWanted || this.bytes > 0 || !isWhole) return false;
    const isKept = attempt(() => (this.#calls.renameSync(path, this.#path), true));
    if (isKept) this.bytes = bytes;
    return isKept === true;
  }

  /** Makes the file that of a segment, and opens it. Its name tells of records once it has the header. */
  begin(path: string, header: Uint8Array): number {
    const calls = this.#calls;
    const start = new Uint8Array(header.length + END_MARK_BYTES);
    start.set(header);
    const fd = calls.openSync(this.#path, "r+");
    try {
      writeAll(calls, fd, start, 0);
      calls.renameSync(this.#path, path);
    } catch (error) {
      attempt(() => calls.closeSync(fd));
      throw error;
    }
    this.bytes = 0;
    return fd;
  }

  /** Removes the file, to make room; says whether there was one. */
  drop(): boolean {
    if (this.bytes === 0) return false;
    this.#remove();
    return true;
  }

  #remove(): void {
    this.bytes = 0;
    attempt(() => this.#calls.unlinkSync(this.#path));
  }
}
