/**
 * The file handlers by their Python names, for `dictConfig()`: each row takes Python's keyword
 * arguments; any other keyword is an option of the handler.
 *
 * @module
 */
import { type Class, classFactory } from "../logging/class_factory.ts";
import { FileHandler } from "./file_handler.ts";
import { RotatingFileHandler } from "./rotating_file_handler.ts";
import { TimedRotatingFileHandler } from "./timed_rotating_file_handler.ts";
import { WatchedFileHandler } from "./watched_file_handler.ts";

/** Python's keyword arguments, by name. */
type ConfigKeywords = Readonly<Record<string, unknown>>;

/** Factories of file handlers by Python's names. */
export type FileHandlerClasses = Readonly<
  Record<string, (keywords: Readonly<Record<string, unknown>>) => FileHandler>
>;

/**
 * The table of `logging.FileHandler` and of `WatchedFileHandler`, `RotatingFileHandler` and
 * `TimedRotatingFileHandler` in `logging.handlers`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from "node:fs";
 * import { getLogger, shutdown } from "jsr:@logwire/logging";
 * import { dictConfig } from "jsr:@logwire/logging/config";
 * import { fileHandlerClasses } from "jsr:@logwire/logging/file-handlers";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * dictConfig({
 *   version: 1,
 *   handlers: {
 *     file: {
 *       class: "logging.handlers.RotatingFileHandler",
 *       filename: `${folder}/app.log`,
 *       maxBytes: 1_000_000,
 *       backupCount: 3,
 *     },
 *   },
 *   loggers: { app: { handlers: ["file"] } },
 * }, { classes: fileHandlerClasses });
 * getLogger("app").warning("low on ink");
 * await shutdown();
 * console.assert(readFileSync(`${folder}/app.log`, "utf8") === "low on ink\n");
 * rmSync(folder, { recursive: true });
 * ```
 */
export const fileHandlerClasses: FileHandlerClasses = makeFileHandlerClasses((encoding) =>
  encoding
);

/**
 * Makes the table; `encodingOf` maps the keyword `encoding` to the option.
 *
 * @ignore
 */
export function makeFileHandlerClasses(
  encodingOf: (encoding: unknown) => unknown,
): FileHandlerClasses {
  // The handler checks its arguments.
  const factory = (base: Class<FileHandler>) =>
    classFactory(
      base,
      (Own, { filename, ...own }: ConfigKeywords) => new Own(filename, options(own, encodingOf)),
    );
  return {
    "logging.FileHandler": factory(FileHandler),
    "logging.handlers.WatchedFileHandler": factory(WatchedFileHandler),
    "logging.handlers.RotatingFileHandler": factory(RotatingFileHandler),
    "logging.handlers.TimedRotatingFileHandler": factory(TimedRotatingFileHandler),
  };
}

/** The options: Python's `null` is the default of each. */
function options(
  keywords: ConfigKeywords,
  encodingOf: (encoding: unknown) => unknown,
): ConfigKeywords {
  const given = Object.entries(keywords).filter(([, value]) => value !== null);
  return Object.fromEntries(
    given.map(([name, value]) => [name, name === "encoding" ? encodingOf(value) : value]),
  );
}
