/**
 * `format()` of Python's `datetime`, `date` and `time`: `strftime()` in the C locale.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

const DAYS: readonly string[] = [
  ...["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
];
const MONTHS: readonly string[] = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September"],
  ...["October", "November", "December"],
];

/** Replaces the directives of `spec`; an unknown directive is not changed. */
export function strftime(
  spec: string,
  [year, month, day]: readonly [number, number, number],
  [hour, minute, second, micros]: readonly [number, number, number, number],
  offset: string,
  zone: string,
): string {
  const weekday = new Date(new Date(0).setUTCFullYear(year, month - 1, day)).getUTCDay();
  const yearStart = new Date(0).setUTCFullYear(year, 0, 1);
  const yearDay = (new Date(0).setUTCFullYear(year, month - 1, day) - yearStart) / 86_400_000 + 1;
  const two = (value: number) => String(value).padStart(2, "0");
  const values: Readonly<Record<string, string>> = {
    ...{ Y: String(year), y: two(year % 100), m: two(month), d: two(day), H: two(hour) },
    ...{ I: two(hour % 12 || 12), M: two(minute), S: two(second), p: hour < 12 ? "AM" : "PM" },
    ...{ f: String(micros).padStart(6, "0"), j: String(yearDay).padStart(3, "0"), w: `${weekday}` },
    ...{ A: DAYS[weekday]!, a: DAYS[weekday]!.slice(0, 3), Z: zone, z: offset.replaceAll(":", "") },
    ...{ B: MONTHS[month - 1]!, b: MONTHS[month - 1]!.slice(0, 3), "%": "%" },
    ...{ F: `${year}-${two(month)}-${two(day)}`, T: [hour, minute, second].map(two).join(":") },
  };
  return spec.replace(/%([a-zA-Z%])/g, (all, letter: string) => values[letter] ?? all);
}
