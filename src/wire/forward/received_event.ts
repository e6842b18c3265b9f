/**
 * The fields of the record of an event. An event of our `ForwardHandler` holds the attributes of a
 * record, and they are the fields; any other becomes a record that is named by its tag.
 *
 * Browser compatible.
 *
 * @module
 */
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../../logging/level.ts";
import { getLevelName } from "../../logging/level_names.ts";
import { UNKNOWN_FILE, UNKNOWN_FUNCTION } from "../../logging/log_record.ts";
import { isStandard } from "../../logging/record_attributes.ts";
import { readableJson } from "../../text/json_text.ts";
import { EventTime } from "./_event_time.ts";
import { decodeValue } from "./_msgpack.ts";

/** The fields that hold the text of an event, the first one that is there. */
const TEXTS = ["message", "log", "msg"];

/** The fields that hold the level of an event. */
const LEVELS = ["level", "severity"];

/** The names of levels of other loggers, and of syslog's severities. */
const LEVEL_NAMES: Readonly<Record<string, number>> = {
  TRACE: DEBUG,
  NOTICE: INFO,
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

/** The longest name of a logger that receivers take. */
const MAX_NAME = 1024;

type Fields = Record<string, unknown>;

/**
 * Returns the fields of an event.
 *
 * @param event `[tag, time, map]` in MessagePack
 * @param start the zero of `relativeCreated`, in seconds since the epoch
 * @throws {Error} where it is no event
 */
export function eventFields(event: Uint8Array, start: number): Fields {
  const [tag, time, map] = decodeValue(event) as [tag: unknown, time: unknown, map: unknown];
  if (typeof map !== "object" || map === null || Array.isArray(map)) {
    throw new TypeError("the record of an event must be a map");
  }
  const fields = map as Fields;
  if (isRecord(fields)) return fields;
  // Fluent Bit adds metadata to a time.
  const created = secondsOf(Array.isArray(time) ? time[0] : time);
  return foreignFields(String(tag).slice(0, MAX_NAME), created, start, fields);
}

/** Says whether a map has the attributes of a record, as `ForwardHandler` sends them. */
function isRecord(fields: Fields): boolean {
  const { name, msg, levelname, levelno, created } = fields;
  return typeof name === "string" && msg !== undefined && typeof levelname === "string" &&
    typeof levelno === "number" && typeof created === "number" && fields.args === null;
}

function secondsOf(time: unknown): number {
  if (time instanceof EventTime) return time.time;
  const seconds = time instanceof Date ? time.getTime() / 1000 : time;
  if (typeof seconds === "number" && Number.isFinite(seconds)) return seconds;
  throw new TypeError("the time of an event must be a number or an EventTime");
}

function foreignFields(name: string, created: number, start: number, map: Fields): Fields {
  const text = TEXTS.find((key) => typeof map[key] === "string");
  const levelField = LEVELS.find((key) => levelOf(map[key]) !== undefined);
  const levelno = levelField === undefined ? INFO : levelOf(map[levelField])!;
  const fields: Fields = {
    name,
    // The driver of a container's log keeps the line feed of each line.
    msg: text === undefined ? readableJson(map) : (map[text] as string).replace(/\r?\n$/, ""),
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
    msecs: Math.floor(Math.round((created - Math.floor(created)) * 1e6) / 1000) % 1000,
    relativeCreated: (created - start) * 1000,
    thread: 0,
    threadName: "MainThread",
    processName: "MainProcess",
    process: 0,
  };
  for (const key of Object.keys(map)) {
    if (key === text || key === levelField) continue;
    fields[isStandard(key) ? `${key}_` : key] = map[key];
  }
  return fields;
}

function levelOf(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length > 100) return undefined;
  const name = value.toUpperCase();
  const known = getLevelName(name);
  if (typeof known === "number" && known > 0) return known;
  return Object.hasOwn(LEVEL_NAMES, name) ? LEVEL_NAMES[name] : undefined;
}
