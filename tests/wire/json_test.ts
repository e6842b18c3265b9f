import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { json, jsonLines } from "../../src/wire/json.ts";
import { jsonText } from "../../src/text/json_text.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { lengthPrefixed } from "../../src/wire/length_prefix_framing.ts";
import { newlineDelimited } from "../../src/wire/_line_framing.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { test } from "../test.ts";
import { dag } from "../text/dag.ts";

const text = (value: unknown) => new TextDecoder().decode(json.dumps({ value }));
const written = (value: unknown) => text(value).slice('{"value":'.length, -1);
const bytes = (source: string) => new TextEncoder().encode(source);

test("json.dumps() writes the fields as one object, in order", () => {
  const fields = { name: "myapp", msg: "späm ☃", args: null, levelno: 20, created: 1.5, on: true };
  assertEquals(
    new TextDecoder().decode(json.dumps(fields)),
    '{"name":"myapp","msg":"späm ☃","args":null,"levelno":20,"created":1.5,"on":true}',
  );
});

test("json.dumps() writes every value that a record may hold", () => {
  assertEquals(written(12345678901234567890n), "12345678901234567890");
  assertEquals(written(-0), "-0.0");
  assertEquals([NaN, Infinity, -Infinity, undefined].map(written), Array(4).fill("null"));
  assertEquals(written(new Date(0)), '"1970-01-01T00:00:00.000Z"');
  assertEquals(written(new Date(NaN)), "null");
  assertEquals(written(new Uint8Array([0, 255])), '"AP8="');
  assertEquals(written(new Uint8Array([0, 255]).buffer), '"AP8="');
  assertEquals(written(new Uint8Array(100_000)).length, 133_336 + 2);
  assertEquals(written(new Set([1, "a"])), '[1,"a"]');
  assertEquals(written(new Map<unknown, unknown>([[1, 2], ["a", []]])), '{"1":2,"a":[]}');
  assertEquals(written([undefined, [], {}]), "[null,[],{}]");
  // deno-lint-ignore no-sparse-arrays -- a hole is what is tested
  assertEquals(written([, 1]), "[null,1]");
  assertEquals(written({ toJSON: () => ({ a: 1n }) }), '{"a":1}');
  assertEquals(written(Symbol("s")), '"Symbol(s)"');
  assertMatch(written(new RangeError("boom")), /^".*boom/);
  assertEquals(written(function f() {}), JSON.stringify(String(function f() {})));
  assertEquals(written("\ud800"), '"\\ud800"');
});

test("json.dumps() writes flat fields and others by the same rules", () => {
  const keys = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("__proto__", "msg", "0"),
  );
  const flat = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", "\udc00\ud800", '\x7f\u2028\\"', "toJSON"),
    fc.double(),
    fc.integer(),
    fc.constantFrom<unknown>(-0, NaN, 1e21, 5e-324, null, true),
  );
  const odd = fc.oneof(
    fc.constantFrom<unknown>(undefined, 1n, Symbol("s"), new Date(NaN), {
      toJSON: () => -0,
    }),
    fc.object(),
  );
  const entries = (value: fc.Arbitrary<unknown>) =>
    fc.array(fc.tuple(keys, value), { maxLength: 6 });
  fc.assert(
    fc.property(entries(flat), entries(odd), (some, more) => {
      for (const all of [some, [...some, ...more]]) {
        const fields = Object.fromEntries(all);
        const members = Object.keys(fields).map((key) =>
          `${JSON.stringify(key)}:${jsonText(fields[key])}`
        );
        assertEquals(
          new TextDecoder().decode(json.dumps(fields)),
          `{${members.join(",")}}`,
        );
      }
    }),
  );
});

test("json.dumps() throws what a getter of the fields throws", () => {
  const fields = {
    get user() {
      throw new Error("no user");
    },
  };
  assertThrows(() => json.dumps(fields), Error, "no user");
});

test("json.dumps() calls a `toJSON()` of the fields, and writes any other value of that name", () => {
  assertEquals(
    new TextDecoder().decode(json.dumps({ a: 1, toJSON: () => ({ b: 2 }) })),
    '{"b":2}',
  );
  assertEquals(
    new TextDecoder().decode(json.dumps({ a: 1, toJSON: "no" })),
    '{"a":1,"toJSON":"no"}',
  );
});

test("json.dumps() marks a cyclic value, and writes a shared one twice", () => {
  const cycle: Record<string, unknown> = { a: [] };
  (cycle.a as unknown[]).push(cycle);
  assertEquals(written(cycle), '{"a":["[Circular]"]}');
  const shared = [1];
  assertEquals(written([shared, shared]), "[[1],[1]]");
  const endless = { toJSON: (): unknown => ({ ...endless }) };
  assertMatch(written(endless), /"\[Nested\]"$/);
  let deep: unknown[] = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  assertMatch(written(deep), /"\[Nested\]"\]+$/);
});

test("json.loads() reads back values that JSON has", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
      const back = json.loads(json.dumps(fields));
      assertEquals(JSON.stringify(back), JSON.stringify(JSON.parse(JSON.stringify(fields))));
    }),
    { seed: 20240902, numRuns: 200 },
  );
});

test("json.loads() keeps __proto__ an ordinary field", () => {
  const fields = json.loads(bytes('{"__proto__":{"polluted":1}}'));
  assertEquals(Object.keys(fields), ["__proto__"]);
  assertStrictEquals(fields.polluted, undefined);
  assertEquals(new TextDecoder().decode(json.dumps(fields)), '{"__proto__":{"polluted":1}}');
});

test("json.loads() throws for bytes that are no JSON object in UTF-8", () => {
  for (const source of ["null", "1", '"a"', "[]", "true"]) {
    assertThrows(() => json.loads(bytes(source)), TypeError, "must be a JSON object");
  }
  for (const source of ["", "{", "{'a': 1}", '{"a": NaN}', "{} {}"]) {
    assertThrows(() => json.loads(bytes(source)), SyntaxError);
  }
  assertThrows(() => json.loads(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), TypeError);
});

test("jsonLines writes the same payload as json, and frames it as a line", () => {
  const fields = { msg: "one\ntwo\r\u2028" };
  const payload = jsonLines.dumps(fields);
  assertEquals(payload, json.dumps(fields));
  assertEquals(payload.includes(10), false);
  assertStrictEquals(jsonLines.framing, newlineDelimited);
  assertStrictEquals(json.framing ?? lengthPrefixed, lengthPrefixed);
  const reader = jsonLines.framing!.reader();
  reader.push(jsonLines.framing!.frame(payload));
  assertEquals(jsonLines.loads(reader.next()!), fields);
});

test("json.dumps() writes values from Python as numbers, texts and containers", () => {
  const values = [
    new PythonObject("http", "HTTPStatus", [404]),
    new PythonObject("decimal", "Decimal", ["1.50"]),
    new PythonObject("datetime", "timedelta", [1, 0, 0]),
    new PythonObject("collections", "deque", [[new PythonObject("http", "HTTPStatus", [200])]]),
  ];
  assertEquals(written(values), '[404,1.5,"1 day, 0:00:00",[200]]');
});

test("json.dumps() writes … beyond the budget of a record", () => {
  const long = "v".repeat(1 << 20);
  const wide = () => Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, dag()]));
  const endless = { toJSON: (): unknown => [{ ...endless }, { ...endless }] };
  for (
    const value of [
      ...[dag(), [dag(), dag()], new Map([["k", dag()]]), new Map([[dag(), 1]]), new Set([dag()])],
      ...[wide(), endless, new Array(2e4).fill(long), new Array(2e4).fill(10n ** 4000n)],
      ...[new Array(2e4).fill(new Uint8Array(1 << 20)), new Array(2e4).fill({ [long]: 1 })],
      ...[new Array(2e4).fill(new Error(long)), long.repeat(9), new Array(1e6).fill(0)],
    ]
  ) {
    const payload = json.dumps({ name: "a", msg: "spam", value, levelno: 20 });
    assert(payload.length < 16 * 1024 * 1024, String(payload.length));
    const fields = json.loads(payload);
    assertEquals([fields.name, fields.msg, fields.levelno], ["a", "spam", 20]);
    assert(JSON.stringify(fields.value).includes("…"));
    assert(jsonText(value).length < 2 * MAX_TEXT);
  }
});

test("json.dumps() has one budget for all fields, and writes every name", () => {
  const value = dag();
  const fields = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, value]));
  const back = json.loads(json.dumps({ ...fields, text: "spam", levelno: 20, none: null }));
  assertEquals(Object.keys(back).length, 2003);
  assertEquals([back.k1999, back.text, back.levelno, back.none], ["…", "…", 20, null]);
});

test("json.dumps() counts integers against the budget", () => {
  const fields = Array.from({ length: 30_000 }, (_, i) => [`k${i}`, 10n ** 4000n]);
  const text = new TextDecoder().decode(json.dumps({ ...Object.fromEntries(fields), level: 20 }));
  assert(text.length < 2 * MAX_TEXT + 4_000_000);
  assert(text.endsWith(`"k29999":"…","level":20}`));
});

test("json.dumps() never cuts the message", () => {
  const msg = "v".repeat(3 * MAX_TEXT);
  assertEquals(json.loads(json.dumps({ msg, other: "spam" })), { msg, other: "spam" });
});
