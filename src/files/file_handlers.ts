/**
 * `./file-handlers`: `FileHandler`, `WatchedFileHandler`, `RotatingFileHandler` and
 * `TimedRotatingFileHandler` write records as lines to a file. The names of the files, what stands
 * in them, and the instants at which they roll over are CPython's.
 *
 * - `FileHandler` writes to one file.
 * - `WatchedFileHandler` writes to a file that another program renames, such as logrotate.
 * - `RotatingFileHandler` begins a new file before the old one reaches `maxBytes`, and keeps
 *   `backupCount` old ones: `app.log.1`, `app.log.2` and so on.
 * - `TimedRotatingFileHandler` begins a new file each hour, day or week, and names the old one
 *   after the start of its interval: `app.log.2024-03-31`.
 *
 * ## Options
 *
 * - `mode`: `"a"` appends (the default), `"w"` empties the file, `"x"` demands that there is none.
 * - `delay` opens the file with the first record instead of at once.
 * - `encoding`: `"utf-8"` (the default), `"utf-8-sig"`, `"utf-16"`, `"utf-32"`, `"ascii"`, `"latin-1"`,
 *   in any of Python's spellings. `codePage("cp1252")` of `./code-pages` has the others.
 * - `errors`: a character that the encoding lacks is an error (`"strict"`, the default: its record is
 *   dropped and reported), or is handled as by Python's `open()`. UTF-8 lacks only lone surrogates.
 * - `fsync`: `"never"` (the default), `"on-flush"` or `"always"` waits for the disk itself.
 * - `maxBytes` (0: no limit) and `backupCount` (0: none is kept, it never rolls over) are those of
 *   `RotatingFileHandler`.
 * - `when` (`"S"`, `"M"`, `"H"`, `"D"`, `"midnight"`, `"W0"` to `"W6"`), `interval`, `backupCount`
 *   (0: all are kept), `utc` and `atTime` are those of `TimedRotatingFileHandler`.
 * - `gzip` compresses rotated files in the background. `namer` and `rotator` are Python's.
 *
 * ## When the disk is full
 *
 * Records of one turn of the event loop are written in one call at its end. Records that cannot be
 * written, because the disk is full or the folder was removed, are dropped and reported to
 * `handleError()`, each of them; writing resumes when it can. A file that was removed is created
 * again. A roll-over never overwrites a file but the oldest beyond `backupCount`. If a roll-over
 * fails, the handler goes on with the old file and loses no record.
 *
 * ## When the program ends
 *
 * Everything is written when the program returns, after `process.exit()` and `Deno.exit()`, and
 * after an uncaught error; a program that returns also waits until rotated files are compressed.
 * After a signal without a listener the records of the current turn are lost, which is not
 * reported.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad option, and the system's error
 *   (`ENOENT`, `EACCES`) if the file cannot be opened.
 * - `--- Logging error ---` on stderr is the report of `handleError()`: the record, and why it
 *   could not be written.
 *
 * ## On Windows
 *
 * Lines end with `\n` on every system; Python writes `\r\n` on Windows, which
 * `handler.terminator = "\r\n"` does between records. A log file stays open while it is renamed, and
 * other programs may rename or remove it: if one does not permit that, as some viewers do, the
 * roll-over is reported and tried again. The names of rotated files contain no character that
 * Windows forbids.
 *
 * Differs from CPython: one write a turn, `fsync`, `gzip`, and what is said of failures above.
 * Where a name of a rotated file is taken, a number follows it; CPython deletes that file or stops
 * rolling over.
 *
 * Runs on Bun, Node and Deno, which needs `--allow-read` and `--allow-write` for the folder: where one
 * of them lacks, the error names the flag, and Deno does not prompt.
 *
 * @example Log into a file, one a day, for a week
 * ```ts
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { basicConfig, getLogger } from "jsr:@logwire/logging";
 * import { TimedRotatingFileHandler } from "jsr:@logwire/logging/file-handlers";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * const handler = new TimedRotatingFileHandler(`${folder}/app.log`, {
 *   when: "midnight",
 *   backupCount: 7,
 * });
 * basicConfig({ handlers: [handler], format: "%(asctime)s %(levelname)s %(message)s" });
 * getLogger("app").warning("low on %s", "ink");
 * await handler.close();
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
export {
  BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
  type Namer,
  type Rotator,
} from "./base_rotating_handler.ts";
export { FileHandler, type FileHandlerOptions } from "./file_handler.ts";
export { type FileHandlerClasses, fileHandlerClasses } from "./file_handler_classes.ts";
export type { FileOptions, Fsync, OpenMode } from "./file_options.ts";
export { RotatingFileHandler, type RotatingFileHandlerOptions } from "./rotating_file_handler.ts";
export {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
  type TimeSource,
} from "./timed_rotating_file_handler.ts";
export { WatchedFileHandler, type WatchedFileHandlerOptions } from "./watched_file_handler.ts";
export type { TextEncoding } from "./text_encoding.ts";
export type { TextErrors } from "./text_errors.ts";
export type { TimeOfDay } from "./rollover_schedule.ts";
