import { assert, assertEquals } from "@std/assert";
import { encodeEntry } from "../../../src/wire/forward/forward_entry.ts";
import type { EventTime } from "../../../src/wire/forward/_event_time.ts";
import { decodeValue } from "../../../src/wire/forward/_msgpack.ts";
import { test } from "../../test.ts";

const decodeEntry = (fields: Record<string, unknown>) =>
  decodeValue(encodeEntry(1_700_000_000.5, fields)) as [EventTime, Record<string, unknown>];

test("encodeEntry() writes every kind of value, as the module says", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  let deep: unknown = 1;
  for (let i = 0; i < 200; i++) deep = [deep];
  const table: [value: unknown, arrives: unknown][] = [
    [1, 1],
    [-5e9, -5e9],
    [1_700_000_000_123, 1_700_000_000_123],
    [0.1, 0.1],
    [Infinity, Infinity],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
    [-(2n ** 63n), -(2n ** 63n)],
    [5n, 5],
    [{ constructor: 5n, n: 5n }, { constructor: 5, n: 5 }],
    [2n ** 64n, String(2n ** 64n)],
    ["häm \ud800", "häm \ufffd"],
    [true, true],
    [undefined, null],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    [Uint8Array.of(3).buffer, Uint8Array.of(3)],
    [new Set([1, 2]), [1, 2]],
    [new Map<unknown, unknown>([[1, "a"], ["b", 2]]), { 1: "a", b: 2 }],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [{ toJSON: () => ({ a: [null] }) }, { a: [null] }],
    [Symbol("s"), "Symbol(s)"],
    [cyclic, ["[Circular]"]],
    [Object.fromEntries([["__proto__", 1]]), { __proto___: 1 }],
  ];
  for (const [value, arrives] of table) {
    const [time, map] = decodeEntry({ value });
    assertEquals(time.time, 1_700_000_000.5);
    assertEquals(map.value, arrives);
  }
  assert(JSON.stringify(decodeEntry({ deep })[1]).includes("[Nested]"));
  const { error } = decodeEntry({ error: new TypeError("scripted") })[1];
  assert(String(error).startsWith("TypeError: scripted"));
});

test("encodeEntry() writes a message in full, and other text within the budget of a record", () => {
  const text = "x".repeat(5_000_000);
  const [, { msg, other }] = decodeEntry({ msg: text, other: text });
  assertEquals([(msg as string).length, (other as string).length], [5_000_000, 4_000_000]);
});

test("encodeEntry() writes safe integers that do not fit into 32 bits as integers", () => {
  const numbers = [2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53];
  const heads = numbers.map((n) => {
    const bytes = encodeEntry(0, { n });
    // An array of two, a time of ten bytes, a map of one, and a name of two bytes stand before it.
    return bytes[1 + 10 + 1 + 2];
  });
  // uint 32, uint 64, uint 64, int 32, int 64, float 64
  assertEquals(heads, [0xce, 0xcf, 0xcf, 0xd2, 0xd3, 0xcb]);
});
