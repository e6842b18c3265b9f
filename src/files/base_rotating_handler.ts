/**
 * What handlers that roll their file over have in common, after CPython's `BaseRotatingHandler`.
 * Differs: a roll-over that fails costs no record: it is told, the records go on into the file that
 * there is, and it is tried again with the next turn of the event loop.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node.
 *
 * @module
 */
import fs from "node:fs";
import { checkBoolean, checkFunction } from "../core/options.ts";
import { tellFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { FileHandler, type FileHandlerOptions, fileOf } from "./file_handler.ts";
import { RotatedFiles } from "./rotated_files.ts";

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

/** The rotated files of a handler, for the handlers of this folder. */
export let rotatedBy: (handler: BaseRotatingHandler) => RotatedFiles;

/** A handler that says when it is time, and what to do then. */
export abstract class BaseRotatingHandler extends FileHandler {
  /** Whether rotated files are compressed in the background. */
  readonly gzip: boolean;
  readonly #rotated: RotatedFiles;
  #latest: LogRecord | undefined;
  /** The batch of records in which a roll-over failed. */
  #failedBatch = -1;

  static {
    rotatedBy = (handler) => handler.#rotated;
  }

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
    const { namer, rotator, gzip = false, ...others } = options;
    const what = "create a rotating file handler";
    checkFunction(what, "namer", namer);
    checkFunction(what, "rotator", rotator);
    checkBoolean(what, "gzip", gzip);
    super(filename, others);
    if (namer) this.namer = namer;
    if (rotator) this.rotator = rotator;
    this.gzip = gzip;
    this.#rotated = new RotatedFiles(gzip);
  }

  /** Whether the file is to be rolled over before this record, whose text is given if it is known. */
  abstract shouldRollover(record: LogRecord, text?: string): boolean;

  /** Rolls the file over. */
  abstract doRollover(): void;

  /** Rolls the file over if it is time, and appends the record. */
  override emit(record: LogRecord): void {
    this.#latest = record;
    try {
      const text = this.lineOf(record);
      const file = fileOf(this);
      if (file.batch !== this.#failedBatch && this.shouldRollover(record, text)) {
        try {
          this.doRollover();
        } catch (error) {
          this.#failedBatch = file.batch;
          tellFault(this, record, error);
        }
      }
      this.write(record, text);
    } catch (error) {
      tellFault(this, record, error);
    }
  }

  /** The path of a rotated file, from the one that it has by default. */
  rotation_filename(defaultName: string): string {
    return typeof this.namer === "function" ? this.namer(defaultName) : defaultName;
  }

  /** Makes the log file at `source`, if it is there, the rotated one at `dest`. */
  rotate(source: string, dest: string): void {
    if (typeof this.rotator === "function") this.rotator(source, dest);
    else if (fs.existsSync(source)) fs.renameSync(source, dest);
  }

  /** Writes what is buffered, closes the file, and awaits the compression of others. */
  override async close(): Promise<void> {
    await super.close();
    await this.#rotated.done();
  }

  /** Rotates to a name that is free, and has the result compressed if that is wanted. */
  protected rotateAndCompress(dest: string): void {
    this.rotate(this.baseFilename, dest);
    if (!this.gzip || !isRegular(dest)) return;
    this.#rotated.compress(dest, (error) => {
      tellFault(this, this.#latest ?? makeLogRecord({ msg: "gzip" }), error);
    });
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
