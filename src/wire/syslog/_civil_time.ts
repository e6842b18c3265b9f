/**
 * From the parts of a written time to seconds since the epoch; `undefined` for parts that are no
 * time, such as the 30th of February.
 *
 * Browser compatible.
 *
 * @module
 */

/** Six digits of a second are kept, as by Python's `datetime`. */
const MICROSECONDS = 1_000_000;

/** A day and a time of day, as they were written. */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** To 60: a leap second is the first of the next minute. */
  readonly second: number;
}

/**
 * Seconds since the epoch of a time that is known to exist, in some time zone; Python's
 * `time.mktime` for that of this machine.
 */
export type Mktime = (moment: CivilTime) => number;

/** Python's `calendar.timegm`: of a time in UTC. */
export function timegm({ year, month, day, hour, minute, second }: CivilTime): number {
  // Date.UTC() takes the years 0 to 99 for those of the twentieth century.
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  return midnight / 1000 + hour * 3600 + minute * 60 + second;
}

/** Python's `time.mktime`: of a time in the time zone of this machine. */
export function mktime({ year, month, day, hour, minute, second }: CivilTime): number {
  const date = new Date(0);
  date.setFullYear(year, month - 1, day);
  return date.setHours(hour, minute, second, 0) / 1000;
}

/** The moment in the first six groups of a match: year, month, … */
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

/** Whether there is such a moment. */
export function isCivilTime({ year, month, day, hour, minute, second }: CivilTime): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return false;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return false;
  return day <= 28 ||
    new Date(new Date(0).setUTCFullYear(year, month - 1, day)).getUTCDate() === day;
}

/** The time with the fraction of a second that these digits say, to the nearest microsecond. */
export function withFraction(seconds: number, digits: string | undefined): number {
  if (digits === undefined) return seconds;
  // Divided once, so that the result is the float that is nearest to what was written.
  const micros = Math.round(Number(`0.${digits}`) * MICROSECONDS);
  return (seconds * MICROSECONDS + micros) / MICROSECONDS;
}

/** What is said by `+01:30`, `-0130` or `Z`, in seconds east of UTC. */
export function zoneOffset(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  const offset = hours * 3600 + minutes * 60;
  return zone.startsWith("-") ? -offset : offset;
}
