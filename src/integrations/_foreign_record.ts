/**
 * The record of an event that another logger logged: pino, winston, LogTape, OpenTelemetry, the
 * console. It goes to a handler directly, since a logger of ours would filter by level once more.
 *
 * Browser compatible.
 *
 * @module
 */
import { addFields, type Fields } from "../logging/extra_fields.ts";
import type { Handler } from "../logging/handler.ts";
import { getLevelName } from "../logging/level_names.ts";
import { LogRecord, UNKNOWN_FILE, UNKNOWN_FUNCTION } from "../logging/log_record.ts";

/** The level of trace, which Python does not name: half of DEBUG. */
export const TRACE = 5;

/** An event of another logger, in the terms of a record. */
export interface ForeignEvent {
  /** The name of the logger. */
  name: string;
  /** The level as a number of Python's scale: 10 is DEBUG, 20 INFO, 30 WARNING, 40 ERROR. */
  levelno: number;
  /** The name of the level, for a number that has none on Python's scale, such as 5. */
  levelname?: string | undefined;
  /** The text, complete: it is no template, and a `%` in it is a `%`. */
  message: string;
  /** The time, in seconds since the epoch; the present time unless given. */
  created?: number | undefined;
  /** The path of the source file that logged, where it is known. */
  pathname?: string | undefined;
  /** The line in that file. */
  lineno?: number | undefined;
  /** The process id; that of this process unless given. */
  process?: number | undefined;
  /** The error that was logged. */
  error?: unknown;
  /** The error as text, where only that is known. */
  errorText?: string | undefined;
  /** All other fields; one that is named like an attribute of the record gets `_` behind its name. */
  fields?: Fields | undefined;
}

/** Makes the record of an event. */
export function foreignRecord(event: ForeignEvent): LogRecord {
  const { name, levelno, levelname, message, created, process, error, errorText, fields } = event;
  const { pathname = UNKNOWN_FILE, lineno = 0 } = event;
  const record = new LogRecord(
    ...[name, levelno, pathname, lineno, message, null, error ?? null, UNKNOWN_FUNCTION] as const,
  );
  if (levelname !== undefined && !isNamed(levelno)) record.levelname = levelname;
  if (created !== undefined) setCreated(record, created);
  if (process !== undefined) record.process = process;
  if (errorText !== undefined) record.exc_text = errorText;
  if (fields !== undefined) addFields(record, fields);
  return record;
}

/** Gives a record to the handler if it is of the handler's level, as a logger does. Never throws. */
export function handOver(handler: Handler, record: LogRecord): void {
  if (record.levelno >= handler.level) handler.handle(record);
}

function isNamed(levelno: number): boolean {
  return getLevelName(levelno) !== `Level ${levelno}`;
}

function setCreated(record: LogRecord, created: number): void {
  const now = record.created;
  record.created = created;
  // Of whole milliseconds, as in the constructor: never 1000 (gh-89047).
  record.msecs = ((Math.round(created * 1000) % 1000) + 1000) % 1000;
  record.relativeCreated += Math.round((created - now) * 1000);
}
