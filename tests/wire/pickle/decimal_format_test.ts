import { assertEquals } from "@std/assert";
import { formatDecimal } from "../../../src/wire/pickle/_decimal_format.ts";
import { test } from "../../test.ts";

/** As Python 3.13 formats `Decimal(text)`. */
const FORMATTED: [text: string, spec: string, expected: string][] = [
  ["2.675", ".2f", "2.68"],
  ["2.665", ".2f", "2.66"],
  ["0.005", ".2f", "0.00"],
  ["-0.001", ".2f", "-0.00"],
  ["999.995", ",.2f", "1,000.00"],
  ["12345678901234567890", ".2f", "12345678901234567890.00"],
  ["1234567.50", ",", "1,234,567.50"],
  ["1.10", "f", "1.10"],
  ["1E+5", "f", "100000"],
  ["1E-10", ".2f", "0.00"],
  ["-1E+20", "*^34,.1f", "**-100,000,000,000,000,000,000.0**"],
  ["-1.5", "010f", "-0000001.5"],
  ["1.5", "=+8.2f", "+   1.50"],
  ["1.5", "_<8.1f", "1.5_____"],
  ["1.5", " .0f", " 2"],
  ["0", "F", "0"],
  ["Infinity", "010.2f", "  Infinity"],
  ["-Infinity", ".2f", "-Infinity"],
  ["NaN123", ",.2f", "NaN123"],
  ["sNaN", ".2f", "sNaN"],
];

test("formatDecimal() writes a Decimal in fixed notation with all its digits", () => {
  for (const [text, spec, expected] of FORMATTED) {
    assertEquals(formatDecimal(text, spec), expected, `${text} as ${spec}`);
  }
});

test("formatDecimal() returns nothing for other notations and for texts that are too long", () => {
  for (const spec of ["", ".2e", "g", ".3", "%", "n", ">8", "<08f", "08,f", "1000f", ".1000f"]) {
    assertEquals(formatDecimal("1.5", spec), undefined, spec);
  }
  for (const text of ["1E+999999999", "1E-999999999"]) {
    assertEquals(formatDecimal(text, ".2f"), undefined, text);
  }
});
