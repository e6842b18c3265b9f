import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_LIMITS } from "../../../src/wire/pickle/limits.ts";
import { loads } from "../../../src/wire/pickle/pickle.ts";
import { checkBytes, checkOptions } from "../../../src/wire/pickle/unpickle_options.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

test("checkOptions() fills in the defaults", () => {
  assertEquals(checkOptions({}), { limits: DEFAULT_LIMITS, opaque: false, encoding: "ASCII" });
  assertEquals(
    checkOptions({ globals: "opaque", encoding: "latin1", maxDepth: 0, maxMemo: Infinity }),
    {
      limits: { ...DEFAULT_LIMITS, maxDepth: 0, maxMemo: Infinity },
      opaque: true,
      encoding: "latin1",
    },
  );
});

test("checkOptions() names the option that is wrong", () => {
  const bad: [unknown, abstract new () => Error, string][] = [
    [
      { globals: "allow" },
      TypeError,
      `'globals' must be one of refuse, opaque: current value is "allow"`,
    ],
    [{ globals: null }, TypeError, "'globals'"],
    [{ encoding: "utf8" }, TypeError, "'encoding' must be one of ASCII, utf-8,"],
    [
      { maxDepth: -1 },
      RangeError,
      "'maxDepth' must be an integer >= 0, or Infinity: current value is -1",
    ],
    [{ maxMemo: 1.5 }, RangeError, "'maxMemo'"],
    [{ maxBytes: NaN }, RangeError, "'maxBytes'"],
    [{ maxItems: "9" }, TypeError, `'maxItems' must be a number: current value is "9"`],
    [{ maxContainers: null }, TypeError, "current value is null"],
    [{ maxContainers: 5n }, TypeError, "current value is bigint"],
    [{ depth: 1 }, TypeError, "no option 'depth'"],
    [
      { depth: 1 },
      TypeError,
      `the options are globals, encoding, maxBytes, maxDepth, maxMemo, maxContainers, maxItems, ` +
      "maxFarKeys, maxStringBytes, maxIntegerBytes",
    ],
    [{ constructor: 1 }, TypeError, "no option 'constructor'"],
  ];
  for (const [options, type, message] of bad) {
    assertThrows(() => checkOptions(options as never), type, message);
    assertThrows(() => loads(latin1("N."), options as never), type, message);
  }
});

test("checkBytes() throws a TypeError for a value that is no Uint8Array", () => {
  checkBytes(new Uint8Array(1));
  checkBytes(new (class extends Uint8Array {})(1));
  for (const bytes of [null, undefined, "N.", [78, 46], new ArrayBuffer(2), new Int8Array(2), {}]) {
    assertThrows(() => checkBytes(bytes as never), TypeError, "'bytes' must be a Uint8Array");
  }
});
