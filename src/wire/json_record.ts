/**
 * The fields of a record that a JSON object describes: one that holds the attributes of a record, as
 * `HTTPHandler` and the serializer `json` write them, or a line of JSON as most loggers write it
 * (`JSONFormatter` among them): time, level, logger and message under their usual names, an error, and
 * fields.
 *
 * Browser compatible.
 *
 * @module
 */
import { INFO } from "../logging/level.ts";
import { getLevelName, getLevelNamesMapping } from "../logging/level_names.ts";
import { foreignLevel } from "./foreign_attributes.ts";
import { foreignFields } from "./foreign_fields.ts";
import { millisecondsOf } from "./milliseconds.ts";

const MESSAGE = ["message", "msg"] as const;
const TIME = ["time", "timestamp", "@timestamp", "ts"] as const;
const LEVEL = ["level", "levelname", "severity"] as const;
const LOGGER = ["logger", "name"] as const;

/** Later seconds than these are milliseconds: the year 5138. */
const MAX_SECONDS = 1e11;

/** Returns the fields of the record that an object describes. */
export function recordFields(object: Record<string, unknown>): Record<string, unknown> {
  if (typeof object.levelno === "number" && "msg" in object) return object;
  const rest = { ...object };
  const take = (names: readonly string[]): unknown => {
    const name = names.find((name) => rest[name] !== undefined && rest[name] !== null);
    if (name === undefined) return undefined;
    const value = rest[name];
    delete rest[name];
    return value;
  };
  const message = take(MESSAGE);
  const level = levelOf(take(LEVEL));
  const logger = take(LOGGER);
  const time = take(TIME) ?? (typeof rest.created === "number" ? take(["created"]) : undefined);
  const created = secondsOf(time);
  const error = take(["error", "err"]);
  const { text, field } = errorOf(error);
  return {
    ...foreignFields(rest),
    name: typeof logger === "string" ? logger : "root",
    msg: message === undefined
      ? ""
      : typeof message === "string"
      ? message
      : JSON.stringify(message),
    args: null,
    ...level,
    ...created !== undefined && { created, msecs: millisecondsOf(created) },
    ...text !== undefined && { exc_text: text },
    ...field !== undefined && { error: field },
  };
}

/** Returns the number and the name of a level. */
function levelOf(level: unknown): { levelno: number; levelname: string } {
  if (typeof level === "number" && Number.isFinite(level)) {
    return { levelno: level, levelname: getLevelName(level) };
  }
  if (typeof level !== "string") return { levelno: INFO, levelname: "INFO" };
  const name = level.toUpperCase();
  const levelno = foreignLevel(name);
  if (levelno === undefined) return { levelno: INFO, levelname: level };
  return { levelno, levelname: getLevelNamesMapping().has(name) ? getLevelName(levelno) : name };
}

/** Returns a time in seconds since the epoch; `undefined` for what is no time. */
function secondsOf(time: unknown): number | undefined {
  const seconds = typeof time === "number"
    ? time > MAX_SECONDS ? time / 1000 : time
    : typeof time === "string"
    ? Date.parse(time) / 1000
    : NaN;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** Returns the traceback of an error; what is no error is a field. */
function errorOf(error: unknown): { text?: string; field?: unknown } {
  if (error === undefined) return {};
  if (typeof error !== "object" || error === null || Array.isArray(error)) return { field: error };
  const { type, name, message, stack } = error as Record<string, unknown>;
  if (typeof stack === "string" && stack !== "") return { text: stack };
  if (typeof message !== "string") return { field: error };
  const kind = type ?? name;
  return { text: typeof kind === "string" ? `${kind}: ${message}` : message };
}
