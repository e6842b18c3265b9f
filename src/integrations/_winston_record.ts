/**
 * The record of an `info` object of winston, after its formats were applied.
 *
 * winston gives text and level also under symbols of `triple-beam`, where a format such as
 * `colorize()` does not change them: `Symbol.for("level")`, `Symbol.for("message")` (the line that
 * the logger's format has made) and `Symbol.for("splat")` (the arguments behind the text).
 *
 * Browser compatible.
 *
 * @module
 */
import type { Fields } from "../logging/extra_fields.ts";
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { exceptionText, isError, stackOf } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { consoleText } from "./_console_text.ts";
import { foreignRecord } from "./_foreign_record.ts";
import { UNREADABLE } from "./_unreadable.ts";

/** The symbol under which winston keeps the name of the level. */
export const LEVEL: symbol = Symbol.for("level");
const MESSAGE: symbol = Symbol.for("message");
const SPLAT: symbol = Symbol.for("splat");

/** The levels of winston's `npm`, `syslog` and `cli` configurations, and names in use elsewhere. */
const LEVELS: Readonly<Record<string, number>> = {
  ...{ emerg: CRITICAL, alert: CRITICAL, crit: CRITICAL, critical: CRITICAL, fatal: CRITICAL },
  ...{ error: ERROR, warn: WARNING, warning: WARNING, notice: 25 },
  ...{ info: INFO, help: INFO, data: INFO, http: 15, verbose: 12, prompt: 12, input: 12 },
  ...{ debug: DEBUG, silly: 5, trace: 5 },
};

/** The way in which records are made. */
export interface WinstonRecordOptions {
  /** The name of the records; undefined for `info.label`. */
  name: string | undefined;
  /** Levels besides winston's own, as numbers of Python's scale. */
  levels: Readonly<Record<string, number>>;
  /** True if the text is the line that the format has made. */
  formatted: boolean;
}

type Info = Record<string | symbol, unknown>;

/**
 * Makes the record of `formatted`; `info` is the same event before the transport's own format. If
 * the event cannot be read (a revoked proxy in it), the record has its level, and `onError` gets the
 * error. Never throws.
 */
export function winstonRecord(
  info: unknown,
  formatted: unknown,
  options: WinstonRecordOptions,
  onError: (error: unknown) => void,
): LogRecord {
  try {
    return recordOf(info, formatted, options);
  } catch (error) {
    onError(error);
    const { name = "winston", levels } = options;
    const levelno = withFallback(() => levelOf(infoOf(info), levels), INFO);
    return foreignRecord({ name, levelno, message: UNREADABLE });
  }
}

function recordOf(info: unknown, formatted: unknown, options: WinstonRecordOptions): LogRecord {
  const event = infoOf(formatted);
  const error = errorOf(infoOf(info)) ?? errorOf(event);
  const created = secondsOf(read(event, "timestamp"));
  const label = read(event, "label");
  const isNamed = options.name === undefined && typeof label === "string" && label !== "";
  // The fields that have a place of their own on the record.
  const placed = ["level", "message", ...placedOfError(event, error)];
  if (created !== undefined) placed.push("timestamp");
  if (isNamed) placed.push("label");
  return foreignRecord({
    name: options.name ?? (isNamed ? label : "winston"),
    levelno: levelOf(event, options.levels),
    levelname: levelNameOf(event).toUpperCase(),
    message: withoutStack(textOf(event, options.formatted), stackOf(error ?? event)),
    created,
    error,
    errorText: error === undefined ? stackText(event) : undefined,
    fields: fieldsOf(event, placed, error),
  });
}

/** Returns `info` as an object; `logger.write("text")` may give anything else. */
function infoOf(info: unknown): Info {
  return typeof info === "object" && info !== null ? info as Info : { message: info };
}

function levelNameOf(info: Info): string {
  return String(info[LEVEL] ?? info.level);
}

function levelOf(info: Info, levels: Readonly<Record<string, number>>): number {
  const name = levelNameOf(info);
  if (Object.hasOwn(levels, name)) return levels[name]!;
  return Object.hasOwn(LEVELS, name) ? LEVELS[name]! : INFO;
}

function textOf(info: Info, isFormatted: boolean): string {
  const line = info[MESSAGE];
  if (isFormatted && typeof line === "string") return line;
  const message = read(info, "message");
  if (typeof message === "string") return message;
  if (isError(message)) return consoleText([message.message]);
  // `logger.info({ user })`: fields alone.
  return message === undefined || isPlainObject(message) ? "" : consoleText([message]);
}

/** Returns the text without the stack, which winston appends to that of an uncaught error. */
function withoutStack(text: string, stack: string | undefined): string {
  const end = `\n${stack}`;
  return stack !== undefined && text.endsWith(end) ? text.slice(0, -end.length) : text;
}

/**
 * Returns the error of an event: `info` itself (`logger.error(err)`), its message, the first one
 * behind the text (`logger.error("failed", err)`), or the first field that is one.
 */
function errorOf(info: Info): Error | undefined {
  if (isError(info)) return info;
  const splat = info[SPLAT];
  const behind = Array.isArray(splat) ? splat : [];
  // The format errors() leaves only the stack of an error, which its cause is not.
  const hasStack = stackOf(info) !== undefined;
  const keys = Object.keys(info).filter((key) => key !== "cause" || !hasStack);
  return [read(info, "message"), ...behind, ...keys.map((key) => read(info, key))]
    .find(isError);
}

/** Returns those of the fields `stack` and `cause` that the error of the record says. */
function placedOfError(info: Info, error: Error | undefined): string[] {
  if (error === undefined) return stackOf(info) === undefined ? [] : ["stack", "cause"];
  return ["stack", "cause"].filter((key) =>
    read(info, key) === read(error as unknown as Info, key)
  );
}

function fieldsOf(info: Info, placed: string[], error: Error | undefined): Fields {
  const message = read(info, "message");
  const fields = Object.keys(info)
    .filter((key) => !placed.includes(key))
    .map((key) => [key, read(info, key)] as const)
    .filter(([, value]) => value === undefined || value !== error);
  // `logger.info({ user })` makes the object the message.
  return Object.fromEntries([...Object.entries(isPlainObject(message) ? message : {}), ...fields]);
}

/** Returns the text of an error of which only the stack is left, and perhaps the cause. */
function stackText(info: Info): string | undefined {
  const stack = stackOf(info);
  const cause = read(info, "cause");
  return stack === undefined || cause === undefined || cause === null
    ? stack
    : `${stack}\nCaused by: ${exceptionText(cause)}`;
}

function read(info: Info, key: string): unknown {
  return withFallback(() => info[key], UNREADABLE);
}

/** A date and a time with a time zone. */
const ISO_8601 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * Returns a time in seconds: of a `Date`, milliseconds, or text that names its time zone. A text
 * without one may be of any zone: it is no time, and the present time is right.
 */
function secondsOf(timestamp: unknown): number | undefined {
  const isText = typeof timestamp === "string" && ISO_8601.test(timestamp);
  const milliseconds = isText
    ? Date.parse(timestamp.replace(/^(\S+) (?=\d)/, "$1T").replace(" ", ""))
    : timestamp instanceof Date
    ? timestamp.getTime()
    : timestamp;
  return typeof milliseconds === "number" && Number.isFinite(milliseconds)
    ? milliseconds / 1000
    : undefined;
}
