import { assert, assertEquals, assertThrows } from "@std/assert";
import { PythonFloat } from "../../src/text/python_float.ts";
import { strFormat } from "../../src/text/str_format.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { thrownBy } from "../logging/helpers.ts";
import { test } from "../test.ts";

// Thousands of generated cases are compared with CPython in tests/interop/formatter_test.ts.

const format = (fmt: string, a: unknown, more: [string, unknown][] = []) =>
  strFormat(fmt, new Map<string, unknown>([["a", a], ...more]));

test("strFormat() follows the format specification mini-language", () => {
  const cases: [string, unknown, string][] = [
    ["{a:>5}|{a:<5}|{a:^5}|{a:*^5}", "x", "    x|x    |  x  |**x**"],
    ["{a:05}|{a:.2}|{a:5.1}|", "abc", "abc00|ab|a    |"],
    ["{a:5}|{a:<5}|{a:05}|{a:+}|{a: }", 42, "   42|42   |00042|+42| 42"],
    [
      "{a:,} {a:_} {a:012,} {a:x} {a:#x} {a:b} {a:_b}",
      1234567,
      "1,234,567 1_234_567 0,001,234,567 12d687 0x12d687 100101101011010000111 1_0010_1101_0110_1000_0111",
    ],
    [
      "{a:.2f} {a:e} {a:g} {a:%} {a:10.3f}|{a:<10}|",
      0.25,
      "0.25 2.500000e-01 0.25 25.000000%      0.250|0.25      |",
    ],
    ["{a} {a:.3} {a:,.2f} {a:+.0f}", 12345.678, "12345.678 1.23e+04 12,345.68 +12346"],
    ["{a} {a:5} {a!r:>6}|{a!s:<6}|", true, "True     1   True|True  |"],
    ["{a:c}{a:#o}", 65, "A0o101"],
    ["{a:=+6}|{a:x=6}", -5, "-    5|-xxxx5"],
    ["{a:z.1f} {a:.1f}", -0.01, "0.0 -0.0"],
    ["{a} {a!r} {a!a}", "é'", `é' "é'" "\\xe9'"`],
    ["{a} {a:.1f}", new PythonFloat(5), "5.0 5.0"],
    ["{{{a}}}", 1, "{1}"],
  ];
  for (const [fmt, value, expected] of cases) assertEquals(format(fmt, value), expected, fmt);
});

test("strFormat() follows keys, attributes and nested fields", () => {
  assertEquals(format("{a[0]}{a[1][k]}{a[1].k}", ["x", { k: 1 }]), "x11");
  assertEquals(format("{a[k]} {a[7]}", new Map<unknown, unknown>([["k", 1], [7, 2]])), "1 2");
  assertEquals(format("{a:{w}.{p}f}|", 1.5, [["w", 7], ["p", 2]]), "   1.50|");
  assertEquals(format("{a[0]}", "😀é"), "😀");
});

test("strFormat() throws errors in CPython's words", () => {
  const cases: [string, unknown, string, string][] = [
    ["}", 1, "RangeError", "Single '}' encountered in format string"],
    ["{", 1, "RangeError", "Single '{' encountered in format string"],
    ["{a", 1, "RangeError", "expected '}' before end of string"],
    ["{a!", 1, "RangeError", "end of string while looking for conversion specifier"],
    ["{a!rr}", 1, "RangeError", "expected ':' after conversion specifier"],
    ["{a:", 1, "RangeError", "unmatched '{' in format spec"],
    ["{}", 1, "RangeError", "Replacement index 0 out of range for positional args tuple"],
    ["{missing}", 1, "KeyError", "'missing'"],
    ["{a.b}", {}, "TypeError", "'dict' object has no attribute 'b'"],
    ["{a[b]}", 5, "TypeError", "'int' object is not subscriptable"],
    ["{a[5]}", [1], "RangeError", "list index out of range"],
    ["{a:d}", 1.5, "RangeError", "Unknown format code 'd' for object of type 'float'"],
    ["{a:d}", "x", "RangeError", "Unknown format code 'd' for object of type 'str'"],
    ["{a:.2d}", 1, "RangeError", "Precision not allowed in integer format specifier"],
    ["{a:+}", "x", "RangeError", "Sign not allowed in string format specifier"],
    ["{a:,s}", "x", "RangeError", "Cannot specify ',' with 's'."],
    ["{a:,_}", 1, "RangeError", "Cannot specify both ',' and '_'."],
    ["{a:.}", 1, "RangeError", "Format specifier missing precision"],
    ["{a:5}", null, "TypeError", "unsupported format string passed to NoneType.__format__"],
    ["{a:5}", [1], "TypeError", "unsupported format string passed to list.__format__"],
    ["{a:{a:{a}}}", 1, "RangeError", "Max string recursion exceeded"],
  ];
  for (const [fmt, value, name, message] of cases) {
    const error = thrownBy(() => format(fmt, value));
    assertEquals([error.name, error.message], [name, message], fmt);
  }
});

test("strFormat() refuses a width or precision over a million", () => {
  assertThrows(() => format("{a:1000001}", 1), RangeError, "Too many decimal digits");
  assertThrows(() => format("{a:.1000001f}", 1), RangeError, "Too many decimal digits");
});

test("strFormat() cuts text of more than four million characters", () => {
  const long = "v".repeat(1 << 20);
  for (const fmt of ["{a:>1000000}", "{a!s:*^999999}", "{a}{a}{a}{a}{a}", "{a:{b}}"]) {
    const text = format(fmt.repeat(100), long, [["b", ">1000000"]]);
    assertEquals([text.length, text.at(-1)], [MAX_TEXT, "…"], fmt);
  }
  assert(format("{a}", new Array(100_000).fill(long)).endsWith("…]"));
  assertEquals(format("{a[0]}".repeat(1000), long), "v".repeat(1000));
});

test("strFormat() takes time in proportion to its text", () => {
  assertEquals(format("{a:01000000,}", 1).length, 1_000_001);
  assertEquals(format("{a:.1000000g}|{a:.1000000}|".repeat(5000), 1.5).length, 40_000);
});
