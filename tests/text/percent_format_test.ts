import { assert, assertEquals, assertThrows } from "@std/assert";
import { percentFormat } from "../../src/text/percent_format.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { thrownBy } from "../logging/helpers.ts";
import { dag } from "./dag.ts";
import { test } from "../test.ts";

// Thousands of generated cases are compared with CPython in tests/interop/percent_format_test.ts.
// The cases here are CPython 3.13's output too, for machines without CPython.

test("percentFormat() pads, cuts and signs as CPython does", () => {
  const cases: [string, unknown[], string][] = [
    ["%s|%5s|%-5s|%.2s|%5.1s", ["a", "b", "c", "def", "gh"], "a|    b|c    |de|    g"],
    ["%5d|%-5d|%05d|%+d|% d", [42, 42, 42, 42, 42], "   42|42   |00042|+42| 42"],
    ["%.3d|%08.3d|%+.5d|%-+ #05d|", [5, -5, 5, 5], "005|-0000005|+00005|+5   |"],
    ["%x %X %o %#x %#X %#o", [255, 255, 8, 255, 255, 8], "ff FF 10 0xff 0XFF 0o10"],
    ["%08x|%#010x|%-#8x|%+#x", [-255, -255, 255, 255], "-00000ff|-0x00000ff|0xff    |+0xff"],
    [
      "%e %.2E %g %G %#g",
      [12345.678, 0.00012, 1e-5, 1e20, 1],
      "1.234568e+04 1.20E-04 1e-05 1E+20 1.00000",
    ],
    ["%.0f %.0f %.0f %.1f", [0.5, 1.5, 2.5, 0.25], "0 2 2 0.2"],
    ["%f %F %05f %-6f|", [NaN, Infinity, -Infinity, Infinity], "nan INF -0inf inf   |"],
    ["%.30f", [0.1], "0.100000000000000005551115123126"],
    ["%.20e %.20g", [1e23, 1e23], "9.99999999999999916114e+22 9.9999999999999991611e+22"],
    ["%d %d %i", [1.9, -1.9, 1e22], "1 -1 10000000000000000000000"],
    ["%c%c%c", [65, "é", 0x1f600], "Aé😀"],
    ["%r %a %s", ["é'", "é", [1, "a", null, true]], `"é'" '\\xe9' [1, 'a', None, True]`],
    ["%*d|%-*d|%*d|%.*f", [5, 1, 5, 2, -5, 3, 2, 1.005], "    1|2    |3    |1.00"],
    ["100%% %s %ld %hd", ["x", 1, 2], "100% x 1 2"],
    ["%5s|%-3s|%.1s", ["😀", "😀", "😀😀"], "    😀|😀  |😀"],
    [
      "%d %s %x",
      [10n ** 20n, 10n ** 20n, 2n ** 64n],
      "100000000000000000000 100000000000000000000 10000000000000000",
    ],
    ["%d %d %x", [true, false, true], "1 0 1"],
  ];
  for (const [format, args, expected] of cases) {
    assertEquals(percentFormat(format, args), expected, format);
  }
});

test("percentFormat() accepts a mapping, or one value alone", () => {
  const mapping = { a: 1, "b c": "two", "x(y)z": 3 };
  assertEquals(percentFormat("%(a)05d %(b c)s %(x(y)z)s %%", mapping), "00001 two 3 %");
  assertEquals(percentFormat("%(a)s", new Map([["a", 5]])), "5");
  assertEquals(percentFormat("nothing", mapping), "nothing");
  assertEquals(percentFormat("%s", "alone"), "alone");
  const inherited = thrownBy(() => percentFormat("%(toString)s", mapping));
  assertEquals([inherited.name, inherited.message], ["KeyError", "'toString'"]);
});

test("percentFormat() throws errors in CPython's words", () => {
  const cases: [string, unknown, string, string][] = [
    ["%s %s", [1], "TypeError", "not enough arguments for format string"],
    ["%s", [1, 2], "TypeError", "not all arguments converted during string formatting"],
    ["x", [1], "TypeError", "not all arguments converted during string formatting"],
    ["%d", ["x"], "TypeError", "%d format: a real number is required, not str"],
    ["%d", [null], "TypeError", "%d format: a real number is required, not NoneType"],
    ["%x", [1.5], "TypeError", "%x format: an integer is required, not float"],
    ["%f", ["x"], "TypeError", "must be real number, not str"],
    ["%d", [Infinity], "RangeError", "cannot convert float infinity to integer"],
    ["%d", [NaN], "RangeError", "cannot convert float NaN to integer"],
    ["%c", ["ab"], "TypeError", "%c requires int or char"],
    ["%c", [-1], "RangeError", "%c arg not in range(0x110000)"],
    ["%*d", ["a", 1], "TypeError", "* wants int"],
    ["%(a)s", [1], "TypeError", "format requires a mapping"],
    ["%(a", { a: 1 }, "RangeError", "incomplete format key"],
    ["%(b)s", { a: 1 }, "KeyError", "'b'"],
    ["%(a)s %s", { a: 1 }, "TypeError", "not enough arguments for format string"],
    ["%5", [1], "RangeError", "incomplete format"],
    ["é%y", [1], "RangeError", "unsupported format character 'y' (0x79) at index 2"],
    ["%😀", [1], "RangeError", "unsupported format character '?' (0x1f600) at index 1"],
    ["%e", [10n ** 400n], "RangeError", "int too large to convert to float"],
  ];
  for (const [format, args, name, message] of cases) {
    const error = thrownBy(() => percentFormat(format, args));
    assertEquals([error.name, error.message], [name, message], format);
  }
});

test("percentFormat() refuses a width or precision over a million", () => {
  for (const format of ["%1000001d", "%99999999999999999999s", "%.1000001f", "%.99999999999d"]) {
    assertThrows(() => percentFormat(format, [1]), RangeError, "too big");
  }
  assertThrows(() => percentFormat("%*d", [2 ** 40, 1]), RangeError, "width too big");
  assertEquals(percentFormat("%1000000d", [1]).length, 1_000_000);
});

test("percentFormat() cuts text of more than four million characters", () => {
  const args = new Array(200).fill(1);
  const long = "v".repeat(1 << 20);
  for (
    const text of [
      percentFormat("%1000000d".repeat(200), args),
      percentFormat("%(a)999999s".repeat(200), { a: 1 }),
      percentFormat("%*d".repeat(100), args.fill(1_000_000)),
      percentFormat("%.1000000f".repeat(200), args),
      percentFormat("%(a)s".repeat(100_000), { a: long }),
      percentFormat(`%s${long.repeat(5)}`, ["spam"]),
    ]
  ) {
    assertEquals([text.length, text.at(-1)], [MAX_TEXT, "…"]);
  }
  assert(percentFormat("%s", [new Array(100_000).fill(long)]).endsWith("…]"));
});

test("percentFormat() reads a long value only a few times", () => {
  const long = "v".repeat(1 << 20);
  const times = 30_000;
  const shown = percentFormat("%(a).2r".repeat(times), { a: long });
  assert(shown.startsWith("'v'v'v") && shown.endsWith("…"), shown.slice(0, 20));
  const dict = Object.fromEntries(Array.from({ length: times }, (_, i) => [`k${i}`, 1]));
  for (const a of [dict, Object.keys(dict), new Set(Object.keys(dict)), new Uint8Array(times)]) {
    assert(percentFormat("%(a).1r".repeat(times), { a }).length <= times);
    assert(percentFormat("%(a).1a".repeat(times), { a }).length <= times);
    assert(percentFormat("%(a).1s".repeat(times), { a }).length <= times);
  }
  assertEquals(percentFormat("%(a).1s".repeat(times), { a: "€".repeat(1 << 20) }).length, times);
  assertEquals(
    percentFormat("%.1000000g|".repeat(10_000), new Array(10_000).fill(1.5)).length,
    40_000,
  );
});

test("percentFormat() computes the numbers of at most a hundred thousand objects", () => {
  let asked = 0;
  const a = {
    toString: () => "",
    __int__: () => ++asked,
    __float__: () => ++asked,
    __index__: () => ++asked,
  };
  for (const conversion of ["%(a)d", "%(a).1x", "%(a).0f", "%(a)2o"]) {
    asked = 0;
    const text = percentFormat(conversion.repeat(200_000), { a });
    assert(asked <= 100_000 && text.endsWith("…"), `${conversion}: ${asked}`);
  }
  const long = 2n ** 10_000n;
  assertEquals(percentFormat("%(a).1s".repeat(200_000), { a: long }).length, 200_000);
});

test("percentFormat() writes text and numbers in full behind a value that is cut", () => {
  const many = dag();
  const text = percentFormat("%s %s %d %.1f %r", [many, "spam", 5, 1.5, [1]]);
  assertEquals(text.slice(-15), "…] spam 5 1.5 …");
});

test("percentFormat() calls __int__(), __index__() and __float__() of an object", () => {
  const price = { __int__: () => 1, __float__: () => 1.5, toString: () => "1.50" };
  assertEquals(percentFormat("%s %d %.2f", [price, price, price]), "1.50 1 1.50");
  assertThrows(() => percentFormat("%x", [price]), TypeError, "an integer is required");
  const status = { __int__: () => 404, __index__: () => 404, __float__: () => 404 };
  assertEquals(
    percentFormat("%d %x %o %#X %c %.0f|%*d", Array(6).fill(status).concat(5, status)),
    "404 194 624 0X194 \u0194 404|  404",
  );
  assertThrows(() => percentFormat("%d", [{ __int__: () => undefined }]), TypeError);
  assertThrows(() => percentFormat("%d", [{ __int__: () => NaN }]), RangeError);
});
