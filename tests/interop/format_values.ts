/** Values that the format tests put into Python's formats and ours. */
import type { Chooser } from "./oracle.ts";

const texts = ["", "a", "spam", "it's", 'say "hi"', "tab\there", "line\nend\r", "ä€", "😀 ok"];
const odd = [
  "\u0000\x7f\u0085",
  "\u00a0\u2028\ufeff",
  "\ud800x",
  "back\\slash",
  "'\"",
  "\u{10ffff}",
];
const integers = [0, 1, -1, 7, -7, 42, 255, 1000, 1234567, -1234567, 2 ** 31, 2 ** 53 - 1];
const floats = [
  ...[0.5, 1.5, 2.5, -0.5, 0.125, 0.375, 3.14159, -2.71828, 1e-5, 1.5e-7, 123456.789, 1e15 + 0.5],
  ...[1e16, 1e21, 1e22, 1.7976931348623157e308, 5e-324, 0.1, 2 / 3, 9.995, 99.5, 999999.5, 0.0001],
  ...[-0, NaN, Infinity, -Infinity, 1e100, 123456789012345680000, 0.00012345, 8.5e-5, 9.5, 95.5],
];
const bigints = [2n ** 64n, -(2n ** 70n), 10n ** 30n, 3n, -255n];

export function text(choose: Chooser): string {
  return choose.chance(75) ? choose.of(texts) : choose.of(odd);
}

export function number(choose: Chooser): number | bigint {
  switch (choose.int(0, 5)) {
    case 0:
    case 1:
      return choose.of(integers);
    case 2:
    case 3:
      return choose.of(floats);
    case 4:
      return choose.int(-99_999, 99_999) / 10 ** choose.int(0, 6);
    default:
      return choose.of(bigints);
  }
}

export function scalar(choose: Chooser): unknown {
  const kind = choose.int(0, 9);
  if (kind < 4) return text(choose);
  if (kind < 8) return number(choose);
  return choose.of([null, true, false]);
}

/** Anything, containers included. */
export function value(choose: Chooser, depth = 0): unknown {
  const kind = choose.int(0, depth > 2 ? 14 : 20);
  if (kind < 15) return scalar(choose);
  if (kind < 17) return choose.list(choose.int(0, 3), () => value(choose, depth + 1));
  if (kind < 19) {
    const keys = choose.list(choose.int(0, 3), () => choose.of(["a", "b'c", "ü", "k"]));
    return Object.fromEntries(keys.map((key) => [key, value(choose, depth + 1)]));
  }
  if (kind === 19) return new Set(choose.chance(50) ? [text(choose)] : []);
  return new Uint8Array(choose.list(choose.int(0, 5), () => choose.int(0, 255)));
}
