/**
 * Colours of a terminal, as the escape sequences of ECMA-48 (SGR).
 *
 * Not `@std/fmt/colors`: that package has one switch for the whole process, which `NO_COLOR` turns
 * off on Deno alone, and two formatters may differ; and a bundle that formats nothing would keep
 * its pattern of escape sequences.
 *
 * Browser compatible.
 *
 * @module
 */

/** The codes that turn a colour on and off. */
const CODES = {
  boldRed: ["1;31", "22;39"],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const;

/** Turns every colour off. */
export const RESET = "\x1b[0m";

/** A colour, or a weight, of text. */
export type Color = keyof typeof CODES;

/** Returns the text in that colour. Each line has it, so that a line that is cut out has it too. */
export function colored(color: Color, text: string): string {
  const [on, off] = CODES[color];
  return text.split("\n").map((line) => line && `\x1b[${on}m${line}\x1b[${off}m`).join("\n");
}
