/**
 * The options that every file handler has, and their checks.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkBoolean,
  checkMethods,
  checkOneOf,
  checkString,
  refuse,
} from "../logging/validate.ts";
import { findEncoding, type TextEncoding, UTF_8 } from "./text_encoding.ts";
import { TEXT_ERRORS, type TextErrors } from "./text_errors.ts";

/** How an existing file is opened: append to it, empty it, or fail. */
export type OpenMode = "a" | "w" | "x";

/** When a handler waits for the disk itself. */
export type Fsync = "never" | "on-flush" | "always";

/** The flags of the system's `open()` for the modes. */
export const MODE_FLAGS: Readonly<Record<OpenMode, string>> = { a: "a", w: "w", x: "wx" };

/** Options of every handler that writes to a file. */
export interface FileOptions {
  /**
   * The encoding of the file, by a name of Python's: `utf-8`, `utf-8-sig`, `utf-16`, `utf-32` (these two
   * also with `-le` or `-be`), `ascii` or `latin-1`; or one made by `codePage()` of `./code-pages`. An
   * empty file begins with the byte order mark of `utf-8-sig`, `utf-16` and `utf-32`.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: string | TextEncoding;
  /** True: the file is opened with the first record, instead of at once. @default {false} */
  readonly delay?: boolean;
  /**
   * How a character is written that the encoding lacks, as for Python's `open()`. In UTF-8 only lone
   * surrogates are such. @default {"strict"}
   */
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
export interface CheckedFileOptions extends Required<FileOptions> {
  /** The encoding itself. */
  readonly encoding: TextEncoding;
}

/** Checks the options of {@linkcode FileOptions}. */
export function checkFileOptions(what: string, options: FileOptions): CheckedFileOptions {
  const { encoding, delay = false, errors = "strict", fsync = "never" } = options;
  const checked = checkEncoding(what, encoding);
  checkOneOf(what, "errors", errors, TEXT_ERRORS);
  if (errors === "namereplace" && !checked.name.startsWith("utf")) {
    throw new TypeError(
      `Cannot ${what} as 'errors' cannot be "namereplace" with ${checked.name}: JavaScript does not ` +
        `know the names of characters; "backslashreplace" writes their numbers`,
    );
  }
  return {
    encoding: checked,
    delay: checkBoolean(what, "delay", delay),
    errors,
    fsync: checkOneOf(what, "fsync", fsync, ["never", "on-flush", "always"]),
  };
}

function checkEncoding(what: string, encoding: unknown = UTF_8): TextEncoding {
  if (typeof encoding === "object" && encoding !== null) {
    checkMethods(what, "encoding", encoding, ["encode"]);
    return encoding as TextEncoding;
  }
  const found = findEncoding(checkString(what, "encoding", encoding));
  if (found !== undefined) return found;
  return refuse(
    what,
    "encoding",
    "utf-8, utf-8-sig, utf-16, utf-32 (also with -le or -be), ascii, latin-1, or for a code page " +
      "codePage(name) of @logwire/logging/code-pages, whose codePageFileHandlerClasses serve a " +
      "configuration",
    encoding,
  );
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
