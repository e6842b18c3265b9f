import { assert, assertEquals } from "@std/assert";
import { percentFormat } from "../../src/text/percent_format.ts";
import { keptParts, type PercentPart, percentParts } from "../../src/text/_percent_parts.ts";
import { test } from "../test.ts";

/** Numbers from 0 to `below`, the same in each run. */
function chooser(seed: number): (below: number) => number {
  return (below) => {
    seed = Math.imul(seed, 1_664_525) + 1_013_904_223 | 0;
    return (seed >>> 8) % below;
  };
}

const shown = (
  { before, key, bare, flags, width, precision, letter }: PercentPart,
) => [
  ...[before, key, bare, flags, width, precision, letter],
];

test("percentParts() reads keys, flags, sizes and letters", () => {
  const parts = percentParts("a%s%%%(k)d%(x(y))-08.3lfz%5%%*.*d%").map(shown);
  assertEquals(parts, [
    ["a", undefined, "s", "", "", undefined, "s"],
    ["", undefined, "%", "", "", undefined, "%"],
    ["", "k", "d", "", "", undefined, "d"],
    ["", "x(y)", "", "-0", "8", "3", "f"],
    ["z", undefined, "", "", "5", undefined, "%"],
    ["", undefined, "", "", "*", "*", "d"],
    ["", undefined, "", "", "", undefined, ""],
    ["", undefined, "", "", "", undefined, undefined],
  ]);
  assertEquals(percentParts("%(open").map(shown)[0]?.[1], null);
  assertEquals(percentParts("").length, 1);
});

test("keptParts() keeps short formats, and no long one", () => {
  const format = "kept %d of %s";
  const parts = Array.from({ length: 100 }, () => keptParts(format)).findLast(
    Boolean,
  );
  assertEquals(parts, percentParts(format));
  assert(keptParts(format) === parts);
  const long = "x".repeat(200) + "%s";
  for (let i = 0; i < 100; i++) assertEquals(keptParts(long), undefined);
});

test("keptParts() reads correctly and keeps a frequent format among thousands used once", () => {
  const frequent = "frequent %d";
  let found = 0;
  for (let i = 0; i < 20_000; i++) {
    const format = `made of ${i}: %s`;
    const parts = keptParts(format);
    if (parts !== undefined) assertEquals(parts, percentParts(format));
    const again = keptParts(frequent);
    if (again === undefined) continue;
    found++;
    assertEquals(again.map(shown), percentParts(frequent).map(shown));
  }
  assert(found > 10_000, `${found}`);
});

test("keptParts() finds a format again after thousands that were used once", () => {
  for (let i = 0; i < 20_000; i++) keptParts(`only ${i}: %s`);
  const found = Array.from({ length: 5_000 }, () => keptParts("then this: %s"));
  assert(found.at(-1) !== undefined);
});

const pieces = [
  ...[
    "%s",
    "%s",
    "%d",
    "%d",
    "%i",
    "%f",
    "%%",
    "%.2f",
    "%5s",
    "%-8s|",
    "%03d",
    "%x",
    "%r",
    "%+d",
  ],
  ...["%(a)s", "%(b)d", "%(none)s", "%", "%y", "%(a", "%*d", " is ", "é😀"],
];
const values: unknown[] = [
  ...[
    "",
    "text",
    "é😀",
    "\ud800",
    0,
    7,
    -7,
    -0,
    1.5,
    -1.5,
    1e21,
    2 ** 53,
    NaN,
    Infinity,
    -1e-7,
  ],
  ...[
    true,
    false,
    null,
    undefined,
    5n,
    10n ** 30n,
    [1, "a"],
    { a: 1 },
    new Map([["a", 1]]),
  ],
  ...[new Date(0), () => 1, { toString: () => "own" }, {
    __int__: () => 3,
    __index__: () => 3,
  }],
];

function outcome(format: string, args: unknown): string {
  try {
    return percentFormat(format, args);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

test("percentFormat() writes and throws the same with a kept format and with one read anew", () => {
  const choose = chooser(29);
  const one = <T>(of: readonly T[]): T => of[choose(of.length)]!;
  // A long format is never kept. It ends with text, which is cut off again.
  const tail = "~".repeat(200);
  for (let i = 0; i < 20_000; i++) {
    const format = Array.from({ length: choose(4) }, () => one(pieces)).join(
      "",
    );
    const args = choose(4) === 0
      ? { a: one(values), b: one(values) }
      : Array.from({ length: choose(4) }, () => one(values));
    const expected = outcome(format + tail, args).replace(tail, "");
    // Of an unfinished conversion at its end a format has another letter with the tail.
    if (/%[-+.\d]*$|%\(a[^)]*$/.test(format.replaceAll("%%", ""))) continue;
    for (let time = 0; time < 2; time++) {
      assertEquals(outcome(format, args), expected, JSON.stringify(format));
    }
  }
});
