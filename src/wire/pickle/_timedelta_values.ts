/**
 * Python's `datetime.timedelta`, in microseconds.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { bareArguments, type PythonCall, type PythonValue } from "./_python_value.ts";

/** Microseconds of a second. */
export const SECOND = 1_000_000;

/** Seconds of a day. */
const DAY = 86_400;

/** Days, seconds and microseconds as Python keeps them: only the days may be negative. */
type Parts = readonly [days: number, seconds: number, micros: number];

function partsOf(call: PythonCall | undefined): Parts | undefined {
  if (call?.module !== "datetime" || call.name !== "timedelta") return undefined;
  const args = bareArguments(call);
  if (args?.length !== 3 || !args.every(Number.isInteger)) return undefined;
  const [days, seconds, micros] = args as unknown as Parts;
  const isNormal = Math.abs(days) <= 999_999_999 && seconds >= 0 && seconds < DAY && micros >= 0 &&
    micros < SECOND;
  return isNormal ? [days, seconds, micros] : undefined;
}

/** Reads a `timedelta`. */
export function timedelta(call: PythonCall): PythonValue | undefined {
  const parts = partsOf(call);
  return parts && { str: () => textOf(parts), repr: () => reprOf(parts) };
}

/**
 * Returns the microseconds of a `timedelta` of up to some 285 years, which a number holds exactly.
 */
export function deltaOf(call: PythonCall | undefined): number | undefined {
  const parts = partsOf(call);
  if (parts === undefined) return undefined;
  const micros = (parts[0] * DAY + parts[1]) * SECOND + parts[2];
  return Number.isSafeInteger(micros) ? micros : undefined;
}

/** Returns `str()` of a number of microseconds. */
export function deltaText(micros: number): string {
  return textOf(normal(micros));
}

/** Returns `repr()` of a number of microseconds. */
export function reprOfDelta(micros: number): string {
  return reprOf(normal(micros));
}

function normal(micros: number): Parts {
  const seconds = Math.floor(micros / SECOND);
  const days = Math.floor(seconds / DAY);
  return [days, seconds - days * DAY, micros - seconds * SECOND];
}

function textOf([days, seconds, micros]: Parts): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const plural = Math.abs(days) === 1 ? "" : "s";
  return (days === 0 ? "" : `${days} day${plural}, `) + Math.floor(seconds / 3600) +
    `:${two(seconds / 60 % 60)}:${two(seconds % 60)}` +
    (micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`);
}

function reprOf([days, seconds, micros]: Parts): string {
  const shown: string[] = [];
  if (days !== 0) shown.push(`days=${days}`);
  if (seconds !== 0) shown.push(`seconds=${seconds}`);
  if (micros !== 0) shown.push(`microseconds=${micros}`);
  return `datetime.timedelta(${shown.join(", ") || "0"})`;
}
