/**
 * Python's `time.strftime` in the C locale: the directives that Python documents, those that C99
 * adds, and glibc's flags `-`, `_`, `0`, `^`. All other text is copied. `%Z` is `tm_zone`, so it is
 * `UTC` for `gmtime()`, where glibc has `GMT`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { StructTime } from "./struct_time.ts";
import { cutText, MAX_TEXT } from "./text_budget.ts";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Formats `time` by `format`. */
export function strftime(format: string, time: StructTime): string {
  let out = "";
  let at = 0;
  for (let percent; (percent = format.indexOf("%", at)) >= 0;) {
    out += format.slice(at, percent);
    let end = percent + 1;
    while ("-_0^".includes(format[end] ?? "x")) end++;
    const text = directive(format[end] ?? "", time);
    if (text === undefined) {
      out += format.slice(percent, end + 1);
    } else {
      out += flagged(text, format.slice(percent + 1, end));
    }
    at = end + 1;
    if (out.length > MAX_TEXT) break;
  }
  return cutText(out + format.slice(at));
}

/** A number with its width; or text, which no padding flag changes. */
type Field = string | readonly [value: number, width: number, fill: "0" | " "];

function flagged(field: Field, flags: string): string {
  let upper = false;
  let [value, width, fill]: readonly [string | number, number, string] = typeof field === "string"
    ? [field, 0, "0"]
    : field;
  for (const flag of flags) {
    if (flag === "^") upper = true;
    else if (flag === "-") width = 0;
    else fill = flag === "_" ? " " : "0";
  }
  const text = String(value).padStart(width, fill);
  return upper ? text.toUpperCase() : text;
}

function directive(letter: string, time: StructTime): Field | undefined {
  switch (letter) {
    case "a":
      return DAYS[time.tm_wday]?.slice(0, 3) ?? "?";
    case "A":
      return DAYS[time.tm_wday] ?? "?";
    case "b":
    case "h":
      return MONTHS[time.tm_mon - 1]?.slice(0, 3) ?? "?";
    case "B":
      return MONTHS[time.tm_mon - 1] ?? "?";
    case "c":
      return strftime("%a %b %e %H:%M:%S %Y", time);
    case "C":
      return [Math.floor(time.tm_year / 100), 2, "0"];
    case "d":
      return [time.tm_mday, 2, "0"];
    case "D":
    case "x":
      return strftime("%m/%d/%y", time);
    case "e":
      return [time.tm_mday, 2, " "];
    case "F":
      return strftime("%Y-%m-%d", time);
    case "g":
      return [isoWeek(time)[0] % 100, 2, "0"];
    case "G":
      return [isoWeek(time)[0], 0, "0"];
    case "H":
      return [time.tm_hour, 2, "0"];
    case "I":
      return [time.tm_hour % 12 || 12, 2, "0"];
    case "j":
      return [time.tm_yday, 3, "0"];
    case "m":
      return [time.tm_mon, 2, "0"];
    case "M":
      return [time.tm_min, 2, "0"];
    case "n":
      return "\n";
    case "p":
      return time.tm_hour < 12 ? "AM" : "PM";
    case "r":
      return strftime("%I:%M:%S %p", time);
    case "R":
      return strftime("%H:%M", time);
    case "S":
      return [time.tm_sec, 2, "0"];
    case "t":
      return "\t";
    case "T":
    case "X":
      return strftime("%H:%M:%S", time);
    case "u":
      return [time.tm_wday + 1, 1, "0"];
    case "U":
      return [Math.floor((time.tm_yday + 6 - (time.tm_wday + 1) % 7) / 7), 2, "0"];
    case "V":
      return [isoWeek(time)[1], 2, "0"];
    case "w":
      return [(time.tm_wday + 1) % 7, 1, "0"];
    case "W":
      return [Math.floor((time.tm_yday + 6 - time.tm_wday) / 7), 2, "0"];
    case "y":
      return [time.tm_year % 100, 2, "0"];
    case "Y":
      return [time.tm_year, 0, "0"];
    case "z":
      return offset(time.tm_gmtoff);
    case "Z":
      return time.tm_zone;
    case "%":
      return "%";
  }
  return undefined;
}

/** Returns the year and week of ISO 8601: a week belongs to the year that holds its Thursday. */
function isoWeek(time: StructTime): [year: number, week: number] {
  const thursday = time.tm_yday + 3 - time.tm_wday;
  if (thursday < 1) {
    const year = time.tm_year - 1;
    return [year, Math.ceil((thursday + daysIn(year)) / 7)];
  }
  const days = daysIn(time.tm_year);
  if (thursday > days) return [time.tm_year + 1, 1];
  return [time.tm_year, Math.ceil(thursday / 7)];
}

function daysIn(year: number): number {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 366 : 365;
}

function offset(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const text = String(Math.floor(minutes / 60) * 100 + minutes % 60).padStart(4, "0");
  return (seconds < 0 ? "-" : "+") + text;
}
