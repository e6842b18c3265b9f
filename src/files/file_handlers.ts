/**
 * Handlers that write to files: `FileHandler`, `WatchedFileHandler`, `RotatingFileHandler`,
 * `TimedRotatingFileHandler`, with CPython's file names, contents and instants of roll-over.
 *
 * Differs from CPython: a roll-over never destroys a file but the oldest beyond `backupCount`, and
 * a roll-over that fails loses no record, as the old file stays in use. Records that cannot be
 * written, because the disk is full or the folder was removed, are dropped and reported to
 * `handleError()`, and later records are written again as soon as that works. `gzip` compresses
 * rotated files in the background. All records of one turn of the event loop are written in one
 * call.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node.
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
export type { TextErrors } from "../text/text_errors.ts";
export type { TimeOfDay } from "./rollover_schedule.ts";
