import { assert, assertEquals, assertThrows } from "@std/assert";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import { checkStructuredDataId, StructuredData } from "../../../src/wire/syslog/structured_data.ts";
import { MAX_TEXT } from "../../../src/text/text_budget.ts";
import fc from "fast-check";
import { test } from "../../test.ts";
import { dag } from "../../text/dag.ts";
import { structuredData } from "./written.ts";

test("checkStructuredDataId() accepts IANA names and enterprise names", () => {
  for (const id of ["origin", "app@32473", "app@32473.1.2", `${"x".repeat(30)}@1`]) {
    assertEquals(checkStructuredDataId("log", "structuredDataId", id), id);
  }
  for (
    const id of ["", "a b", "a=b", "a]", 'a"', "ä", "app@", "@1", "app@x", "a@1@2", "app@1."]
      .concat("x".repeat(33))
  ) {
    assertThrows(
      () => checkStructuredDataId("log", "structuredDataId", id),
      TypeError,
      "Cannot log as 'structuredDataId' must be an SD-ID",
    );
  }
});

test("StructuredData escapes a quote, a backslash and a bracket, and nothing else", () => {
  assertEquals(
    structuredData("app@1", { text: 'a"b\\c]d[e=f\ng', empty: "" }),
    '[app@1 text="a\\"b\\\\c\\]d[e=f\ng" empty=""]',
  );
  assertEquals(structuredData("app@1", {}), "[app@1]");
});

test("StructuredData writes values that are no text as JSON, without quotes around them", () => {
  const params = {
    int: 7,
    float: 0.5,
    nan: NaN,
    big: 12345678901234567890n,
    yes: true,
    none: null,
    absent: undefined,
    date: new Date(0),
    list: [1, "a"],
    object: { a: 1 },
    map: new Map([["k", "v"]]),
    bytes: new Uint8Array([1, 2]),
    symbol: Symbol("s"),
  };
  assertEquals(
    structuredData("x", params),
    '[x int="7" float="0.5" nan="NaN" big="12345678901234567890" yes="true" none="null" ' +
      'date="1970-01-01T00:00:00.000Z" list="[1,\\"a\\"\\]" object="{\\"a\\":1}" ' +
      'map="{\\"k\\":\\"v\\"}" bytes="AQI=" symbol="Symbol(s)"]',
  );
});

test("StructuredData writes the other parameters where one cannot be read or encoded", () => {
  const fail = () => {
    throw new Error("no");
  };
  const params = {
    ...{ json: { toJSON: fail }, keys: new Proxy({}, { ownKeys: fail }), half: "a\ud800b" },
    ...{ [Symbol.iterator]: 0, nested: ["\udc00"], last: 1 },
    getter: Object.defineProperty({}, "a", { enumerable: true, get: fail }),
  };
  assertEquals(
    structuredData("x", params),
    '[x json="…" keys="…" half="a\ufffdb" nested="[\\"\\\\udc00\\"\\]" last="1" getter="…"]',
  );
});

test("StructuredData replaces characters that a name may not have", () => {
  const long = "x".repeat(32);
  const cases: [string, string][] = [
    ...[["user name", "user_name"], ["a=b", "a_b"], ["a]", "a_"], ['a"', "a_"], ["", "_"]],
    ...[["größe", "gr__e"], ["😀", "_"], ["\ud800", "_"], ["a\n", "a_"], [`${long}x`, long]],
  ] as [string, string][];
  for (const [key, name] of cases) {
    assertEquals(structuredData("x", { [key]: 1 }), `[x ${name}="1"]`, key);
  }
});

test("StructuredData never writes two parameters of one name", () => {
  const names = (...keys: string[]) => {
    const params = Object.fromEntries(keys.map((key, i) => [key, i]));
    const text = structuredData("x", params);
    const found = [...text.matchAll(/ ([^ =]+)="(\d+)"/g)];
    assertEquals(found.map(([, , value]) => Number(value)), keys.map((_, i) => i));
    return found.map(([, name]) => name);
  };
  assertEquals(names("a b", "a=b", "a]b"), ["a_b", "a_b_2", "a_b_3"]);
  // A name that is allowed is kept, wherever it stands.
  assertEquals(names("a b", "a_b", "a=b"), ["a_b_2", "a_b", "a_b_3"]);
  assertEquals(names("a b", "a_b", "a_b_2"), ["a_b_3", "a_b", "a_b_2"]);
  assertEquals(names("a b", "a=b", "a_b 2"), ["a_b", "a_b_2", "a_b_2_2"]);
  const long = "x".repeat(32);
  assertEquals(names(`${long}1`, `${long}2`), [long, `${long.slice(2)}_2`]);
  const many = Array.from({ length: 5000 }, (_, i) => `${long}${i}`);
  assertEquals(new Set(names(...many)).size, many.length);
  assertEquals(names(...many).every((name) => name!.length <= 32), true);
});

test("StructuredData writes values from Python as their str(), and their containers as JSON", () => {
  const params = {
    price: new PythonObject("decimal", "Decimal", ["1.50"]),
    status: new PythonObject("http", "HTTPStatus", [404]),
    error: new PythonObject("builtins", "KeyError", ["it's"]),
    queue: new PythonObject("collections", "deque", [[1, "a"]]),
    other: new PythonObject("myapp", "Spam", null),
  };
  assertEquals(
    structuredData("x", params),
    '[x price="1.50" status="404" error="\\"it\'s\\"" queue="[1,\\"a\\"\\]" ' +
      'other="{\\"module\\":\\"myapp\\",\\"name\\":\\"Spam\\",\\"args\\":null,' +
      '\\"kwargs\\":null,\\"state\\":null,\\"items\\":null,\\"entries\\":null}"]',
  );
});

test("StructuredData writes … beyond the budget of a record", () => {
  const value = dag();
  const params = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, value]));
  const element = structuredData("app@1", { ...params, text: "spam", number: 5 });
  assert(element.length < MAX_TEXT, String(element.length));
  assert(element.endsWith(' k499="…" text="…" number="5"]'), element.slice(-50));
});

test("StructuredData writes every text as the escapes of RFC 5424 alone change it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      const expected = text.toWellFormed().replace(/["\\\]]/g, "\\$&");
      assertEquals(structuredData("x", { text }), `[x text="${expected}"]`);
    }),
  );
  assertEquals(
    structuredData("x", {
      a: true,
      b: null,
      c: -0,
      d: NaN,
      e: undefined,
      f: "\ud800",
    }),
    '[x a="true" b="null" c="0" d="NaN" f="\ufffd"]',
  );
});

test("StructuredData writes integers by their digits and other numbers as JavaScript does", () => {
  const numbers = [0, -0, 7, -7, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e21, 0.1, -0.5, Infinity];
  for (const n of numbers) assertEquals(structuredData("x", { n }), `[x n="${n}"]`);
});

test("StructuredData is used again for parameters with other names", () => {
  const data = new StructuredData();
  const write = (params: [string, unknown][]) => {
    data.clear();
    for (const [name, value] of params) data.add(name, value);
    const out = new Uint8Array(data.mostBytes);
    return new TextDecoder().decode(out.subarray(0, data.write(out, 0)));
  };
  assertEquals(write([["a", 1], ["b", 2]]), ' a="1" b="2"');
  assertEquals(write([["b", 1], ["a b", 2]]), ' b="1" a_b="2"');
  assertEquals(write([["none", undefined], ["c", 3]]), ' c="3"');
  assertEquals(write([["a b", 2]]), ' a_b="2"');
  assertEquals(write([]), "");
  const many = Array.from({ length: 300 }, (_, i): [string, unknown] => [`name${i}`, i]);
  const text = many.map(([name, value]) => ` ${name}="${value}"`).join("");
  assertEquals(write(many), text);
  assertEquals(write(many), text);
  assertEquals(write([["big", "x".repeat(MAX_TEXT + 1)], ["more", "x"]]).length, MAX_TEXT + 16);
  assertEquals(write([["more", "x"]]), ' more="x"');
});
