/**
 * The time zones of Python's `datetime`: `timezone`, `zoneinfo`, pytz, and those of dateutil that
 * have one offset.
 *
 * The pickle of a `ZoneInfo` holds only its key; the offset comes from the time zone table of the
 * JavaScript runtime (`Intl`). A key that it lacks has no offset.
 *
 * Browser compatible: imports nothing outside this folder.
 *
 * @module
 */
import {
  type AsCall,
  bareArguments,
  type PythonCall,
  type PythonValue,
  type Repr,
} from "./_python_value.ts";
import { deltaOf, deltaText, reprOfDelta, SECOND } from "./_timedelta_values.ts";

/** A local time, as a clock on the wall shows it. */
export interface WallTime {
  /** Its milliseconds since the epoch, as if it were in UTC. */
  readonly asUtc: number;
  /** True for the second of two times that look alike. */
  readonly isSecond: boolean;
}

/** A time zone. */
export interface Zone extends PythonValue {
  /**
   * Returns the microseconds ahead of UTC; without a time, those of every time; `undefined` if
   * unknown.
   */
  offset(time?: WallTime): number | undefined;
}

/** Twenty-four hours: no zone changes its offset by more. */
const DAY_MS = 86_400_000;

/**
 * The most zones that are kept: a program meets few, and a hostile sender could name all of them.
 */
const MAX_KEPT = 64;

/** Names as in the tz database: `Intl` also accepts other letter cases, and offsets. */
const KEY = /^[A-Za-z][\w+/-]{0,63}$/;

/** Zones that never change their offset, so that a `time` has one too. */
const FIXED = /^(?:UTC|GMT|Etc\/.*)$/;

/** Returns the zone that a pickle describes. */
export function zoneOf(value: unknown, asCall: AsCall): Zone | undefined {
  const call = asCall(value);
  if (call === undefined || call.args === null) return undefined;
  switch (`${call.module.slice(0, 100)}.${call.name.slice(0, 100)}`) {
    case "datetime.timezone":
      return fixedZone(call, asCall);
    case "zoneinfo.ZoneInfo._unpickle":
    case "backports.zoneinfo.ZoneInfo._unpickle": {
      const key = keyOf(call);
      return key === undefined
        ? undefined
        : namedZone(key, (repr) => `${call.module}.ZoneInfo(key=${repr(key)})`);
    }
    case "pytz._UTC":
      return constantZone(0, "UTC", () => "<UTC>");
    case "pytz._p":
      return pytzZone(call);
    case "pytz.FixedOffset": {
      const minutes = bareArguments(call)?.[0];
      if (typeof minutes !== "number" || !(Math.abs(minutes) < 1440)) return undefined;
      const text = `pytz.FixedOffset(${minutes})`;
      return constantZone(minutes * 60 * SECOND, text, () => text);
    }
    case "dateutil.tz.tz.tzutc":
      return constantZone(0, "tzutc()", () => "tzutc()");
    case "dateutil.tz.tz.tzoffset":
      return dateutilZone(call, asCall);
  }
}

/** Returns an offset as it stands behind a time: `+01:00`, `-03:30`, `+01:23:45`. */
export function offsetText(micros: number): string {
  const magnitude = Math.abs(micros);
  const [hours = "", ...rest] = deltaText(magnitude).split(":");
  const seconds = magnitude % (60 * SECOND) === 0 ? [] : rest.slice(1);
  return (micros < 0 ? "-" : "+") + [hours.padStart(2, "0"), rest[0], ...seconds].join(":");
}

function constantZone(micros: number, text: string, repr: (repr: Repr) => string): Zone {
  return { str: () => text, repr, offset: () => micros };
}

function fixedZone(call: PythonCall, asCall: AsCall): Zone | undefined {
  const [delta, name, ...rest] = bareArguments(call) ?? [];
  const micros = deltaOf(asCall(delta));
  if (micros === undefined || Math.abs(micros) >= 1440 * 60 * SECOND || rest.length > 0) return;
  if (name === undefined) {
    if (micros === 0) return constantZone(0, "UTC", () => "datetime.timezone.utc");
    const text = `UTC${offsetText(micros)}`;
    return constantZone(micros, text, () => `datetime.timezone(${reprOfDelta(micros)})`);
  }
  if (typeof name !== "string") return undefined;
  const repr = (repr: Repr) => `datetime.timezone(${reprOfDelta(micros)}, ${repr(name)})`;
  return constantZone(micros, name, repr);
}

function keyOf(call: PythonCall): string | undefined {
  const key = bareArguments(call)?.[0];
  return typeof key === "string" && KEY.test(key) ? key : undefined;
}

function namedZone(key: string, repr: (repr: Repr) => string): Zone {
  const offset = (time?: WallTime) =>
    time !== undefined || FIXED.test(key)
      ? offsetAt(key, time ?? { asUtc: 0, isSecond: false })
      : undefined;
  return { str: () => key, repr, offset };
}

/** `_p(key)` for a zone without changes; otherwise the offset is in the data. */
function pytzZone(call: PythonCall): Zone | undefined {
  const key = keyOf(call);
  const [, offset, dst, name] = bareArguments(call) ?? [];
  if (key === undefined) return undefined;
  if (offset === undefined) return namedZone(key, () => `<StaticTzInfo '${key}'>`);
  const isZone = Number.isInteger(offset) && Math.abs(offset as number) < 86400 &&
    Number.isInteger(dst) && typeof name === "string" && /^[\w+-]{1,20}$/.test(name);
  if (!isZone) return undefined;
  const micros = offset as number * SECOND;
  const shown = (micros > 0 ? "+" : "") + deltaText(micros);
  const text = `<DstTzInfo '${key}' ${name}${shown} ${dst === 0 ? "STD" : "DST"}>`;
  return { str: () => key, repr: () => text, offset: (time) => time && micros };
}

function dateutilZone(call: PythonCall, asCall: AsCall): Zone | undefined {
  const { _name, _offset } = (call.state ?? {}) as { _name?: unknown; _offset?: unknown };
  const micros = deltaOf(asCall(_offset));
  if (micros === undefined || (_name !== null && typeof _name !== "string")) return undefined;
  const seconds = micros / SECOND;
  // Its str() is its repr(), which contains the repr() of the name.
  const repr = (repr: Repr) => `tzoffset(${repr(_name)}, ${seconds})`;
  return { repr, offset: () => micros };
}

/** Formatters by key; null for keys that the runtime does not know. */
const clocks = /* @__PURE__ */ new Map<string, Intl.DateTimeFormat | null>();

function clockOf(key: string): Intl.DateTimeFormat | null {
  let clock = clocks.get(key);
  if (clock === undefined) {
    try {
      clock = new Intl.DateTimeFormat("en-US", {
        timeZone: key,
        hourCycle: "h23",
        ...{ year: "numeric", month: "numeric", day: "numeric", era: "short" },
        ...{ hour: "numeric", minute: "numeric", second: "numeric" },
      });
    } catch {
      clock = null;
    }
    if (clocks.size >= MAX_KEPT) clocks.clear();
    clocks.set(key, clock);
  }
  return clock;
}

/**
 * Returns the microseconds ahead of UTC at a time, after PEP 495: the first time in a gap has the
 * offset before it.
 */
function offsetAt(key: string, { asUtc, isSecond }: WallTime): number | undefined {
  const clock = clockOf(key);
  if (clock === null) return undefined;
  const before = offsetMs(clock, asUtc - DAY_MS);
  const after = offsetMs(clock, asUtc + DAY_MS);
  // No zone changes its offset there and back within two days.
  if (before === after) return before * 1000;
  const isBefore = offsetMs(clock, asUtc - before) === before;
  const isAfter = offsetMs(clock, asUtc - after) === after;
  const isFirst = isBefore === isAfter ? !isSecond : isBefore;
  return (isFirst ? before : after) * 1000;
}

/** Returns the milliseconds ahead of UTC at an instant. */
function offsetMs(clock: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(instant)) parts[type] = value;
  const { year, month, day, hour, minute, second, era } = parts;
  const wall = new Date(0);
  const isBefore = era?.startsWith("B") ?? false;
  wall.setUTCFullYear(isBefore ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  wall.setUTCHours(Number(hour), Number(minute), Number(second));
  return wall.getTime() - Math.floor(instant / 1000) * 1000;
}
