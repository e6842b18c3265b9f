/**
 * Civil time, the fields of a calendar and a clock, as seconds since the epoch; `undefined` for
 * fields that are no time, such as the 30th of February.
 *
 * Browser compatible.
 *
 * @module
 */

/** Six digits of a second are kept, as by Python's `datetime`. */
const MICROSECONDS = 1_000_000;

/** A day and a time of day. */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 to 60: a leap second means the first second of the next minute. */
  readonly second: number;
}

/**
 * Returns the seconds since the epoch of an existing time in a time zone; Python's `time.mktime`
 * does it for the local time zone.
 */
export type Mktime = (moment: CivilTime) => number;

/** Returns the seconds since the epoch of a time in UTC, like Python's `calendar.timegm`. */
export function timegm({ year, month, day, hour, minute, second }: CivilTime): number {
  // Date.UTC() takes the years 0 to 99 for years of the twentieth century.
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  return midnight / 1000 + hour * 3600 + minute * 60 + second;
}

/** Returns the seconds since the epoch of a local time, like Python's `time.mktime`. */
export function mktime({ year, month, day, hour, minute, second }: CivilTime): number {
  const date = new Date(0);
  date.setFullYear(year, month - 1, day);
  return date.setHours(hour, minute, second, 0) / 1000;
}

/** Returns the time in the first six groups of a match: year, month, … */
export function civilTimeOf(match: RegExpExecArray): CivilTime {
  return {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4]),
    minute: Number(match[5]),
    second: Number(match[6]),
  };
}

/** Returns true if such a time exists. */
export function isCivilTime({ year, month, day, hour, minute, second }: CivilTime): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return false;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return false;
  return day <= 28 ||
    new Date(new Date(0).setUTCFullYear(year, month - 1, day)).getUTCDate() === day;
}

/** Returns the time plus the fraction of a second in these digits, to the nearest microsecond. */
export function withFraction(seconds: number, digits: string | undefined): number {
  if (digits === undefined) return seconds;
  // A single division, so that the result is the float nearest to the written number.
  const micros = Math.round(Number(`0.${digits}`) * MICROSECONDS);
  return (seconds * MICROSECONDS + micros) / MICROSECONDS;
}

/** Returns the offset of `+01:30`, `-0130` or `Z` in seconds east of UTC. */
export function zoneOffset(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  const offset = hours * 3600 + minutes * 60;
  return zone.startsWith("-") ? -offset : offset;
}
