/**
 * The fields of the record of an event. An event of our `ForwardHandler` holds the attributes of a
 * record, and they are the fields; any other becomes a record that is named by its tag.
 *
 * Browser compatible.
 *
 * @module
 */
import { INFO } from "../../logging/level.ts";
import { isStandard } from "../../logging/record_attributes.ts";
import { readableJson } from "../../text/json_text.ts";
import { foreignAttributes, foreignLevel } from "../foreign_attributes.ts";
import { EventTime } from "./_event_time.ts";
import { decodeValue } from "./_msgpack.ts";

/** The fields that hold the text of an event, the first one that is there. */
const TEXTS = ["message", "log", "msg"];

/** The fields that hold the level of an event. */
const LEVELS = ["level", "severity"];

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
  return foreignEvent(String(tag).slice(0, MAX_NAME), created, start, fields);
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

function foreignEvent(name: string, created: number, start: number, map: Fields): Fields {
  const text = TEXTS.find((key) => typeof map[key] === "string");
  const levelField = LEVELS.find((key) => levelOf(map[key]) !== undefined);
  const fields = foreignAttributes({
    name,
    // The driver of a container's log keeps the line feed of each line.
    msg: text === undefined ? readableJson(map) : (map[text] as string).replace(/\r?\n$/, ""),
    levelno: levelField === undefined ? INFO : levelOf(map[levelField])!,
    created,
  }, start);
  for (const key of Object.keys(map)) {
    if (key === text || key === levelField) continue;
    fields[isStandard(key) ? `${key}_` : key] = map[key];
  }
  return fields;
}

function levelOf(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length > 100) return undefined;
  const level = foreignLevel(value);
  // NOTSET is no level of an event.
  return level === 0 ? undefined : level;
}
