/**
 * What handlers that roll their file over have in common, after CPython's `BaseRotatingHandler`.
 * Differs: a roll-over that fails costs no record. The new file is opened before the old one is
 * closed, so that records go on into the old one; the fault is reported once, and the roll-over is
 * tried again with the next turn of the event loop, then once a second.
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
import { RotatedFiles } from "./_rotated_files.ts";

/** Gives a rotated file its path, from the one that it has by default. */
export type Namer = (defaultName: string) => string;

/** Makes the file at `source` the one at `dest`: moved, compressed, or as it likes. */
export type Rotator = (source: string, dest: string) => void;

/** Options of {@linkcode BaseRotatingHandler}. */
export interface BaseRotatingHandlerOptions extends FileHandlerOptions {
  /** Gives rotated files their paths; each must get one of its own. @default {as they are} */
  readonly namer?: Namer;
  /** Makes the log file a rotated one; synchronous. @default {renaming} */
  readonly rotator?: Rotator;
  /**
   * Whether rotated files are compressed in the background, which puts `.gz` behind their names.
   * `close()` waits for it; a process that is ended midway leaves the file as it was.
   *
   * @default {false}
   */
  readonly gzip?: boolean;
}

/** A handler that says when it is time, and what to do then. */
export abstract class BaseRotatingHandler extends FileHandler {
  /** Whether rotated files are compressed in the background. */
  readonly gzip: boolean;
  /**
   * The files that it rolled over.
   *
   * @ignore
   */
  protected readonly rotatedFiles: RotatedFiles;
  #latest: LogRecord | undefined;
  readonly #retries = new RetryLimiter();
  /** Says whether a record follows, which needs the new file. */
  #isEmitting = false;
  /** Where the file was moved that is still open; it is compressed when it is closed. */
  #rotatedTo: string | undefined;

  /** Gives rotated files their paths: a method of a subclass, or a function that is assigned. */
  namer?(defaultName: string): string;

  /** Rotates the log file: a method of a subclass, or a function that is assigned. */
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

  /** Whether the file is to be rolled over before this record, whose text is given if it is known. */
  abstract shouldRollover(record: LogRecord, text?: string): boolean;

  /** Rolls the file over. */
  abstract doRollover(): void;

  /** Rolls the file over if it is time, and appends the record. */
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

  /** The path of a rotated file, from the one that it has by default. */
  rotation_filename(defaultName: string): string {
    return typeof this.namer === "function"
      ? atOnce(this.namer(defaultName), "namer()")
      : defaultName;
  }

  /** Makes the log file at `source`, if it is there, the rotated one at `dest`. */
  rotate(source: string, dest: string): void {
    if (typeof this.rotator === "function") {
      watch(this.rotator(source, dest), (error) => this.reportFault(error));
    } else if (fs.existsSync(source)) fs.renameSync(source, dest);
  }

  /** Writes what is buffered, closes the file, and awaits the compression of others. */
  override async close(): Promise<void> {
    await super.close();
    await this.rotatedFiles.done();
  }

  /**
   * Rotates to a name that is free, goes on in a new file, and has the old one compressed if that is
   * wanted. A file that was moved before is not rotated again.
   */
  protected rotateAndCompress(dest: string): void {
    if (!this.logFile.isMoved()) this.#rotate(dest);
    this.#goOn();
    const rotated = this.#rotatedTo;
    this.#rotatedTo = undefined;
    if (rotated === undefined || !this.gzip || !isRegular(rotated)) return;
    this.rotatedFiles.compress(rotated, (error) => this.reportFault(error));
  }

  /** Reports what fails beside a roll-over, with the record that was handled last. */
  protected reportFault(error: unknown): void {
    tellFault(this, this.#latest ?? makeLogRecord({ msg: "doRollover()" }), error);
  }

  #rotate(dest: string): void {
    this.logFile.writeOut();
    try {
      watch(this.rotate(this.baseFilename, dest), (error) => this.reportFault(error));
    } catch (error) {
      // A rotator may fail when it has moved the file.
      if (this.logFile.isMoved()) this.#goOn();
      throw error;
    }
    this.#rotatedTo = dest;
  }

  /** Opens the new file, and then closes the old one. */
  #goOn(): void {
    if (this.delay && !this.#isEmitting) this.logFile.close();
    else this.logFile.reopen();
  }
}

/** Whether there is a regular file at the path. */
function isRegular(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether there is something else at the path: a device or a pipe does not roll over. */
export function isNoRegularFile(path: string): boolean {
  return fs.existsSync(path) && !isRegular(path);
}
