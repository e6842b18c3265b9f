/**
 * The options that every file handler has, and their checks.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkBoolean, checkOneOf, checkString, refuse } from "../logging/validate.ts";
import { TEXT_ERRORS, type TextErrors } from "../text/text_errors.ts";

/** How an existing file is opened: append to it, empty it, or fail. */
export type OpenMode = "a" | "w" | "x";

/** When a handler waits for the disk itself. */
export type Fsync = "never" | "on-flush" | "always";

/** The flags of the system's `open()` for the modes. */
export const MODE_FLAGS: Readonly<Record<OpenMode, string>> = { a: "a", w: "w", x: "wx" };

/** Options of every handler that writes to a file. */
export interface FileOptions {
  /** The encoding of the file: UTF-8. @default {"utf-8"} */
  readonly encoding?: "utf-8";
  /** True: the file is opened with the first record, instead of at once. @default {false} */
  readonly delay?: boolean;
  /** How a lone surrogate is written, as for Python's `open()`. @default {"strict"} */
  readonly errors?: TextErrors;
  /**
   * When the handler waits for the disk itself, so that a power failure loses no record: never; in
   * `flush()`, in `close()` and before a roll-over; or after each record, which blocks the program
   * for as long as the disk takes.
   *
   * @default {"never"}
   */
  readonly fsync?: Fsync;
}

/** The names of the options of `FileHandler`: `mode`, and {@linkcode FileOptions}. */
export const FILE_HANDLER_OPTIONS: readonly string[] = [
  "mode",
  "encoding",
  "delay",
  "errors",
  "fsync",
];

/** The names of the options of every rotating handler, beside those of `FileHandler`. */
export const ROTATING_OPTIONS: readonly string[] = ["namer", "rotator", "gzip"];

/** The options with their defaults. */
export type CheckedFileOptions = Required<FileOptions>;

/** Checks the options of {@linkcode FileOptions}. */
export function checkFileOptions(what: string, options: FileOptions): CheckedFileOptions {
  const { encoding = "utf-8", delay = false, errors = "strict", fsync = "never" } = options;
  return {
    encoding: checkOneOf(what, "encoding", encoding, ["utf-8"]),
    delay: checkBoolean(what, "delay", delay),
    errors: checkOneOf(what, "errors", errors, TEXT_ERRORS),
    fsync: checkOneOf(what, "fsync", fsync, ["never", "on-flush", "always"]),
  };
}

/** Checks how a file is opened. */
export function checkMode(what: string, mode: unknown): OpenMode {
  return checkOneOf<OpenMode>(what, "mode", mode, ["a", "w", "x"]);
}

/** The absolute path of a file, so that a later change of the working directory does not matter. */
export function checkFilename(what: string, filename: unknown): string {
  if (filename instanceof URL && filename.protocol === "file:") return fileURLToPath(filename);
  if (typeof filename !== "string") refuse(what, "filename", "a path or a file: URL", filename);
  return resolve(checkString(what, "filename", filename));
}
