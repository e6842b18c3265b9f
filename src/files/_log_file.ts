/**
 * A file that records are appended to. What one turn of the event loop appends is written in one
 * call at its end, or as soon as it is 64 Ki characters, or at exit: a write to a file is taken by
 * the system's cache in microseconds, so it is synchronous, and nothing is under way between turns.
 *
 * What cannot be written costs the records that it met, and each is reported. A record that was
 * written in part is completed by the next write, so that none stands in another's line. A file that
 * was removed is made anew: what the system would still take for it could never be read.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import fs from "node:fs";
import { clearImmediate, setImmediate } from "node:timers";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { reportError } from "../logging/report_error.ts";
import type { TextStream } from "../logging/text_stream.ts";
import { exitWriter } from "./_exit_writer.ts";
import { type Fsync, MODE_FLAGS, type OpenMode } from "./file_options.ts";

/** Deno repeats a write that is taken in part, and if that fails says nothing of the part. */
const FAILS_SILENTLY = "Deno" in globalThis;

/** Stands for the end of a line that was given up, which is nobody's record. */
const LINE_END = makeLogRecord({ msg: "" });

/** What is written in one call at most, nearly: more makes writes no cheaper. */
const BUFFER_CHARACTERS = 64 * 1024;

/** The calls of `node:fs` that are used, declared here so that programs need no types of Node. */
export interface FileCalls {
  openSync(path: string, flags: string, mode: number): number;
  fstatSync(fd: number): FileStats<number>;
  fstatSync(fd: number, options: { bigint: true }): FileStats<bigint>;
  statSync(
    path: string,
    options: { bigint: true; throwIfNoEntry: false },
  ): FileIdentity | undefined;
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  fsync(fd: number, callback: (error: Error | null) => void): void;
  fsyncSync(fd: number): void;
  closeSync(fd: number): void;
}

interface FileStats<N> {
  readonly dev: N;
  readonly ino: N;
  readonly size: N;
  readonly nlink: N;
  isFile(): boolean;
}

/** What tells a file from any other. */
export interface FileIdentity {
  /** The device that holds it. */
  readonly dev: bigint;
  /** Its inode there. */
  readonly ino: bigint;
}

/** Options of {@linkcode LogFile}. */
export interface LogFileOptions {
  /** What opening does to a file that is there. */
  readonly mode: OpenMode;
  /** When the disk itself is waited for. */
  readonly fsync: Fsync;
  /** The calls to the system. @default {node:fs} */
  readonly calls?: FileCalls;
}

/** Appends records to the file of a name; see the module. */
export class LogFile implements TextStream {
  /** The absolute path. */
  readonly name: string;
  /** Told of each record that is lost, and why. */
  onLoss: (record: LogRecord, error: unknown) => void = reportError;
  readonly #mode: OpenMode;
  readonly #fsync: Fsync;
  readonly #calls: FileCalls;

  #fd: number | undefined;
  #identity: FileIdentity | undefined;
  #isRegular = false;
  /** Where the file ended when the system was last asked, and what has been written since. */
  #end = 0;

  #texts: (string | Uint8Array)[] = [];
  #records: LogRecord[] = [];
  #characters = 0;
  /** Bytes of the first `#measured` of the texts. */
  #bytes = 0;
  #measured = 0;
  /** Whether the first text is the rest of one whose beginning stands in the file. */
  #startsCut = false;
  /** Whether the file may end in the middle of a line that is given up. */
  #endsTorn = false;

  #batch = 0;
  #turnEnd: ReturnType<typeof setImmediate> | undefined;
  readonly #writeOut = (): void => this.writeOut();

  /** Opens nothing. */
  constructor(name: string, { mode, fsync, calls = fs }: LogFileOptions) {
    this.name = name;
    this.#mode = mode;
    this.#fsync = fsync;
    this.#calls = calls;
    exitWriter.install();
  }

  /** Whether the file is open. */
  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /** How often the buffer has been written out: a number that changes once a turn or less. */
  get batch(): number {
    return this.#batch;
  }

  /** Opens the file, if it is not open, as its mode says. */
  open(): void {
    if (this.#fd === undefined) this.#open(this.#mode);
  }

  #open(mode: OpenMode): void {
    const fd = this.#calls.openSync(this.name, MODE_FLAGS[mode], 0o666);
    try {
      const stats = this.#calls.fstatSync(fd, { bigint: true });
      this.#isRegular = stats.isFile();
      this.#end = this.#isRegular ? Number(stats.size) : 0;
      this.#identity = stats;
    } catch (error) {
      this.#calls.closeSync(fd);
      throw error;
    }
    this.#fd = fd;
    this.#mendTorn();
  }

  /** The next record stands on a line of its own, whatever the file ends with. */
  #mendTorn(): void {
    if (this.#endsTorn && this.#end > 0) this.#continueWith("\n", LINE_END);
    this.#endsTorn = false;
  }

  /**
   * Opens the file of the name, as its mode says, and then leaves the one that is open. Throws if it
   * cannot be opened: then the one that is open stays in use.
   */
  reopen(): void {
    this.writeOut();
    const left = this.#fd;
    if (this.#fsync !== "never") this.#sync(makeLogRecord({ msg: "reopen()" }));
    this.#open(this.#mode);
    this.#giveUpCut(new Error(`Cannot complete a record as ${this.name} was opened anew`));
    this.#mendTorn();
    this.#closeSystemFile(left);
  }

  /** Appends a record's text: it is in the file by the end of the turn. Throws if none can be opened. */
  append(text: string | Uint8Array, record: LogRecord): void {
    this.open();
    this.#texts.push(text);
    this.#records.push(record);
    this.#characters += text.length;
    if (this.#characters >= BUFFER_CHARACTERS || this.#fsync === "always" || exitWriter.isEnding) {
      this.writeOut();
    } else if (this.#turnEnd === undefined) {
      // At exit it is written too: so it need not keep a program from ending that logs at its end.
      this.#turnEnd = setImmediate(this.#writeOut).unref();
      exitWriter.add(this);
    }
  }

  #unschedule(): void {
    if (this.#turnEnd !== undefined) clearImmediate(this.#turnEnd);
    this.#turnEnd = undefined;
    exitWriter.delete(this);
  }

  /** Appends text that is nobody's record. */
  write(text: string): void {
    this.append(text, makeLogRecord({ msg: text }));
  }

  /** The next write begins with this, or is not the next. */
  #continueWith(text: string | Uint8Array, record: LogRecord): void {
    this.#texts.unshift(text);
    this.#records.unshift(record);
    this.#startsCut = true;
    this.#characters += text.length;
    this.#bytes = this.#measured = 0;
  }

  /**
   * Where the next record begins, in bytes from the start of the file, what is buffered included:
   * Python's `stream.tell()` at the end of the file. The system is asked when nothing is buffered, as
   * at the beginning of a turn: others may have truncated the file, or appended to it. Opens the file
   * if it is not open.
   */
  tell(): number {
    this.open();
    if (this.#isRegular && this.#texts.length === 0) {
      this.#end = this.#calls.fstatSync(this.#fd!).size;
    }
    while (this.#measured < this.#texts.length) {
      this.#bytes += sizeOf(this.#texts[this.#measured++]!);
    }
    return this.#end + this.#bytes;
  }

  /** The file that was opened last; `undefined` before. */
  get identity(): FileIdentity | undefined {
    return this.#identity;
  }

  /** True if the path no longer leads to the open file: another program moved or removed it. */
  isMoved(): boolean {
    return this.isOpen && !this.isAtItsPlace();
  }

  /** True if the path leads to the file that was opened last. */
  isAtItsPlace(): boolean {
    const options = { bigint: true, throwIfNoEntry: false } as const;
    const stats = this.#calls.statSync(this.name, options);
    const identity = this.#identity;
    return stats?.ino === identity?.ino && stats?.dev === identity?.dev;
  }

  /** Writes what is buffered. Never throws: what fails is reported by record. */
  writeOut(): void {
    this.#unschedule();
    if (this.#texts.length === 0) return;
    this.#batch++;
    try {
      this.#makeAnewIfGone();
    } catch (error) {
      this.#lose(error);
      return;
    }
    const texts = this.#texts;
    const records = this.#records;
    const startsCut = this.#startsCut;
    this.#clear();
    const bytes = encode(texts);
    const failure = this.#writeAll(bytes);
    if (failure === undefined) {
      if (this.#fsync === "always") this.#sync(records.at(-1)!);
      return;
    }
    const { error, taken } = failure;
    const lost: LogRecord[] = [];
    let end = 0;
    for (const [i, text] of texts.entries()) {
      const start = end;
      end += sizeOf(text);
      if (end <= taken) continue;
      if (start < taken || (i === 0 && startsCut)) {
        this.#continueWith(bytes.slice(Math.max(start, taken), end), records[i]!);
      } else {
        lost.push(records[i]!);
      }
    }
    if (exitWriter.isEnding) this.#giveUpCut(error);
    else if (this.#startsCut) exitWriter.add(this);
    for (const record of lost) this.onLoss(record, error);
  }

  /** Writes all of it, or says how much was taken and what then went wrong. */
  #writeAll(bytes: Uint8Array): { taken: number; error: unknown } | undefined {
    let taken = 0;
    try {
      while (taken < bytes.length) {
        const size = this.#calls.writeSync(this.#fd!, bytes, taken, bytes.length - taken);
        if (size === 0) throw new Error(`Cannot write to ${this.name}: it takes no more bytes`);
        taken += size;
      }
    } catch (error) {
      return { taken: taken + this.#takenUntold(taken, bytes.length), error };
    } finally {
      if (this.#isRegular) this.#end += taken;
    }
    return undefined;
  }

  /** Where a failed write does not tell what it wrote before, the size of the file does. */
  #takenUntold(told: number, most: number): number {
    if (!FAILS_SILENTLY || !this.#isRegular) return 0;
    try {
      const { size } = this.#calls.fstatSync(this.#fd!);
      return Math.min(Math.max(size - this.#end - told, 0), most - told);
    } catch {
      return 0;
    }
  }

  /** A file that has no name any more is left, and one of that name made. */
  #makeAnewIfGone(): void {
    if (this.#fd === undefined) {
      this.open();
    } else if (this.#isRegular) {
      const stats = this.#calls.fstatSync(this.#fd);
      // Some file systems count no links: there the name tells.
      if (stats.nlink === 0 && !this.isAtItsPlace()) {
        this.#release();
        this.#giveUpCut(new Error(`Cannot complete a record as ${this.name} was removed`));
        this.#endsTorn = false;
        this.#open("a");
      } else {
        this.#end = stats.size;
      }
    }
  }

  #clear(): void {
    this.#texts = [];
    this.#records = [];
    this.#characters = this.#bytes = this.#measured = 0;
    this.#startsCut = false;
  }

  #lose(error: unknown): void {
    const records = this.#records;
    this.#endsTorn ||= this.#startsCut;
    this.#clear();
    for (const record of records) this.#tell(record, error);
  }

  #tell(record: LogRecord, error: unknown): void {
    if (record !== LINE_END) this.onLoss(record, error);
  }

  /** The rest of a cut record will not follow its beginning. */
  #giveUpCut(error: unknown): void {
    if (!this.#startsCut) return;
    this.#startsCut = false;
    this.#endsTorn = true;
    const text = this.#texts.shift()!;
    this.#characters -= text.length;
    this.#bytes = this.#measured = 0;
    this.#tell(this.#records.shift()!, error);
  }

  /** Writes what is buffered and, unless `fsync` is `never`, waits for the disk. Never rejects. */
  async flush(): Promise<void> {
    this.writeOut();
    const fd = this.#fd;
    if (fd === undefined || !this.#isRegular || this.#fsync !== "on-flush") return;
    await new Promise<void>((resolve) => {
      this.#calls.fsync(fd, (error) => {
        // A file that was closed meanwhile was waited for then.
        if (error && this.#fd === fd) this.onLoss(makeLogRecord({ msg: "flush()" }), error);
        resolve();
      });
    });
  }

  #sync(record: LogRecord): void {
    if (!this.#isRegular || this.#fd === undefined) return;
    try {
      this.#calls.fsyncSync(this.#fd);
    } catch (error) {
      this.onLoss(record, error);
    }
  }

  /** Writes what is buffered and closes the file. Never throws; the next record opens it anew. */
  close(): void {
    this.writeOut();
    this.#giveUpCut(new Error(`Cannot complete a record as ${this.name} was closed`));
    if (this.#fsync !== "never") this.#sync(makeLogRecord({ msg: "close()" }));
    this.#release();
  }

  #release(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    this.#closeSystemFile(fd);
  }

  #closeSystemFile(fd: number | undefined): void {
    if (fd === undefined) return;
    try {
      this.#calls.closeSync(fd);
    } catch (error) {
      this.onLoss(makeLogRecord({ msg: "close()" }), error);
    }
  }
}

const encoder = new TextEncoder();

function sizeOf(text: string | Uint8Array): number {
  return typeof text === "string" ? Buffer.byteLength(text) : text.length;
}

/** One buffer for one write; bytes among the texts are rare. */
function encode(texts: (string | Uint8Array)[]): Uint8Array {
  if (texts.every((text) => typeof text === "string")) return encoder.encode(texts.join(""));
  return Buffer.concat(texts.map((text) => typeof text === "string" ? encoder.encode(text) : text));
}
