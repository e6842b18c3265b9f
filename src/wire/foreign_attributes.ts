/**
 * The attributes of a record of a program that knows nothing of Python's logging: a syslog message, or
 * an event of Fluentd.
 *
 * Browser compatible.
 *
 * @module
 */
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import { getLevelName, getLevelNamesMapping } from "../logging/level_names.ts";
import { UNKNOWN_FILE, UNKNOWN_FUNCTION } from "../logging/log_record.ts";
import { millisecondsOf } from "./milliseconds.ts";

/** The attributes that such a program knows. */
export interface ForeignRecord {
  readonly name: string;
  readonly msg: string;
  readonly levelno: number;
  /** In seconds since the epoch. */
  readonly created: number;
}

/**
 * Returns the attributes of every record, in their order. `args` is null, so that a `%` in the message
 * is never a placeholder.
 *
 * @param start the zero of `relativeCreated`, in seconds since the epoch
 */
export function foreignAttributes(record: ForeignRecord, start: number): Record<string, unknown> {
  const { name, msg, levelno, created } = record;
  return {
    name,
    msg,
    args: null,
    levelname: getLevelName(levelno),
    levelno,
    pathname: UNKNOWN_FILE,
    filename: UNKNOWN_FILE,
    module: UNKNOWN_FILE,
    exc_info: null,
    exc_text: null,
    stack_info: null,
    lineno: 0,
    funcName: UNKNOWN_FUNCTION,
    created,
    msecs: millisecondsOf(created),
    relativeCreated: (created - start) * 1000,
    thread: 0,
    threadName: "MainThread",
    processName: "MainProcess",
    process: 0,
  };
}

/** The names that other loggers give to levels, and those of syslog's severities. */
const LEVEL_NAMES: Readonly<Record<string, number>> = {
  TRACE: 5,
  VERBOSE: DEBUG,
  NOTICE: INFO,
  INFORMATION: INFO,
  INFORMATIONAL: INFO,
  WARN: WARNING,
  ERR: ERROR,
  CRIT: CRITICAL,
  FATAL: CRITICAL,
  ALERT: CRITICAL,
  EMERG: CRITICAL,
  EMERGENCY: CRITICAL,
  PANIC: CRITICAL,
};

/** Returns the number of a level by its name, in either case; `undefined` for an unknown one. */
export function foreignLevel(name: string): number | undefined {
  const upper = name.toUpperCase();
  const known = getLevelNamesMapping().get(upper);
  if (known !== undefined) return known;
  return Object.hasOwn(LEVEL_NAMES, upper) ? LEVEL_NAMES[upper] : undefined;
}
