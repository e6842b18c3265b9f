import { assertEquals, assertThrows } from "@std/assert";
import { PicklingError } from "../../../src/wire/pickle/errors.ts";
import { dumps, loads } from "../../../src/wire/pickle/pickle.ts";
import { Pickler } from "../../../src/wire/pickle/pickler.ts";
import { test } from "../../test.ts";
import { characters } from "./recorded_pickles.ts";

function pickle(value: unknown): string {
  const pickler = new Pickler();
  pickler.start();
  pickler.writeValue(value);
  return characters(pickler.finish());
}

// CPython's pickle.dumps(value, 1) writes the same bytes.

test("writeValue() writes scalars as CPython does", () => {
  const cases: [unknown, string][] = [
    [null, "N."],
    [true, "I01\n."],
    [false, "I00\n."],
    [0, "K\0."],
    [255, "K\xff."],
    [256, "M\0\x01."],
    [65535, "M\xff\xff."],
    [65536, "J\0\0\x01\0."],
    [-1, "J\xff\xff\xff\xff."],
    [2147483647, "J\xff\xff\xff\x7f."],
    [-2147483648, "J\0\0\0\x80."],
    [2147483648, "L2147483648L\n."],
    [-2147483649, "L-2147483649L\n."],
    [2n ** 64n, "L18446744073709551616L\n."],
    [7n, "K\x07."],
    [1.5, "G\x3f\xf8\0\0\0\0\0\0."],
    [-0, "G\x80\0\0\0\0\0\0\0."],
    [NaN, "G\x7f\xf8\0\0\0\0\0\0."],
    ["", "X\0\0\0\0q\0."],
    ["ä", "X\x02\0\0\0\xc3\xa4q\0."],
    ["\ud800", "X\x03\0\0\0\xed\xa0\x80q\0."],
  ];
  for (const [value, expected] of cases) assertEquals(pickle(value), expected);
});

test("writeValue() writes containers as CPython does", () => {
  const cases: [unknown, string][] = [
    [[], "]q\0."],
    [[1], "]q\0K\x01a."],
    [[1, 2], "]q\0(K\x01K\x02e."],
    [{}, "}q\0."],
    [{ a: 1 }, "}q\0X\x01\0\0\0aq\x01K\x01s."],
    [{ a: 1, b: [] }, "}q\0(X\x01\0\0\0aq\x01K\x01X\x01\0\0\0bq\x02]q\x03u."],
    [new Uint8Array(0), "c__builtin__\nbytes\nq\0)Rq\x01."],
    [
      [Uint8Array.of(0x61, 0xe9), Uint8Array.of(0x62), new Uint8Array(0), new Uint8Array(0)],
      "]q\0(c_codecs\nencode\nq\x01(X\x03\0\0\0a\xc3\xa9q\x02X\x06\0\0\0latin1q\x03tq\x04Rq\x05" +
      "h\x01(X\x01\0\0\0bq\x06h\x03tq\x07Rq\x08c__builtin__\nbytes\nq\t)Rq\nh\t)Rq\x0be.",
    ],
  ];
  for (const [value, expected] of cases) assertEquals(pickle(value), expected);
});

test("writeValue() writes bytes as Latin-1 text", () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i);
  assertEquals(loads(dumps(bytes)), bytes);
});

test("writeValue() refers to values that it wrote before by their index", () => {
  const list: unknown[] = [];
  assertEquals(pickle([list, list]), "]q\0(]q\x01h\x01e.");
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  assertEquals(pickle(cyclic), "]q\0h\0a.");
  const many = Array.from({ length: 256 }, () => ({}));
  const end = characters(Uint8Array.of(0x7d, 0x72, 0, 1, 0, 0, 0x6a, 0, 1, 0, 0));
  assertEquals(pickle([...many, many[255]]).slice(-13), `${end}e.`);
});

test("writeValue() writes items in batches of 1000", () => {
  const text = pickle(Array(2001).fill(null));
  assertEquals(text, `]q\0(${"N".repeat(1000)}e(${"N".repeat(1000)}e(Ne.`);
  assertEquals(pickle(Array(1000).fill(null)), `]q\0(${"N".repeat(1000)}e.`);
  const dict = pickle(new Map(Array.from({ length: 1000 }, (_, i) => [i, null])));
  assertEquals(dict.slice(-8), "M\xe7\x03Nu(u.");
  const longer = pickle(new Map(Array.from({ length: 1001 }, (_, i) => [i, null])));
  assertEquals(longer.slice(-11), "\xe7\x03Nu(M\xe8\x03Nu.");
});

test("Pickler writes a dict key by key, behind the reserved bytes", () => {
  const pickler = new Pickler();
  for (let i = 0; i < 2; i++) {
    pickler.start(4);
    pickler.beginDict();
    pickler.writeKey("created");
    pickler.writeFloat(5);
    pickler.writeKey("lineno");
    pickler.writeValue(5);
    pickler.writeKey("args");
    pickler.writeValue(null);
    pickler.writeKey("name");
    pickler.writeString("spam");
    pickler.endDict();
    const bytes = pickler.finish();
    assertEquals(
      characters(bytes.subarray(4)),
      "}q\0(X\x07\0\0\0createdq\x01G\x40\x14\0\0\0\0\0\0X\x06\0\0\0linenoq\x02K\x05" +
        "X\x04\0\0\0argsq\x03NX\x04\0\0\0nameq\x04X\x04\0\0\0spamq\x05u.",
    );
  }
});

test("Pickler writes a long dict in batches, and an empty one", () => {
  const pickler = new Pickler();
  for (const size of [0, 1, 1000, 1001, 2500]) {
    pickler.start();
    pickler.beginDict();
    for (let i = 0; i < size; i++) {
      pickler.writeKey(`k${i}`);
      pickler.writeValue(BigInt(i));
    }
    pickler.endDict();
    const value = loads(pickler.finish());
    assertEquals(value, Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, i])));
  }
});

test("Pickler shares objects between the values of one pickle, and forgets them at start()", () => {
  const pickler = new Pickler();
  const list = [1];
  for (let i = 0; i < 2; i++) {
    pickler.start();
    pickler.beginDict();
    pickler.writeKey("a");
    pickler.writeValue(list);
    pickler.writeKey("b");
    pickler.writeValue(list);
    pickler.endDict();
    assertEquals(
      characters(pickler.finish()),
      "}q\0(X\x01\0\0\0aq\x01]q\x02K\x01aX\x01\0\0\0bq\x03h\x02u.",
    );
  }
});

test("Pickler can be used again after an error", () => {
  const pickler = new Pickler();
  pickler.start();
  const bad = [[[{ toJSON: () => JSON.parse("{") }]]];
  assertThrows(() => pickler.writeValue(bad), PicklingError);
  pickler.start();
  pickler.writeValue(bad[0]![0]!.length);
  assertEquals(characters(pickler.finish()), "K\x01.");
});
