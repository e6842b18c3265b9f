/**
 * A file whose records are settled and that becomes the next segment of its folder: the system writes
 * over the bytes of a file in less than half the time that it takes to make a file longer.
 *
 * It is chosen when its segment is retired, gets the name `spare` once the position is durable, and the
 * name of the next segment when that begins. It counts as space that the spool takes all the while.
 *
 * @module
 */
import { END_MARK_BYTES } from "./_segment_format.ts";
import { attempt, codeOf, type SpoolCalls, writeAll } from "./_spool_calls.ts";

const NAME = "spare";

/** The spare file of one folder. */
export class SpareFile {
  /** The size of the file, also while it is that of a retired segment; 0: there is none. */
  bytes = 0;
  /** Says whether files are kept. */
  isWanted: boolean;
  readonly #calls: SpoolCalls;
  readonly #path: string;
  readonly #segmentBytes: number;
  /** The path of the retired segment, until a crash cannot bring its records back. */
  #retired: string | undefined;

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

  /** True if the file can be made that of a segment. */
  get isReady(): boolean {
    return this.bytes > 0 && this.#retired === undefined;
  }

  /** Chooses the file of a segment that is retired, if one is wanted and it has about the usual size. */
  choose(path: string): void {
    if (!this.isWanted || this.bytes > 0) return;
    // A file that was not measured, or that a write has failed on, has more bytes than is known.
    const bytes = attempt(() => this.#calls.statSync(path).size) ?? 0;
    const least = this.#segmentBytes / 2;
    if (bytes <= least || bytes > this.#segmentBytes + END_MARK_BYTES) return;
    this.bytes = bytes;
    this.#retired = path;
  }

  /** Keeps the file of a segment whose records are settled for good, if it was chosen. */
  keep(path: string): boolean {
    if (path !== this.#retired) return false;
    this.#retired = undefined;
    const isKept = attempt(() => (this.#calls.renameSync(path, this.#path), true)) === true;
    if (!isKept) this.bytes = 0;
    return isKept;
  }

  /**
   * Makes the file that of a segment, and opens it. It has the header before it has the name of a segment.
   *
   * @throws {Error} where the file is gone, or cannot be written or renamed
   */
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

  /** Removes the file, or keeps none, to make room; says whether there is more room now. */
  drop(): boolean {
    if (this.bytes === 0 || this.isReady && !this.#remove()) return false;
    this.#retired = undefined;
    this.bytes = 0;
    return true;
  }

  /** Removes the file; false where that fails, as on Windows while another program has it open. */
  #remove(): boolean {
    try {
      this.#calls.unlinkSync(this.#path);
      return true;
    } catch (error) {
      return codeOf(error) === "ENOENT";
    }
  }
}
