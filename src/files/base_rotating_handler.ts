/**
 * The base of the handlers that roll their file over, after CPython's `BaseRotatingHandler`.
 * Differs: a roll-over that fails loses no record. The new file is opened before the old one is
 * closed, so that the old one takes the records; the error is reported once, and the roll-over is
 * tried again in the next turn of the event loop, then once a second.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node.
 *
 * @module
 */
import fs from "node:fs";
import { checkBoolean, checkFunction, checkKnown } from "../logging/validate.ts";
import { atOnce, watch } from "../logging/callback.ts";
import { tellFault, watchFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { FileHandler, type FileHandlerOptions } from "./file_handler.ts";
import { FILE_HANDLER_OPTIONS, ROTATING_OPTIONS } from "./file_options.ts";
import { RetryLimiter } from "./_retry_limiter.ts";
import { demandFile } from "./deno_permission.ts";
import { RotatedFiles } from "./_rotated_files.ts";

/** Returns the path of a rotated file, from its default path. */
export type Namer = (defaultName: string) => string;

/** Makes the rotated file at `dest` of the log file at `source`: moves it, compresses it, … */
export type Rotator = (source: string, dest: string) => void;

/** Options of {@linkcode BaseRotatingHandler}. */
export interface BaseRotatingHandlerOptions extends FileHandlerOptions {
  /** Returns the path of a rotated file; no two may get the same. @default {the default path} */
  readonly namer?: Namer;
  /** Makes the rotated file of the log file; synchronous. @default {renaming} */
  readonly rotator?: Rotator;
  /**
   * True: rotated files are compressed in the background, and get `.gz` behind their names.
   * `close()` waits for it; a process that ends midway leaves the file as it was.
   *
   * @default {false}
   */
  readonly gzip?: boolean;
}

/** A file handler whose subclasses say when the file rolls over, and how. */
export abstract class BaseRotatingHandler extends FileHandler {
  /** True: rotated files are compressed in the background. */
  readonly gzip: boolean;
  /**
   * The files that it rolled over.
   *
   * @ignore
   */
  protected readonly rotatedFiles: RotatedFiles;
  #latest: LogRecord | undefined;
  readonly #retries = new RetryLimiter();
  /** True while a record waits that needs the new file. */
  #isEmitting = false;
  /** The new path of the file that is still open; the file is compressed when it is closed. */
  #rotatedTo: string | undefined;

  /** Returns the path of a rotated file: a method of a subclass, or a function that is assigned. */
  namer?(defaultName: string): string;

  /** Makes the rotated file: a method of a subclass, or a function that is assigned. */
  rotator?(source: string, dest: string): void;

  /**
   * Opens the file, unless `delay` is true.
   *
   * @throws {TypeError} when an option has a bad value
   * @throws {Error} the system's, when the file cannot be opened
   */
  constructor(filename: string | URL, options: BaseRotatingHandlerOptions) {
    const what = "create a rotating file handler";
    checkKnown(what, options, [...FILE_HANDLER_OPTIONS, ...ROTATING_OPTIONS]);
    const { namer, rotator, gzip = false, ...others } = options;
    checkFunction(what, "namer", namer);
    checkFunction(what, "rotator", rotator);
    checkBoolean(what, "gzip", gzip);
    super(filename, others);
    if (namer) this.namer = namer;
    if (rotator) this.rotator = rotator;
    this.gzip = gzip;
    this.rotatedFiles = new RotatedFiles(gzip);
  }

  /** True if the file must roll over before this record; `text` is the record's, if it is known. */
  abstract shouldRollover(record: LogRecord, text?: string): boolean;

  /** Rolls the file over. */
  abstract doRollover(): void;

  /** Rolls the file over if `shouldRollover()` says so, and appends the record. */
  override emit(record: LogRecord): void {
    this.#latest = record;
    try {
      const text = atOnce(this.lineOf(record), "format()");
      if (this.#retries.permits(this.logFile.batch)) this.#rollOverIfDue(record, text);
      this.write(record, text);
    } catch (error) {
      tellFault(this, record, error);
    }
  }

  #rollOverIfDue(record: LogRecord, text: string): void {
    this.#isEmitting = true;
    try {
      if (!atOnce(this.shouldRollover(record, text), "shouldRollover()")) return;
      watchFault(this, record, this.doRollover());
      this.#retries.succeeded();
    } catch (error) {
      if (this.#retries.failed(this.logFile.batch)) tellFault(this, record, error);
    } finally {
      this.#isEmitting = false;
    }
  }

  /** The path of a rotated file, from its default path. */
  rotation_filename(defaultName: string): string {
    return typeof this.namer === "function"
      ? atOnce(this.namer(defaultName), "namer()")
      : defaultName;
  }

  /** Makes the rotated file at `dest` of the log file at `source`, if that exists. */
  rotate(source: string, dest: string): void {
    if (typeof this.rotator === "function") {
      watch(this.rotator(source, dest), (error) => this.reportFault(error));
      return;
    }
    demandFile(source, dest);
    if (fs.existsSync(source)) fs.renameSync(source, dest);
  }

  /** Writes the buffer, closes the file, and awaits the compression of rotated files. */
  override async close(): Promise<void> {
    await super.close();
    await this.rotatedFiles.done();
  }

  /**
   * Rotates to the free name `dest`, continues in a new file, and with `gzip` compresses the old
   * one. A file that was moved before is not rotated again.
   */
  protected rotateAndCompress(dest: string): void {
    if (!this.logFile.isMoved()) this.#rotate(dest);
    this.#openNext();
    const rotated = this.#rotatedTo;
    this.#rotatedTo = undefined;
    if (rotated === undefined || !this.gzip || !isRegular(rotated)) return;
    this.rotatedFiles.compress(rotated, (error) => this.reportFault(error));
  }

  /** Reports an error of a roll-over, with the record that was handled last. */
  protected reportFault(error: unknown): void {
    tellFault(this, this.#latest ?? makeLogRecord({ msg: "doRollover()" }), error);
  }

  #rotate(dest: string): void {
    // A rotator may remove the file that it has copied.
    this.logFile.writeOut(true);
    try {
      watch(this.rotate(this.baseFilename, dest), (error) => this.reportFault(error));
    } catch (error) {
      // A rotator may fail after it has moved the file.
      if (this.logFile.isMoved()) this.#openNext();
      throw error;
    }
    this.#rotatedTo = dest;
  }

  /** Opens the new file, and then closes the old one. */
  #openNext(): void {
    if (this.delay && !this.#isEmitting) this.logFile.close();
    else this.logFile.reopen();
  }
}

/** True if a regular file is at the path. */
function isRegular(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/** True if something else is at the path: a device or a pipe does not roll over. */
export function isNoRegularFile(path: string): boolean {
  return fs.existsSync(path) && !isRegular(path);
}
