/**
 * Python's `datetime`, `date` and `time`: a state of ten, four or six bytes, and a time zone.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import {
  type AsCall,
  bareArguments,
  bytesOf,
  type PythonCall,
  type PythonValue,
  type Readers,
  type Repr,
} from "./_python_value.ts";
import { strftime } from "./_datetime_format.ts";
import { offsetText, type Zone, zoneOf } from "./_time_zone_values.ts";
import { timedelta } from "./_timedelta_values.ts";

/** The classes of the module `datetime`. */
export const DATETIME: Readers = { datetime, date, time, timedelta, timezone: zoneOf };

/** A day. */
type Day = readonly [year: number, month: number, day: number];

/** A time of the day. */
interface Clock {
  readonly parts: readonly [hour: number, minute: number, second: number, micros: number];
  readonly isSecond: boolean;
  readonly zone: Zone | undefined;
}

function date(call: PythonCall): PythonValue | undefined {
  const args = bareArguments(call) ?? [];
  const state = bytesOf(args[0], 4);
  const day = state && args.length === 1 ? dayOf(state) : undefined;
  return day && {
    str: () => dayText(day),
    repr: () => `datetime.date(${day.join(", ")})`,
    format: (spec) => strftime(spec, day, [0, 0, 0, 0], "", ""),
  };
}

function datetime(call: PythonCall, asCall: AsCall): PythonValue | undefined {
  const args = bareArguments(call) ?? [];
  const state = bytesOf(args[0], 10);
  if (state === undefined) return undefined;
  // The month has room for the flag of PEP 495.
  const isSecond = state[2]! > 127;
  const day = dayOf(Uint8Array.of(state[0]!, state[1]!, state[2]! & 127, state[3]!));
  const clock = clockOf(state.subarray(4), isSecond, args, asCall);
  if (day === undefined || clock === undefined) return undefined;
  const [year, month, date] = day;
  const [hour, minute, second] = clock.parts;
  const midnight = new Date(0).setUTCFullYear(year, month - 1, date);
  const asUtc = midnight + ((hour * 60 + minute) * 60 + second) * 1000;
  const offset = clock.zone?.offset({ asUtc, isSecond });
  // Without its offset the time would mean another time.
  if (clock.zone !== undefined && offset === undefined) return undefined;
  const shown = offset === undefined ? "" : offsetText(offset);
  return {
    str: () => `${dayText(day)} ${clockText(clock)}${shown}`,
    repr: (repr) => `datetime.datetime(${day.join(", ")}, ${clockRepr(clock, repr)})`,
    format: (spec) => strftime(spec, day, clock.parts, shown, nameOf(clock.zone)),
  };
}

function time(call: PythonCall, asCall: AsCall): PythonValue | undefined {
  const args = bareArguments(call) ?? [];
  const state = bytesOf(args[0], 6);
  if (state === undefined) return undefined;
  const isSecond = state[0]! > 127;
  const bytes = Uint8Array.of(state[0]! & 127, ...state.subarray(1));
  const clock = clockOf(bytes, isSecond, args, asCall);
  if (clock === undefined) return undefined;
  const offset = clock.zone?.offset();
  const shown = offset === undefined ? "" : offsetText(offset);
  return {
    str: () => clockText(clock) + shown,
    repr: (repr) => `datetime.time(${clockRepr(clock, repr)})`,
    format: (spec) => strftime(spec, [1900, 1, 1], clock.parts, shown, nameOf(clock.zone)),
  };
}

function dayOf([high = 0, low = 0, month = 0, day = 0]: Uint8Array): Day | undefined {
  const year = high * 256 + low;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = year >= 1 && year <= 9999 && month >= 1 && month <= 12 &&
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay ? [year, month, day] : undefined;
}

function clockOf(
  [hour = 0, minute = 0, second = 0, high = 0, middle = 0, low = 0]: Uint8Array,
  isSecond: boolean,
  args: unknown[],
  asCall: AsCall,
): Clock | undefined {
  const micros = (high * 256 + middle) * 256 + low;
  const isTime = hour < 24 && minute < 60 && second < 60 && micros < 1_000_000;
  const zone = args.length === 2 ? zoneOf(args[1], asCall) : undefined;
  const isWhole = args.length === 1 || zone !== undefined;
  return isTime && isWhole ? { parts: [hour, minute, second, micros], isSecond, zone } : undefined;
}

function dayText([year, month, day]: Day): string {
  return [padded(year, 4), padded(month, 2), padded(day, 2)].join("-");
}

function clockText({ parts: [hour, minute, second, micros] }: Clock): string {
  const text = [hour, minute, second].map((part) => padded(part, 2)).join(":");
  return micros === 0 ? text : `${text}.${padded(micros, 6)}`;
}

/**
 * Returns the arguments of a time's `repr()`; seconds and microseconds are left out if they are 0.
 */
function clockRepr({ parts: [hour, minute, second, micros], isSecond, zone }: Clock, repr: Repr) {
  const shown: (number | string)[] = [hour, minute];
  if (second !== 0 || micros !== 0) shown.push(second);
  if (micros !== 0) shown.push(micros);
  if (isSecond) shown.push("fold=1");
  if (zone !== undefined) shown.push(`tzinfo=${zone.repr(repr)}`);
  return shown.join(", ");
}

/** Returns the name of a zone whose times all have the same offset, otherwise nothing. */
function nameOf(zone: Zone | undefined): string {
  return zone?.str !== undefined && zone.offset() !== undefined ? zone.str(String) : "";
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
