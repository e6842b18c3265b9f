/** Times, counts and sizes, as the page shows them: in the reader's time zone, short, of even width. */

/** `14:03:22.105`. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "??:??:??.???";
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${
    String(date.getMilliseconds()).padStart(3, "0")
  }`;
}

/** `2026-11-29`. */
export function day(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "????-??-??";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `11-29 14:03:22.105`. */
export function dayTime(ms: number): string {
  return `${day(ms).slice(-5)} ${clockTime(ms)}`;
}

/** `2026-11-29 14:03:22.105 +01:00`. */
export function fullTime(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  if (Number.isNaN(minutes)) return String(ms);
  const sign = minutes < 0 ? "-" : "+";
  const offset = `${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${day(ms)} ${clockTime(ms)} ${sign}${offset}`;
}

/** A time of the axis: with seconds if its steps are shorter than a minute, with days if it is long. */
export function axisTime(ms: number, step: number): string {
  const clock = clockTime(ms);
  if (step >= 86_400_000) return day(ms).slice(5);
  if (step < 1000) return clock;
  return step < 60_000 ? clock.slice(0, 8) : clock.slice(0, 5);
}

/** A range of times in few words: the day only where it is not today. */
export function timeRange(from: number | undefined, to: number | undefined, now: number): string {
  const text = (ms: number) => day(ms) === day(now) ? clockTime(ms) : `${day(ms)} ${clockTime(ms)}`;
  if (from === undefined) return to === undefined ? "any time" : `before ${text(to)}`;
  return to === undefined ? `since ${text(from)}` : `${text(from)} – ${text(to)}`;
}

/** `1,234,567`. */
export function wholeCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `999`, `1.2k`, `34k`, `5.6M`. */
export function shortCount(count: number): string {
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (count >= size) {
      const value = count / size;
      return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)}${unit}`;
    }
  }
  return String(Math.round(count));
}

/** `12 bytes`, `3.4 KiB`, `180 MiB`. */
export function byteCount(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  let value = bytes / 1024;
  for (const unit of ["KiB", "MiB", "GiB"]) {
    if (value < 1000) return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} TiB`;
}

/** `0.4 s`, `12 s`, `3 min`, `2.5 h`, `4 d`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? oneDigit(seconds) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${oneDigit(seconds / 60)} min`;
  return seconds < 86_400 ? `${oneDigit(seconds / 3600)} h` : `${oneDigit(seconds / 86_400)} d`;
}

/** A value of a field: a text as it is, anything else as JSON. */
export function fieldText(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, null, 2) ?? String(value);
}

/** The value of an input of type `datetime-local`, to the second. */
export function inputTime(ms: number | undefined): string {
  return ms === undefined ? "" : `${day(ms)}T${clockTime(ms).slice(0, 8)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function oneDigit(value: number): string {
  return String(Math.round(value * 10) / 10);
}
