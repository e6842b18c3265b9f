import { assertEquals, assertThrows } from "@std/assert";
import { parseExactly } from "../../src/integrations/_exact_json.ts";
import { test } from "../test.ts";

test("parseExactly() returns integers beyond 2^53 as bigints, at any depth", () => {
  assertEquals(
    parseExactly(`{"a":18446744073709551616,"b":[-9007199254740993,{"c":9007199254740991}]}`),
    { a: 2n ** 64n, b: [-9007199254740993n, { c: 9007199254740991 }] },
  );
});

test("parseExactly() leaves digits in texts, keys, fractions and powers as JSON.parse has them", () => {
  for (
    const text of [
      `{"12345678901234567890":"98765432109876543210"}`,
      `{"a":"\\"12345678901234567890","b":"x 12345678901234567890 y"}`,
      `{"a":0.12345678901234567890,"b":1.5e3,"c":12345678901234567890.5,"d":1234567890123456e2}`,
      `{"__proto__":{"a":"12345678901234567890"}}`,
    ]
  ) assertEquals(parseExactly(text), JSON.parse(text), text);
});

test("parseExactly() tells its own mark from a text that holds the same character", () => {
  assertEquals(
    parseExactly(`{"a":"\ue0001","b":"\ue000","c":12345678901234567890}`),
    { a: "\ue0001", b: "\ue000", c: 12345678901234567890n },
  );
});

test("parseExactly() throws the SyntaxError of JSON.parse", () => {
  assertThrows(() => parseExactly(`{"a":12345678901234567890`), SyntaxError);
});
