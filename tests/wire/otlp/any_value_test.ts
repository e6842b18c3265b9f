import { assert, assertEquals } from "@std/assert";
import { TextBudget } from "../../../src/text/text_budget.ts";
import { type AnyValue, anyValue } from "../../../src/wire/otlp/any_value.ts";
import { test } from "../../test.ts";
import { dag } from "../../text/dag.ts";

const of = (value: unknown): AnyValue => anyValue(value, new TextBudget());

test("anyValue() distinguishes integers of 64 bits, doubles and longer integers", () => {
  assertEquals(of(7), { intValue: "7" });
  assertEquals(of(7n), { intValue: "7" });
  assertEquals(of(-(2n ** 63n)), { intValue: "-9223372036854775808" });
  assertEquals(of(2n ** 63n), { stringValue: "9223372036854775808" });
  assertEquals(of(0.5), { doubleValue: 0.5 });
  assertEquals(of(2 ** 53), { doubleValue: 2 ** 53 });
  assertEquals([-0, NaN, Infinity].map(of), [
    { doubleValue: "-0" },
    { doubleValue: "NaN" },
    { doubleValue: "Infinity" },
  ]);
});

test("anyValue() has bytes, lists, maps, and nothing for null", () => {
  const text = JSON.stringify(of({
    bytes: new Uint8Array([1, 2]),
    buffer: new ArrayBuffer(1),
    list: [null, undefined, true, new Set(["a"])],
    map: new Map<unknown, unknown>([[1, new Date(0)], ["k", { toJSON: () => "json" }]]),
  }));
  const entry = (key: string, value: unknown) => ({ key, value });
  assertEquals(JSON.parse(text).kvlistValue.values, [
    entry("bytes", { bytesValue: "AQI=" }),
    entry("buffer", { bytesValue: "AA==" }),
    entry("list", {
      arrayValue: {
        values: [{}, {}, { boolValue: true }, {
          arrayValue: { values: [{ stringValue: "a" }] },
        }],
      },
    }),
    entry("map", {
      kvlistValue: {
        values: [
          entry("1", { stringValue: "1970-01-01T00:00:00.000Z" }),
          entry("k", { stringValue: "json" }),
        ],
      },
    }),
  ]);
});

test("anyValue() has the stack of an error, and the text of a symbol", () => {
  const error = new RangeError("boom");
  assertEquals([of(error), of(Symbol("s"))], [
    { stringValue: error.stack ?? "" },
    { stringValue: "Symbol(s)" },
  ]);
});

test("anyValue() ends for a value that holds itself, nests deep, or is shared many times over", () => {
  const itself: unknown[] = [];
  itself.push(itself);
  assertEquals(of(itself), { arrayValue: { values: [{ stringValue: "[Circular]" }] } });
  let deep: unknown = 1;
  for (let depth = 0; depth < 200; depth++) deep = [deep];
  assert(JSON.stringify(of(deep)).includes("[Nested]"));
  const text = JSON.stringify(of(dag()));
  assert(text.includes("…") && text.length < 20_000_000, `${text.length}`);
});
