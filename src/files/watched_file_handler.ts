/**
 * `WatchedFileHandler`: for files that another program, such as logrotate, moves away. After
 * CPython's.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node. CPython's is of no
 * use on Windows, where a file that Python has open cannot be moved; one that Node has open can.
 *
 * @module
 */
import { tellFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { FileHandler, type FileHandlerOptions } from "./file_handler.ts";
import { RetryLimiter } from "./_retry_limiter.ts";

/** Options of {@linkcode WatchedFileHandler}. */
export type WatchedFileHandlerOptions = FileHandlerOptions;

/**
 * Before each record it checks, by device and inode, that the open file is still the file of its
 * name. If not, the buffer goes to the old file and the record to a new one. A new file that cannot
 * be opened is reported once; until it can be opened, the old file takes the records.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
 * import { getLogger } from "jsr:@logwire/logging";
 * import { WatchedFileHandler } from "jsr:@logwire/logging/file-handlers";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * const handler = new WatchedFileHandler(`${folder}/app.log`);
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("first");
 * renameSync(`${folder}/app.log`, `${folder}/app.log.1`); // as logrotate does
 * getLogger("app").warning("second");
 * await handler.close();
 * console.assert(readFileSync(`${folder}/app.log.1`, "utf8") === "first\n");
 * console.assert(readFileSync(`${folder}/app.log`, "utf8") === "second\n");
 * rmSync(folder, { recursive: true });
 * ```
 */
export class WatchedFileHandler extends FileHandler {
  readonly #retries = new RetryLimiter();

  /**
   * Opens the file, unless `delay` is true.
   *
   * @param filename a path or a `file:` URL
   * @throws {TypeError} when an option has a bad value
   * @throws {Error} the system's, when the file cannot be opened
   */
  constructor(filename: string | URL, options: WatchedFileHandlerOptions = {}) {
    super(filename, options);
  }

  /** The device of the file that was opened last; -1 before the first. */
  get dev(): bigint {
    return this.logFile.identity?.dev ?? -1n;
  }

  /** The inode of the file that was opened last; -1 before the first. */
  get ino(): bigint {
    return this.logFile.identity?.ino ?? -1n;
  }

  /**
   * Opens the file of the name if the open one was moved, and then closes that.
   *
   * @throws {Error} the system's, if the file cannot be opened: the open one stays in use
   */
  reopenIfNeeded(): void {
    if (this.logFile.isMoved()) this.logFile.reopen();
  }

  /** Opens the file of the name again if it was moved, then appends the record. */
  override emit(record: LogRecord): void {
    if (this.#retries.permits(this.logFile.batch)) {
      try {
        this.reopenIfNeeded();
        this.#retries.succeeded();
      } catch (error) {
        if (this.#retries.failed(this.logFile.batch)) tellFault(this, record, error);
      }
    }
    super.emit(record);
  }
}
