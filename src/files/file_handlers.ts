/**
 * Handlers that write to files: `FileHandler`, `WatchedFileHandler`, `RotatingFileHandler`,
 * `TimedRotatingFileHandler`, with CPython's file names, contents and instants of roll-over.
 *
 * What they do better: a roll-over never destroys a file but the oldest beyond `backupCount`, and one
 * that fails costs no record: the old file stays in use. A full disk or a folder that was removed
 * costs the records that it meets, each reported to `handleError()`, and writing goes on when it can;
 * rotated files are compressed in the background if wanted (`gzip`). What one turn of the event loop
 * logs is written in one call.
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
