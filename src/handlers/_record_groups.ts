/**
 * Groups of records in a batch, for the formats that name what records share once: the logger in OTLP,
 * the labels in Loki. An encoded record is its key with the value behind it.
 *
 * Browser compatible.
 *
 * @module
 */
import { concat, equals } from "@std/bytes";
import type { Batch } from "../delivery/batch_writer.ts";

const decoder = /* @__PURE__ */ new TextDecoder();
const encoder = /* @__PURE__ */ new TextEncoder();
const COMMA = /* @__PURE__ */ encoder.encode(",");
const END_OF_GROUP = /* @__PURE__ */ encoder.encode("]}");

/** Records with the same key. */
export interface RecordGroup {
  key: Uint8Array;
  /** The values in the order of the records; views of the batch. */
  values: Uint8Array[];
}

/** Groups records that stand one behind the other, so that all records keep their order. */
export function consecutiveGroups(
  batch: Batch,
  endOfKey: (record: Uint8Array) => number,
): RecordGroup[] {
  const groups: RecordGroup[] = [];
  let last: RecordGroup | undefined;
  let at = 0;
  for (const length of batch.lengths) {
    const record = batch.bytes.subarray(at, at += length);
    const end = endOfKey(record);
    const key = record.subarray(0, end);
    const value = record.subarray(end);
    if (last !== undefined && equals(last.key, key)) last.values.push(value);
    else groups.push(last = { key, values: [value] });
  }
  return groups;
}

/** Groups all records with the same key; those of a group keep their order. */
export function groupsOfKeys(
  batch: Batch,
  endOfKey: (record: Uint8Array) => number,
): RecordGroup[] {
  const byKey = new Map<string, RecordGroup>();
  for (const { key, values } of consecutiveGroups(batch, endOfKey)) {
    const text = decoder.decode(key);
    const group = byKey.get(text);
    if (group === undefined) byKey.set(text, { key, values });
    else for (const value of values) group.values.push(value);
  }
  return [...byKey.values()];
}

/**
 * A record for {@linkcode jsonOfGroups}: `key` is JSON that opens an object and, as its last member, an
 * array of values.
 */
export function keyedJson(key: string, value: string): string {
  return `${key}\n${value}`;
}

/** Joins groups of such records as the items of an array that `head` opens and `tail` closes. */
export function jsonOfGroups(groups: RecordGroup[], head: string, tail: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { key, values } of groups) {
    parts.push(parts.length === 0 ? encoder.encode(head) : COMMA, key);
    values.forEach((value, at) => at === 0 ? parts.push(value) : parts.push(COMMA, value));
    parts.push(END_OF_GROUP);
  }
  parts.push(encoder.encode(tail));
  return concat(parts);
}

/** The end of a key that is a line. */
export function endOfLine(record: Uint8Array): number {
  return record.indexOf(0x0a) + 1;
}
