/** Helpers of the tests of the logging core. */
import { makeReceivedRecord } from "../../src/wire/received_record.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { Handler } from "../../src/logging/handler.ts";
import { root } from "../../src/logging/get_logger.ts";
import { INFO } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { catchStderr } from "../stderr.ts";

/** Keeps its records. */
export class ListHandler extends Handler {
  readonly records: LogRecord[] = [];
  readonly lines: string[] = [];
  readonly errors: unknown[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
    this.lines.push(this.format(record));
  }

  override handleError(_record: LogRecord, error: unknown): void {
    this.errors.push(error);
  }
}

/** Makes a logger outside the hierarchy that logs every record to a list. */
export function listLogger(): { logger: Logger; handler: ListHandler } {
  const logger = new Logger("test", 1);
  const handler = new ListHandler();
  logger.addHandler(handler);
  return { logger, handler };
}

/** Makes a record with the present time. */
export function recordOf(msg: unknown, ...args: unknown[]): LogRecord {
  return new LogRecord("test", INFO, "/dir/file.ts", 7, msg, args, null, "func");
}

/** Runs `fn` and returns the lines that it printed to stderr. */
export function stderrOf(fn: () => void): string[] {
  const { lines, end } = catchStderr();
  try {
    fn();
  } finally {
    end();
  }
  return lines;
}

interface Written {
  readonly written: { stdout: string; stderr: string };
}

/**
 * Runs `fn` with standard streams that keep the text in place of the runtime's, or that fail with
 * `failure`. Those of Deno write half of the bytes at a time.
 */
export function withStandardStreams<Result>(
  fn: (streams: Written) => Result,
  failure?: Error,
): Result {
  const { Deno, process } = globalThis as unknown as Record<string, Record<string, object>>;
  const written = { stdout: "", stderr: "" };
  const host = globalThis.console;
  const { log } = host;
  const undo = [() => void (host.log = log)];
  // On Bun whole lines go through the console.
  host.log = (text: string) => void (written.stdout += `${text}\n`);
  for (const name of ["stdout", "stderr"] as const) {
    const bytes: number[] = [];
    const put = (chunk: Uint8Array) => {
      if (failure !== undefined) throw failure;
      const taken = Math.ceil(chunk.length / 2);
      bytes.push(...chunk.subarray(0, taken));
      written[name] = new TextDecoder().decode(new Uint8Array(bytes));
      return taken;
    };
    const write = (text: string) => {
      if (failure !== undefined) throw failure;
      written[name] += text;
    };
    const stream = (Deno ?? process)![name]!;
    const method = Deno === undefined ? "write" : "writeSync";
    const own = Object.getOwnPropertyDescriptor(stream, method);
    const value = Deno === undefined ? write : put;
    Object.defineProperty(stream, method, { value, configurable: true, writable: true });
    undo.push(() => {
      if (own === undefined) delete (stream as Record<string, unknown>)[method];
      else Object.defineProperty(stream, method, own);
    });
  }
  try {
    return fn({ written });
  } finally {
    for (const step of undo) step();
  }
}

/** Runs `fn` with a root logger as at the start of a program, and restores it afterwards. */
export async function withBareRoot(fn: () => void | Promise<void>): Promise<void> {
  const { level } = root;
  const handlers = root.handlers.splice(0);
  root.setLevel("WARNING");
  try {
    await fn();
  } finally {
    root.handlers.splice(0, root.handlers.length, ...handlers);
    root.setLevel(level);
  }
}

/** Returns the message of the error that `fn` throws. */
export function thrownBy(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

/** Makes a received record whose sender wants to forge a line. */
export function receivedRecord(fields: Record<string, unknown> = {}): LogRecord {
  const hostile = { name: "app", levelno: INFO, levelname: "INFO", msg: "spam\nINFO:root:forged" };
  return makeReceivedRecord({ ...hostile, ...fields });
}

/** The formatter of CPython's tests of configurations: an error is its name alone. */
export class ExceptionFormatter extends Formatter {
  override formatException(error: unknown): string {
    return `Got a [${(error as Error).name}]`;
  }
}
