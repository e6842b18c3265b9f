/**
 * The time of pino's lines, as `timestamp` functions write it.
 *
 * Browser compatible.
 *
 * @module
 */

/** Milliseconds since the epoch below this are of 1973 and before; seconds reach the year 5138. */
const LEAST_MILLISECONDS = 1e11;

/** A time with its fraction of a second, whose digits `Date` cuts to three. */
const ISO_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * Returns the seconds since the epoch that `value` says: milliseconds or seconds as a number, or a
 * text that `Date.parse` reads. `undefined` if it says no time.
 */
export function pinoTime(value: unknown): number | undefined {
  if (typeof value === "number") {
    return value >= 0 && value < LEAST_MILLISECONDS ? value : value / 1000;
  }
  if (typeof value !== "string") return undefined;
  const [, whole, fraction = "", zone] = ISO_TIME.exec(value) ?? [];
  const seconds = whole === undefined
    ? Date.parse(value) / 1000
    : Date.parse(whole + zone) / 1000 + Number(`0${fraction}`);
  return Number.isFinite(seconds) ? seconds : undefined;
}
