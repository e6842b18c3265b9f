/** What the tests of the logging core share. */
import { makeReceivedRecord } from "../../src/core/received_record.ts";
import { Handler } from "../../src/logging/handler.ts";
import { root } from "../../src/logging/get_logger.ts";
import { INFO } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import { LogRecord } from "../../src/logging/log_record.ts";

/** Keeps what it is given. */
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

/** A logger of its own, outside the hierarchy, that logs everything to a list. */
export function listLogger(): { logger: Logger; handler: ListHandler } {
  const logger = new Logger("test", 1);
  const handler = new ListHandler();
  logger.addHandler(handler);
  return { logger, handler };
}

/** A record of now. */
export function recordOf(msg: unknown, ...args: unknown[]): LogRecord {
  return new LogRecord("test", INFO, "/dir/file.ts", 7, msg, args, null, "func");
}

/** Runs `fn`; what it printed to stderr, a line an item. */
export function stderrOf(fn: () => void): string[] {
  const printed: string[] = [];
  const host = globalThis.console;
  const before = host.error;
  host.error = (text: string) => void printed.push(text);
  try {
    fn();
  } finally {
    host.error = before;
  }
  return printed;
}

/** Runs `fn` with a root logger as at the start of a program, and puts it back afterwards. */
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

/** The message of the error that `fn` throws. */
export function thrownBy(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

/** A record as a receiver makes it, from somebody who wants to forge a line. */
export function receivedRecord(fields: Record<string, unknown> = {}): LogRecord {
  const hostile = { name: "app", levelno: INFO, levelname: "INFO", msg: "spam\nINFO:root:forged" };
  return makeReceivedRecord({ ...hostile, ...fields });
}
