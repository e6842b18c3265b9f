import { assertEquals, assertStrictEquals } from "@std/assert";
import { fieldsOf } from "../../../src/wire/pickle/_dict_fields.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

const KEY = (name: string, put: number) => `X\x01\0\0\0${name}q${String.fromCharCode(put)}`;

test("fieldsOf() returns the position of each value, its number, and what it refers to", () => {
  const pickle = `}q\0(${KEY("a", 1)}${KEY("x", 2)}${KEY("b", 3)}K\x05${KEY("c", 4)}h\x02u.`;
  assertEquals(fieldsOf(latin1(pickle)), [
    { key: "a", start: 12, end: 20, put: 2, same: -1 },
    { key: "b", start: 28, end: 30, put: 0, same: -1 },
    { key: "c", start: 38, end: 40, put: 0, same: 0 },
  ]);
});

test("fieldsOf() returns undefined for a pickle that is no flat dict, or is cut", () => {
  const pickle = `}q\0(${KEY("a", 1)}K\x05u.`;
  for (let end = 0; end < pickle.length; end++) {
    assertStrictEquals(fieldsOf(latin1(pickle.slice(0, end))), undefined);
  }
  for (
    const other of [`${pickle}.`, pickle.replace("K\x05", "]"), pickle.replace("q\x01", "q\x02")]
  ) {
    assertStrictEquals(fieldsOf(latin1(other)), undefined);
  }
});
