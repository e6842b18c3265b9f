import { assertEquals } from "@std/assert";
import type { Batch } from "../../src/delivery/batch_writer.ts";
import {
  consecutiveGroups,
  endOfLine,
  groupsOfKeys,
  jsonOfGroups,
  keyedJson,
  type RecordGroup,
} from "../../src/handlers/_record_groups.ts";
import { test } from "../test.ts";

const decoder = new TextDecoder();

function batchOf(...records: string[]): Batch {
  const encoded = records.map((record) => new TextEncoder().encode(record));
  return {
    id: 0n,
    bytes: new TextEncoder().encode(records.join("")),
    lengths: Uint32Array.from(encoded, ({ length }) => length),
  };
}

/** Each group as its key and its values. */
function texts(groups: RecordGroup[]): string[][] {
  return groups.map(({ key, values }) => [key, ...values].map((part) => decoder.decode(part)));
}

const batch = batchOf("a\n1", "a\n2", "ü\n3", "a\n4", "\n5");

test("consecutiveGroups() groups records that follow each other", () => {
  assertEquals(texts(consecutiveGroups(batch, endOfLine)), [
    ...[["a\n", "1", "2"], ["ü\n", "3"], ["a\n", "4"], ["\n", "5"]],
  ]);
});

test("groupsOfKeys() groups all records of a key", () => {
  assertEquals(texts(groupsOfKeys(batch, endOfLine)), [
    ...[["a\n", "1", "2", "4"], ["ü\n", "3"], ["\n", "5"]],
  ]);
});

test("jsonOfGroups() makes one JSON text of groups", () => {
  const open = (name: string) => `{"name":"${name}","values":[`;
  const records = [keyedJson(open("a"), "1"), keyedJson(open("a"), "2"), keyedJson(open("b"), "3")];
  const groups = groupsOfKeys(batchOf(...records), endOfLine);
  assertEquals(JSON.parse(decoder.decode(jsonOfGroups(groups, '{"all":[', "]}"))), {
    all: [{ name: "a", values: [1, 2] }, { name: "b", values: [3] }],
  });
});
