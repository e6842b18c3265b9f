/**
 * `FileHandler`: records as lines of a file. After CPython's.
 *
 * Runs on Deno (`--allow-read` and `--allow-write` for the folder), Bun and Node.
 *
 * @module
 */
import type { TextErrors } from "./text_errors.ts";
import { atOnce } from "../logging/callback.ts";
import { checkKnown } from "../logging/validate.ts";
import { tellFault } from "../logging/handler.ts";
import type { FlushOptions } from "../logging/handler.ts";
import { getLevelName } from "../logging/level_names.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { StreamHandler } from "../logging/stream_handler.ts";
import type { TextStream } from "../logging/text_stream.ts";
import {
  checkFilename,
  checkFileOptions,
  checkMode,
  FILE_HANDLER_OPTIONS,
  type FileOptions,
  type Fsync,
  type OpenMode,
} from "./file_options.ts";
import { LogFile } from "./_log_file.ts";

/** Options of {@linkcode FileHandler}. */
export interface FileHandlerOptions extends FileOptions {
  /**
   * How an existing file is opened: append to it (`a`), empty it (`w`) or fail (`x`).
   *
   * @default {"a"}
   */
  readonly mode?: OpenMode;
}

/**
 * Writes each record's text and `terminator` to a file. All records of one turn of the event loop
 * are written in one call at its end, at exit or in `flush()`.
 *
 * Records that cannot be written, because the disk is full or the folder was removed, are dropped
 * and reported to `handleError()`; later records are written again as soon as that works. A file
 * that is removed is created again. As in CPython a record after `close()` opens the file again,
 * unless the mode is `w`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from "node:fs";
 * import { getLogger } from "jsr:@logwire/logging";
 * import { FileHandler } from "jsr:@logwire/logging/file-handlers";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * const handler = new FileHandler(`${folder}/app.log`);
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("low on %s", "ink");
 * await handler.close();
 * console.assert(readFileSync(`${folder}/app.log`, "utf8") === "low on ink\n");
 * rmSync(folder, { recursive: true });
 * ```
 */
export class FileHandler extends StreamHandler {
  /** The absolute path of the file. */
  readonly baseFilename: string;
  /** How an existing file is opened. */
  readonly mode: OpenMode;
  /** The encoding of the file, as its name was written. */
  readonly encoding: string;
  /** True: the file is opened with the first record, also after a roll-over. */
  readonly delay: boolean;
  /** How a character is written that the encoding lacks. */
  readonly errors: TextErrors;
  /** When the handler waits for the disk itself. */
  readonly fsync: Fsync;
  /**
   * The file that it appends to.
   *
   * @ignore
   */
  protected readonly logFile: LogFile;
  #closed = false;

  /**
   * Opens the file, unless `delay` is true.
   *
   * @param filename a path or a `file:` URL
   * @throws {TypeError} when an option has a bad value
   * @throws {Error} the system's, when the file cannot be opened
   */
  constructor(filename: string | URL, options: FileHandlerOptions = {}) {
    const what = "create a file handler";
    const path = checkFilename(what, filename);
    checkKnown(what, options, FILE_HANDLER_OPTIONS);
    const checked = checkFileOptions(what, options);
    const mode = checkMode(what, options.mode ?? "a");
    const { encoding, errors, fsync } = checked;
    const file = new LogFile(path, { mode, fsync, encoding, errors });
    if (!checked.delay) file.open();
    super(file);
    this.baseFilename = path;
    this.mode = mode;
    this.encoding = typeof options.encoding === "string" ? options.encoding : encoding.name;
    this.delay = checked.delay;
    this.errors = errors;
    this.fsync = fsync;
    this.logFile = file;
    file.onLoss = (record, error) => tellFault(this, record, error);
  }

  /**
   * The file, or another stream that was set. As in CPython it is `null` while the file is not
   * open: with `delay` before the first record, and after `close()`. The type does not show that,
   * as it is the type of `StreamHandler.stream`, to which subclasses write.
   */
  override get stream(): TextStream {
    const isClosed = super.stream === this.logFile && !this.logFile.isOpen;
    return isClosed ? null as unknown as TextStream : super.stream;
  }

  /** Appends the record, and opens the file first if it is not open. */
  override emit(record: LogRecord): void {
    try {
      this.write(record, atOnce(this.lineOf(record), "format()"));
    } catch (error) {
      tellFault(this, record, error);
    }
  }

  /** Appends this text and `terminator`; a later error is reported with the record. */
  write(record: LogRecord, text: string): void {
    // The program has called setStream().
    if (super.stream !== this.logFile) return super.emit(record);
    // Opening the file again would empty it.
    if (this.#closed && this.mode === "w" && !this.logFile.isOpen) return;
    this.logFile.open();
    this.logFile.append(text + this.terminator, record);
  }

  /** Writes the buffer, to the disk itself if `fsync` says so. Never rejects. */
  override async flush(options?: FlushOptions): Promise<void> {
    await this.logFile.flush();
    if (super.stream !== this.logFile) await super.flush(options);
  }

  /** Writes the buffer and closes the file. Never rejects. */
  override async close(): Promise<void> {
    this.#closed = true;
    this.logFile.close();
    await super.close();
  }

  /** CPython's `repr()` of the handler. */
  override toString(): string {
    return `<${this.constructor.name} ${this.baseFilename} (${getLevelName(this.level)})>`;
  }
}
