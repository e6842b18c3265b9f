/**
 * Writes records as lines to a stream. After CPython's `StreamHandler`.
 *
 * Browser compatible.
 *
 * @module
 */
import { correctMistake } from "./call_mistake.ts";
import { atOnce } from "./callback.ts";
import { type FlushOptions, Handler, tellFault, watchFault } from "./handler.ts";
import { getLevelName } from "./level_names.ts";
import type { LogRecord } from "./log_record.ts";
import { pythonStr } from "../text/python_repr.ts";
import { type LineFormatter, printableRecord } from "./received_mark.ts";
import { reportError } from "./report_error.ts";
import { stderrStream, type TextStream } from "./text_stream.ts";
import { refuse } from "./validate.ts";

/**
 * Writes each record's text and `terminator` to a stream, in one call. The handler does not close
 * the stream, which other code may use.
 *
 * The control characters of a received record are escaped (`\n`, `\x1b`), so that its sender can
 * neither forge a line nor control a terminal; every line of its `exc_text` and `stack_info` is
 * indented. The receiver's option `escapeControlCharacters` turns this off.
 *
 * @example
 * ```ts
 * import { getLogger, StreamHandler } from "jsr:@logwire/logging";
 *
 * const lines: string[] = [];
 * const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("low on %s", "ink");
 * console.assert(lines[0] === "low on ink\n");
 * ```
 */
export class StreamHandler extends Handler {
  /** The text behind each record's text. */
  terminator: string = "\n";
  #stream: TextStream;
  #isWriting = false;

  /** Writes to `stream`; without one to standard error. */
  constructor(stream: TextStream | null = null) {
    const checked = checkStream(stream ?? stderrStream);
    super();
    this.#stream = checked;
  }

  /** The stream that the text goes to. */
  get stream(): TextStream {
    return this.#stream;
  }

  /** Writes the record and flushes the stream. A record that the stream itself logs is an error. */
  override emit(record: LogRecord): void {
    try {
      this.#write(record, atOnce(this.lineOf(record), "format()") + this.terminator);
    } catch (error) {
      tellFault(this, record, error);
    }
  }

  #write(record: LogRecord, text: string): void {
    // writeToStderr() itself stops a stream that logs, after its first record.
    if (this.#isWriting && this.#stream !== stderrStream) {
      throw new RangeError("Cannot write a record as its stream logs while it writes");
    }
    this.#isWriting = true;
    try {
      // The stream may be asynchronous: its error then arrives by a promise.
      watchFault(this, record, this.#stream.write(text));
      watchFault(this, record, this.#flushStream());
    } finally {
      this.#isWriting = false;
    }
  }

  /** Returns the record as text; control characters of a received record are escaped. */
  override format(record: LogRecord): string {
    return super.format(printableRecord(record, this.formatter as LineFormatter | null));
  }

  /**
   * Returns the text of a line, escaped even if a subclass overrides `format()`.
   *
   * @ignore
   */
  protected lineOf(record: LogRecord): string {
    const isOwn = this.format !== StreamHandler.prototype.format;
    if (!isOwn) return this.format(record);
    try {
      return this.format(printableRecord(record));
    } catch (error) {
      if (!correctMistake(this, record)) throw error;
      return this.format(printableRecord(record));
    }
  }

  /** Calls `flush` of the stream, if that is a function: that of Bun's `process.stdout` is none. */
  #flushStream(): unknown {
    const stream = this.#stream;
    return typeof stream.flush === "function" ? stream.flush() : undefined;
  }

  /** Flushes the stream, if it can be flushed. Never rejects. */
  override async flush(_options?: FlushOptions): Promise<void> {
    try {
      await this.#flushStream();
    } catch (error) {
      reportError(null, error);
    }
  }

  /**
   * Writes to another stream from now on. Returns the previous stream, or `null` if it is the same.
   */
  setStream(stream: TextStream): TextStream | null {
    const before = this.#stream;
    if (stream === before) return null;
    checkStream(stream);
    void this.flush();
    this.#stream = stream;
    return before;
  }

  /** Returns CPython's `repr()` of the handler. */
  override toString(): string {
    const name = pythonStr(this.#stream.name ?? "");
    const level = getLevelName(this.level);
    return `<${this.constructor.name} ${name === "" ? "" : name + " "}(${level})>`;
  }
}

/** Refuses without showing the stream: a console or a server may be a large object. */
function checkStream(stream: unknown): TextStream {
  if (typeof (stream as TextStream | null)?.write === "function") return stream as TextStream;
  const expected = isConsole(stream)
    ? "an object with a method write(text), which a console has not: leave it out for standard " +
      "error, or pass process.stdout"
    : "an object with a method write(text), such as process.stdout";
  return refuse("create StreamHandler", "stream", expected, stream);
}

function isConsole(stream: unknown): boolean {
  const { log, error } = Object(stream) as Partial<Record<"log" | "error", unknown>>;
  return typeof log === "function" && typeof error === "function";
}
