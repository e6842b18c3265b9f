import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { createHmac } from "node:crypto";
import { json, jsonLines } from "../../src/wire/json.ts";
import type { Serializer } from "../../src/wire/serializer.ts";
import { SignatureError, signed } from "../../src/wire/signed.ts";
import { test } from "../test.ts";

const fields = { name: "myapp", msg: "spam" };

test("signed() puts the HMAC-SHA-256 of the payload before it", () => {
  const plain = json.dumps(fields);
  const payload = signed(json, "sécret").dumps(fields);
  const digest = createHmac("sha256", "sécret").update(plain).digest();
  assertEquals(payload, concat([digest, plain]));
  const bytes = new TextEncoder().encode("sécret");
  assertEquals(signed(json, bytes).loads(payload), fields);
});

test("signed() refuses a payload with any bit changed, or cut, before it is parsed", () => {
  let parsed = 0;
  const counting: Serializer = {
    dumps: json.dumps,
    loads: (payload) => {
      parsed++;
      return json.loads(payload);
    },
  };
  const serializer = signed(counting, "key");
  const payload = serializer.dumps(fields);
  for (let i = 0; i < payload.length; i++) {
    const changed = payload.with(i, payload[i]! ^ 1 << i % 8);
    assertThrows(() => serializer.loads(changed), SignatureError, "not signed");
    assertThrows(() => serializer.loads(payload.subarray(0, i)), SignatureError);
  }
  assertThrows(() => signed(json, "Key").loads(payload), SignatureError);
  assertEquals(parsed, 0);
  assertEquals([serializer.loads(payload), parsed], [fields, 1]);
});

test("signed() may sign an empty payload, which the inner serializer then judges", () => {
  const serializer = signed({ dumps: () => new Uint8Array(0), loads: () => ({}) }, "key");
  assertEquals(serializer.loads(serializer.dumps({})), {});
});

test("signed() is length-prefixed even around JSON Lines, and passes on errors of the inner serializer", () => {
  assertStrictEquals(signed(jsonLines, "key").framing, undefined);
  const broken = signed({ dumps: () => new Uint8Array([0x7b]), loads: json.loads }, "key");
  assertThrows(() => broken.loads(broken.dumps({})), SyntaxError);
});

test("signed() refuses a bad key or serializer, and no error shows the key", () => {
  for (const key of ["", new Uint8Array(0), 5, null, undefined, [115, 51]]) {
    const error = assertThrows(() => signed(json, key as string), TypeError, "'key'");
    assertEquals(error.message.includes("115"), false);
  }
  assertThrows(() => signed({} as Serializer, "key"), TypeError, "'serializer'");
});
