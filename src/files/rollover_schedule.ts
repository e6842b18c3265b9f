/**
 * Computes when a log file rolls over by time, and the date in the old file's name. It is the
 * arithmetic of CPython 3.13's `TimedRotatingFileHandler`, line for line, so that both roll over at
 * the same instants under the same names. Times are whole seconds since the epoch.
 *
 * Local time is that of the machine, with summer time as `localtime()` gives it. Differs from
 * CPython in time zones whose winter is the "summer time" of the data base (Ireland's, Morocco's):
 * there CPython misses midnight by two hours when the clocks change.
 *
 * Browser compatible: no clock, no I/O.
 *
 * @module
 */
import { gmtime, localtime, type StructTime } from "../text/struct_time.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** A time of day, Python's `datetime.time`; a field that is left out is 0. */
export interface TimeOfDay {
  /** 0 to 23. @default {0} */
  readonly hour?: number;
  /** 0 to 59. @default {0} */
  readonly minute?: number;
  /** 0 to 59. @default {0} */
  readonly second?: number;
}

/** The unit that a value of `when` names. */
export interface RolloverUnit {
  /** In capitals: `S`, `M`, `H`, `D`, `MIDNIGHT`, `W0` to `W6`. */
  readonly when: string;
  /** The seconds of one interval. */
  readonly seconds: number;
  /** The format of the start of an interval behind the file's name, as for `strftime`. */
  readonly suffix: string;
  /** Matches in a file's name what `suffix` wrote. */
  readonly extMatch: RegExp;
}

/** The settings that decide when a file rolls over. */
export interface RolloverSchedule {
  /** In capitals: `S`, `M`, `H`, `D`, `MIDNIGHT`, `W0` to `W6`. */
  readonly when: string;
  /** The seconds between two roll-overs. */
  readonly interval: number;
  /** True: days begin and names are written in UTC, instead of local time. */
  readonly utc: boolean;
  /** For `MIDNIGHT` and `W0` to `W6`: the time of day, instead of midnight. */
  readonly atTime: TimeOfDay | null;
}

/** Matches digits in Python's format, with no digit before or behind them. */
function digits(pattern: string): RegExp {
  return new RegExp(`(?<!\\d)${pattern}(?!\\d)`);
}

const units: Record<string, Omit<RolloverUnit, "when">> = {
  S: {
    seconds: 1,
    suffix: "%Y-%m-%d_%H-%M-%S",
    extMatch: digits(String.raw`\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}`),
  },
  M: {
    seconds: 60,
    suffix: "%Y-%m-%d_%H-%M",
    extMatch: digits(String.raw`\d{4}-\d{2}-\d{2}_\d{2}-\d{2}`),
  },
  H: {
    seconds: HOUR,
    suffix: "%Y-%m-%d_%H",
    extMatch: digits(String.raw`\d{4}-\d{2}-\d{2}_\d{2}`),
  },
  D: { seconds: DAY, suffix: "%Y-%m-%d", extMatch: digits(String.raw`\d{4}-\d{2}-\d{2}`) },
  W: { seconds: WEEK, suffix: "%Y-%m-%d", extMatch: digits(String.raw`\d{4}-\d{2}-\d{2}`) },
};

/** The unit of `when`, in upper or lower case; `undefined` if there is none of that name. */
export function rolloverUnit(when: string): RolloverUnit | undefined {
  const upper = when.toUpperCase();
  const key = upper === "MIDNIGHT" ? "D" : /^W[0-6]$/.test(upper) ? "W" : upper;
  const unit = Object.hasOwn(units, key) && upper !== "W" ? units[key] : undefined;
  return unit && { when: upper, ...unit };
}

/** The instant of the next roll-over after `currentTime`. */
export function computeRollover(currentTime: number, schedule: RolloverSchedule): number {
  const { when, interval, utc, atTime } = schedule;
  if (when !== "MIDNIGHT" && !when.startsWith("W")) return currentTime + interval;

  const now = utc ? gmtime(currentTime) : localtime(currentTime);
  const { hour = 0, minute = 0, second = 0 } = atTime ?? { hour: 24 };
  let day = now.tm_wday;
  let left = secondsOfDay(hour, minute, second) -
    secondsOfDay(now.tm_hour, now.tm_min, now.tm_sec);
  if (left <= 0) {
    left += DAY;
    day = (day + 1) % 7;
  }
  let result = currentTime + left;
  if (when === "MIDNIGHT") {
    result += interval - DAY;
  } else {
    const wanted = Number(when[1]);
    result += (wanted - day + 7) % 7 * DAY + interval - WEEK;
  }
  return utc ? result : result + summerTimeShift(now, result);
}

/** The seconds to add if the clock changes before `result`, so that the hour stays the same. */
function summerTimeShift(now: StructTime, result: number): number {
  if (now.tm_isdst === localtime(result).tm_isdst) return 0;
  if (now.tm_isdst) return HOUR;
  return localtime(result - HOUR).tm_isdst ? -HOUR : 0;
}

function secondsOfDay(hour: number, minute: number, second: number): number {
  return (hour * 60 + minute) * 60 + second;
}

/**
 * The time in the name of a file that was to roll over at `rolloverAt` and rolls over at
 * `currentTime`: the start of its interval, by the clock as it stands now.
 */
export function intervalStart(
  rolloverAt: number,
  currentTime: number,
  schedule: RolloverSchedule,
): StructTime {
  const start = rolloverAt - schedule.interval;
  if (schedule.utc) return gmtime(start);
  const then = localtime(start);
  const isSummer = localtime(currentTime).tm_isdst;
  if (isSummer === then.tm_isdst) return then;
  return localtime(start + (isSummer ? HOUR : -HOUR));
}
