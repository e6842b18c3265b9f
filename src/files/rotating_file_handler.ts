/**
 * `RotatingFileHandler`: a set of files of bounded size. After CPython's.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node.
 *
 * @module
 */
import fs from "node:fs";
import { checkInteger, checkKnown } from "../logging/validate.ts";
import { codePointLength } from "../text/code_points.ts";
import type { LogRecord } from "../logging/log_record.ts";
import {
  BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
  isNoRegularFile,
} from "./base_rotating_handler.ts";
import { FILE_HANDLER_OPTIONS, ROTATING_OPTIONS } from "./file_options.ts";

/** Options of {@linkcode RotatingFileHandler}. */
export interface RotatingFileHandlerOptions extends BaseRotatingHandlerOptions {
  /** The file stays smaller than so many bytes; 0: no bound. @default {0} */
  readonly maxBytes?: number;
  /** How many old files are kept; 0: it never rolls over. @default {0} */
  readonly backupCount?: number;
}

/** The names of the options in {@linkcode RotatingFileHandlerOptions}. */
const OPTIONS = ["maxBytes", "backupCount", ...ROTATING_OPTIONS, ...FILE_HANDLER_OPTIONS];

/**
 * Rolls the file over before it would reach `maxBytes`: `app.log` becomes `app.log.1`, the file
 * that had this name becomes `app.log.2`, and so on; the last one, `app.log.` and `backupCount`, is
 * replaced. An empty file never rolls over.
 *
 * The handler asks the system for the size at the beginning of each turn of the event loop: other
 * programs may append to the file, or truncate it as logrotate's `copytruncate` does. A file that
 * another program has moved is closed, and not rolled over a second time.
 *
 * As in CPython the size of the file counts in bytes and the next record in characters, so a record
 * beyond ASCII may make the file larger than `maxBytes`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from "node:fs";
 * import { getLogger } from "jsr:@logwire/logging";
 * import { RotatingFileHandler } from "jsr:@logwire/logging/file-handlers";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * const handler = new RotatingFileHandler(`${folder}/app.log`, {
 *   maxBytes: 5_000,
 *   backupCount: 2,
 *   gzip: true,
 * });
 * getLogger("app").addHandler(handler);
 * for (let i = 0; i < 1000; i++) getLogger("app").warning("%d bottles of ink", i);
 * await handler.close();
 * console.assert(readdirSync(folder).sort().join() === "app.log,app.log.1.gz,app.log.2.gz");
 * rmSync(folder, { recursive: true });
 * ```
 */
export class RotatingFileHandler extends BaseRotatingHandler {
  /** The file stays smaller than so many bytes; 0: no bound. */
  maxBytes: number;
  /** How many old files are kept; 0: the file never rolls over. */
  backupCount: number;

  /**
   * Opens the file, unless `delay` is true. With `maxBytes` the mode is always `a`: with `w` each
   * start of the program would empty the file.
   *
   * @param filename a path or a `file:` URL
   * @throws {TypeError | RangeError} when an option has a bad value
   * @throws {Error} the system's, when the file cannot be opened
   */
  constructor(filename: string | URL, options: RotatingFileHandlerOptions = {}) {
    const what = "create a rotating file handler";
    checkKnown(what, options, OPTIONS);
    const { maxBytes = 0, backupCount = 0, ...others } = options;
    checkInteger(what, "maxBytes", maxBytes, 0);
    checkInteger(what, "backupCount", backupCount, 0);
    super(filename, maxBytes > 0 ? { ...others, mode: "a" } : others);
    this.maxBytes = maxBytes;
    this.backupCount = backupCount;
  }

  /** True if the record would make the file as large as `maxBytes`, or larger. */
  override shouldRollover(record: LogRecord, text: string = this.format(record)): boolean {
    if (this.maxBytes <= 0) return false;
    const file = this.logFile;
    const size = file.tell();
    if (size === 0) return false;
    if (size + codePointLength(text) + 1 < this.maxBytes) return false;
    // All of the size may be buffered, and the disk full: then the file is still empty.
    file.writeOut();
    return file.tell() > 0 && !isNoRegularFile(this.baseFilename);
  }

  /** Renames each old file to the next number, and begins a new file. */
  override doRollover(): void {
    // CPython only closes and opens the file again.
    if (this.backupCount <= 0) return;
    const rotated = this.rotatedFiles;
    const slot = (i: number) => this.rotation_filename(`${this.baseFilename}.${i}`);
    const dest = slot(1);
    // A roll-over that could not open the new file has moved it, or another program has.
    if (this.logFile.isMoved()) return this.rotateAndCompress(dest);
    const moved: number[] = [];
    try {
      for (let i = this.backupCount - 1; i > 0; i--) {
        if (rotated.move(slot(i), slot(i + 1))) moved.unshift(i);
      }
      // A rename replaces the oldest file in one step, so that it is not lost if that fails.
      if (typeof this.rotator === "function") rotated.remove(dest);
      else if (fs.existsSync(this.baseFilename)) rotated.remove(dest, [""]);
      this.rotateAndCompress(dest);
    } catch (error) {
      // The next try must not move them on and replace one more. A rotator may have made the file.
      if (rotated.exists(dest)) throw error;
      for (const i of moved) rotated.move(slot(i + 1), slot(i));
      throw error;
    }
  }
}
