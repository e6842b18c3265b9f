/**
 * A file that records are appended to. All records of one turn of the event loop are written in one
 * call at its end, or as soon as they are 64 Ki characters, or at exit. The write is synchronous:
 * the system's cache takes it in microseconds, and nothing is under way between two turns.
 *
 * Records that cannot be written are dropped, and each is reported. The next write completes a
 * record that was written in part, so that no record stands in another's line. A file that was
 * removed is created again: bytes that the system still takes for it could never be read. Records
 * that were written since the system was last asked for the file are kept until it is asked again,
 * and are written to the new file as well; a copy of the removed file may hold them too.
 *
 * The byte order mark of the encoding stands in front of the first record of an empty file: Python
 * writes it likewise.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import fs from "node:fs";
import { clearImmediate, clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { reportError } from "../logging/report_error.ts";
import type { TextStream } from "../logging/text_stream.ts";
import { demandFile } from "./deno_permission.ts";
import { exitWriter } from "./exit_writer.ts";
import { type Fsync, MODE_FLAGS, type OpenMode } from "./file_options.ts";
import { type TextEncoding, UTF_8 } from "./text_encoding.ts";
import type { TextErrors } from "./text_errors.ts";

/** Deno repeats a write that is taken in part; if that fails, its error does not name the part. */
const FAILS_SILENTLY = "Deno" in globalThis;

/** Stands in the place of a record for the end of a line that was given up. */
const LINE_END = makeLogRecord({ msg: "" });

/** About the most that one call writes: longer writes are not cheaper. */
const BUFFER_CHARACTERS = 64 * 1024;

/**
 * In turns that follow each other within this time the system is asked once whether the file was
 * removed: to ask takes as long as a write, on Deno three times as long.
 */
const CHECK_MS = 10;

/** The calls of `node:fs` that are used, declared here so that programs need no types of Node. */
export interface FileCalls {
  openSync(path: string, flags: string, mode: number): number;
  fstatSync(fd: number): FileStats<number>;
  fstatSync(fd: number, options: { bigint: true }): FileStats<bigint>;
  statSync(
    path: string,
    options: { bigint: true; throwIfNoEntry: false },
  ): FileIdentity | undefined;
  writeSync(fd: number, text: string): number;
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
  isDirectory(): boolean;
}

/** Identifies a file, whatever its name is. */
export interface FileIdentity {
  /** The device that holds it. */
  readonly dev: bigint;
  /** Its inode there. */
  readonly ino: bigint;
}

/** Options of {@linkcode LogFile}. */
export interface LogFileOptions {
  /** How an existing file is opened. */
  readonly mode: OpenMode;
  /** When the handler waits for the disk itself. */
  readonly fsync: Fsync;
  /** The encoding of the file. @default {UTF-8} */
  readonly encoding?: TextEncoding;
  /** How a character is written that the encoding lacks. @default {"strict"} */
  readonly errors?: TextErrors;
  /** The calls to the system. @default {node:fs} */
  readonly calls?: FileCalls;
  /** So long, in milliseconds, a removed file may be unnoticed. @default {10} */
  readonly checkMs?: number;
}

/** A write that failed after it had taken some bytes. */
interface Failure {
  readonly bytes: Uint8Array;
  readonly taken: number;
  readonly error: unknown;
}

/** Appends records to the file of a name; see the module. */
export class LogFile implements TextStream {
  /** The absolute path. */
  readonly name: string;
  /** Gets each record that is lost, with the error. */
  onLoss: (record: LogRecord, error: unknown) => void = reportError;
  readonly #mode: OpenMode;
  readonly #fsync: Fsync;
  readonly #calls: FileCalls;
  readonly #encoding: TextEncoding;
  readonly #errors: TextErrors;

  #fd: number | undefined;
  #identity: FileIdentity | undefined;
  #isRegular = false;
  /** True if the file system has counted the names of the file: without one, it was removed. */
  #countsNames = false;
  /** The size of the file when the system was last asked, and the bytes written since. */
  #end = 0;

  #texts: (string | Uint8Array)[] = [];
  #records: LogRecord[] = [];
  #characters = 0;
  /** The bytes of the first `#measured` texts. */
  #bytes = 0;
  #measured = 0;
  /** True if the first text is the rest of one whose beginning stands in the file. */
  #startsCut = false;
  /** True if the file may end in the middle of a line that is given up. */
  #endsTorn = false;

  /** When the system was last asked whether the file was removed, by `performance.now()`. */
  #checkedAt = -Infinity;
  readonly #checkMs: number;
  /** The texts that were written since, and their records. */
  #uncheckedTexts: (string | Uint8Array)[] = [];
  #uncheckedRecords: LogRecord[] = [];
  #uncheckedCharacters = 0;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;

  #batch = 0;
  #turnEnd: ReturnType<typeof setImmediate> | undefined;
  readonly #writeOut = (): void => this.writeOut();

  /** Opens nothing. */
  constructor(name: string, options: LogFileOptions) {
    this.name = name;
    this.#mode = options.mode;
    this.#fsync = options.fsync;
    this.#encoding = options.encoding ?? UTF_8;
    this.#errors = options.errors ?? "strict";
    this.#calls = options.calls ?? fs;
    this.#checkMs = options.checkMs ?? CHECK_MS;
    exitWriter.install();
  }

  /** True while the file is open. */
  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /** The number of times that the buffer was written out: it changes once a turn at most. */
  get batch(): number {
    return this.#batch;
  }

  /** Opens the file as its mode says, if it is not open. */
  open(): void {
    if (this.#fd === undefined) this.#open(this.#mode);
  }

  #open(mode: OpenMode): void {
    demandFile(this.name);
    const fd = this.#calls.openSync(this.name, MODE_FLAGS[mode], 0o666);
    try {
      const stats = this.#calls.fstatSync(fd, { bigint: true });
      // Windows opens a folder, and takes no bytes for it.
      if (stats.isDirectory()) throw folderError(this.name);
      this.#isRegular = stats.isFile();
      this.#countsNames = stats.nlink > 0n;
      this.#end = this.#isRegular ? Number(stats.size) : 0;
      this.#identity = stats;
    } catch (error) {
      this.#calls.closeSync(fd);
      throw error;
    }
    this.#fd = fd;
    this.#mendTorn();
  }

  /** Ends the cut line at the end of the file, so that the next record begins a line. */
  #mendTorn(): void {
    if (this.#endsTorn && this.#end > 0) this.#continueWith(this.#lineEnd(), LINE_END);
    this.#endsTorn = false;
  }

  /** A line feed behind the end of the file; a code unit that was cut is filled up with zeros. */
  #lineEnd(): string | Uint8Array {
    const { unitBytes = 1 } = this.#encoding;
    const cut = this.#end % unitBytes;
    const lineFeed = this.#encoding.encode("\n", "strict");
    return cut === 0 ? lineFeed : join([new Uint8Array(unitBytes - cut), lineFeed]);
  }

  /**
   * Opens the file of the name, as its mode says, and then closes the one that was open. Throws if
   * it cannot be opened: then the one that was open stays in use.
   */
  reopen(): void {
    this.writeOut(true);
    const left = this.#fd;
    if (this.#fsync !== "never") this.#sync(makeLogRecord({ msg: "reopen()" }));
    try {
      this.#open(this.#mode);
      this.#closeSystemFile(left);
    } catch (error) {
      // Windows keeps the name of a removed file until it is closed.
      if (left === undefined || !this.#isRemoved(this.#calls.fstatSync(left))) throw error;
      this.#release();
      this.#open(this.#mode);
    }
    this.#giveUpCut(new Error(`Cannot complete a record as ${this.name} was opened again`));
    this.#mendTorn();
  }

  /**
   * Appends a record's text: it is in the file by the end of the turn. Throws if opening fails, or for
   * a character that the encoding lacks.
   */
  append(line: string, record: LogRecord): void {
    this.open();
    const text = this.#encoding.encode(line, this.#errors);
    this.#texts.push(text);
    this.#records.push(record);
    this.#characters += text.length;
    if (this.#characters >= BUFFER_CHARACTERS || this.#fsync === "always" || exitWriter.isEnding) {
      this.writeOut();
    } else if (this.#turnEnd === undefined) {
      // The exit hooks write it too, so it need not hold a program open that logs as its last act.
      this.#turnEnd = setImmediate(this.#writeOut).unref();
      exitWriter.add(this);
    }
  }

  #unschedule(): void {
    if (this.#turnEnd !== undefined) clearImmediate(this.#turnEnd);
    this.#turnEnd = undefined;
    if (this.#uncheckedTexts.length === 0) exitWriter.delete(this);
  }

  /** Appends text that belongs to no record. */
  write(text: string): void {
    this.append(text, makeLogRecord({ msg: text }));
  }

  /** Puts a text before all others: it completes what stands at the end of the file. */
  #continueWith(text: string | Uint8Array, record: LogRecord): void {
    this.#texts.unshift(text);
    this.#records.unshift(record);
    this.#startsCut = true;
    this.#characters += text.length;
    this.#bytes = this.#measured = 0;
  }

  /**
   * The place of the next record, in bytes from the start of the file, the buffer included:
   * Python's `stream.tell()` at the end of the file. It asks the system when nothing is buffered,
   * as at the beginning of a turn: other programs may have truncated the file, or appended to it.
   * It opens the file if it is not open.
   */
  tell(): number {
    this.open();
    if (this.#isRegular && this.#texts.length === 0) {
      this.#end = this.#calls.fstatSync(this.#fd!).size;
    }
    while (this.#measured < this.#texts.length) {
      this.#bytes += sizeOf(this.#texts[this.#measured++]!);
    }
    return this.#end + this.#bytes + (this.#bytes > 0 ? this.#mark?.length ?? 0 : 0);
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

  /**
   * Writes the buffer. Never throws: each record that is lost is reported.
   *
   * @param checks asks in any case whether the file was removed
   */
  writeOut(checks = false): void {
    this.#unschedule();
    const hasTexts = this.#texts.length > 0;
    if (!hasTexts && (!checks || this.#uncheckedTexts.length === 0)) return;
    if (hasTexts) this.#batch++;
    const isChecked = checks || this.#isCheckDue();
    try {
      if (isChecked) this.#createIfRemoved();
    } catch (error) {
      this.#lose(error);
      return;
    }
    const unmarked = this.#texts;
    const texts = this.#withMark(unmarked);
    const records = this.#records;
    const characters = this.#characters;
    const startsCut = this.#startsCut;
    this.#clear();
    const failure = this.#writeAll(texts);
    if (failure === undefined) {
      if (!isChecked) this.#keepUnchecked(unmarked, records, characters);
      if (this.#fsync === "always") this.#sync(records.at(-1)!);
      return;
    }
    this.#checkedAt = -Infinity;
    const { error, taken, bytes } = failure;
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

  /** The byte order mark, if the file has none and is to have one. */
  get #mark(): Uint8Array | undefined {
    return this.#isRegular && this.#end === 0 ? this.#encoding.mark : undefined;
  }

  /** The texts of a write, the first one with the byte order mark if the file is empty. */
  #withMark(texts: (string | Uint8Array)[]): (string | Uint8Array)[] {
    const mark = this.#mark;
    const [first, ...others] = texts;
    return mark === undefined || first === undefined ? texts : [join([mark, first]), ...others];
  }

  #isCheckDue(): boolean {
    return this.#fd === undefined || this.#fsync === "always" || exitWriter.isEnding ||
      this.#uncheckedCharacters >= BUFFER_CHARACTERS ||
      performance.now() - this.#checkedAt >= this.#checkMs;
  }

  /** Keeps what was written until the system is asked whether the file was removed before. */
  #keepUnchecked(texts: (string | Uint8Array)[], records: LogRecord[], characters: number): void {
    // One by one: a turn may have more of them than a call may have arguments.
    for (const text of texts) this.#uncheckedTexts.push(text);
    for (const record of records) this.#uncheckedRecords.push(record);
    this.#uncheckedCharacters += characters;
    if (this.#checkTimer !== undefined) return;
    this.#checkTimer = setTimeout(() => this.writeOut(true), this.#checkMs).unref();
    exitWriter.add(this);
  }

  #forgetUnchecked(): void {
    if (this.#checkTimer === undefined) return;
    clearTimeout(this.#checkTimer);
    this.#checkTimer = undefined;
    this.#uncheckedTexts = [];
    this.#uncheckedRecords = [];
    this.#uncheckedCharacters = 0;
    exitWriter.delete(this);
  }

  /** Writes all of it, or returns its bytes, the number of bytes taken, and the error after them. */
  #writeAll(texts: (string | Uint8Array)[]): Failure | undefined {
    let taken = 0;
    let bytes: Uint8Array | undefined;
    try {
      if (texts.every((text) => typeof text === "string")) {
        // A short text is taken faster than its bytes.
        const text = texts.join("");
        if (text === "") return undefined;
        taken = this.#some(this.#calls.writeSync(this.#fd!, text));
        if (taken === Buffer.byteLength(text)) return undefined;
      }
      bytes = encode(texts);
      while (taken < bytes.length) {
        taken += this.#some(
          this.#calls.writeSync(this.#fd!, bytes, taken, bytes.length - taken),
        );
      }
    } catch (error) {
      bytes ??= encode(texts);
      return { taken: taken + this.#takenUntold(taken, bytes.length), error, bytes };
    } finally {
      if (this.#isRegular) this.#end += taken;
    }
    return undefined;
  }

  #some(taken: number): number {
    if (taken === 0) throw new Error(`Cannot write to ${this.name}: it takes no more bytes`);
    return taken;
  }

  /** The bytes that a failed write took without a report: the size of the file shows them. */
  #takenUntold(told: number, most: number): number {
    if (!FAILS_SILENTLY || !this.#isRegular) return 0;
    try {
      const { size } = this.#calls.fstatSync(this.#fd!);
      return Math.min(Math.max(size - this.#end - told, 0), most - told);
    } catch {
      return 0;
    }
  }

  /** Closes a file that has no name any more, and creates one of that name. */
  #createIfRemoved(): void {
    if (this.#fd === undefined) {
      this.open();
    } else if (this.#isRegular) {
      const stats = this.#calls.fstatSync(this.#fd);
      if (this.#isRemoved(stats)) {
        this.#release();
        this.#giveUpCut(new Error(`Cannot complete a record as ${this.name} was removed`));
        this.#endsTorn = false;
        this.#repeatUnchecked();
        this.#open("a");
      } else {
        this.#end = stats.size;
      }
    }
    this.#forgetUnchecked();
    this.#checkedAt = performance.now();
  }

  /**
   * Some file systems count no names: there the path decides. Not on Windows, whose path leads to a
   * removed file until it is closed.
   */
  #isRemoved({ nlink }: FileStats<number>): boolean {
    return nlink === 0 && (this.#countsNames || !this.isAtItsPlace());
  }

  /** Puts what was written to a file that may have been removed already before all others. */
  #repeatUnchecked(): void {
    this.#texts = this.#uncheckedTexts.concat(this.#texts);
    this.#records = this.#uncheckedRecords.concat(this.#records);
    this.#characters += this.#uncheckedCharacters;
    this.#bytes = this.#measured = 0;
    this.#forgetUnchecked();
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
    for (const record of records) this.#reportLoss(record, error);
  }

  #reportLoss(record: LogRecord, error: unknown): void {
    if (record !== LINE_END) this.onLoss(record, error);
  }

  /** Gives up the rest of a cut record: it will not follow its beginning. */
  #giveUpCut(error: unknown): void {
    if (!this.#startsCut) return;
    this.#startsCut = false;
    this.#endsTorn = true;
    const text = this.#texts.shift()!;
    this.#characters -= text.length;
    this.#bytes = this.#measured = 0;
    this.#reportLoss(this.#records.shift()!, error);
  }

  /** Writes the buffer and, if `fsync` is `on-flush`, waits for the disk. Never rejects. */
  async flush(): Promise<void> {
    this.writeOut(true);
    const fd = this.#fd;
    if (fd === undefined || !this.#isRegular || this.#fsync !== "on-flush") return;
    await new Promise<void>((resolve) => {
      this.#calls.fsync(fd, (error) => {
        // close() has waited for the disk itself.
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

  /** Writes the buffer and closes the file. Never throws; the next record opens it again. */
  close(): void {
    this.writeOut(true);
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

/** The error of systems that open no folder. */
function folderError(path: string): Error {
  const message = `EISDIR: illegal operation on a directory, open '${path}'`;
  return Object.assign(new Error(message), { code: "EISDIR" });
}

const encoder = new TextEncoder();

function sizeOf(text: string | Uint8Array): number {
  return typeof text === "string" ? Buffer.byteLength(text) : text.length;
}

/** The bytes of one write; few texts are bytes already. */
function encode(texts: (string | Uint8Array)[]): Uint8Array {
  if (texts.every((text) => typeof text === "string")) return encoder.encode(texts.join(""));
  return join(texts);
}

function join(texts: (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(texts.map((text) => typeof text === "string" ? encoder.encode(text) : text));
}
