import { assertEquals } from "@std/assert";
import type { Entry } from "../../../src/collector/page/_collector_api.ts";
import {
  isGap,
  keyOf,
  RecordWindow,
  type Row,
} from "../../../src/collector/page/_record_window.ts";
import { test } from "../../test.ts";

function entries(from: number, to: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, place) => ({
    ...{ id: from + place, time: from + place, level: "INFO", levelno: 20 },
    ...{ logger: "app", host: "web-1", via: "pickle", message: `message ${from + place}` },
  }));
}

/** Ids, and the counts of gaps in brackets. */
function shown(rows: readonly Row[]): string {
  return rows.map((row) => isGap(row) ? `(${row.count})` : row.id).join(" ");
}

function windowOf(most: number, rows: Entry[], more = { before: true, after: false }) {
  const window = new RecordWindow(most);
  window.reset(rows, more);
  return window;
}

test("append() adds newer records and leaves out those that it has", () => {
  const window = windowOf(10, entries(1, 3), { before: false, after: false });
  assertEquals(window.append(entries(2, 5)), { added: 2, removed: 0 });
  assertEquals(shown(window.rows), "1 2 3 4 5");
  assertEquals([window.firstId, window.lastId, window.moreBefore], [1, 5, false]);
});

test("append() removes the oldest rows beyond the bound", () => {
  const window = windowOf(4, entries(1, 3), { before: false, after: false });
  assertEquals(window.append(entries(4, 6)), { added: 3, removed: 2 });
  assertEquals([shown(window.rows), window.moreBefore], ["3 4 5 6", true]);
});

test("append() has a gap stand for the records that were skipped", () => {
  const window = windowOf(10, entries(1, 2));
  window.append(entries(10, 11), 7);
  window.append(entries(12, 12));
  assertEquals(shown(window.rows), "1 2 (7) 10 11 12");
  assertEquals([window.leftOut, window.size], [7, 5]);
});

test("append() leaves no gap at the start", () => {
  const window = windowOf(3, entries(1, 2));
  window.append(entries(10, 11), 7);
  assertEquals(shown(window.rows), "10 11");
  assertEquals(window.moreBefore, true);
});

test("append() of more than fits keeps the newest", () => {
  const window = windowOf(3, entries(1, 2));
  window.append(entries(10, 20), 7);
  assertEquals(shown(window.rows), "18 19 20");
});

test("prepend() adds older records and removes the newest beyond the bound", () => {
  const window = windowOf(4, entries(4, 6));
  assertEquals(window.prepend(entries(1, 4), true), { added: 3, removed: 2 });
  assertEquals(shown(window.rows), "1 2 3 4");
  assertEquals([window.moreBefore, window.moreAfter], [true, true]);
});

test("prepend() takes the records of files, which have no id", () => {
  const window = windowOf(10, [], { before: true, after: false });
  const ofFile = (cursor: string): Entry => {
    const { id: _, ...entry } = entries(1, 1)[0]!;
    return { ...entry, cursor };
  };
  window.prepend([ofFile("a:1"), ofFile("a:2")], true);
  window.prepend([ofFile("a:0")], false);
  assertEquals(window.rows.map(keyOf), ["file a:0", "file a:1", "file a:2"]);
});

test("fill() loads a gap from its start, until it is gone", () => {
  const window = windowOf(20, entries(1, 2));
  window.append(entries(8, 9), 5);
  const gap = window.rows.find(isGap)!;
  assertEquals(window.beforeGap(gap.key), 2);
  window.fill(gap.key, entries(3, 5), true);
  assertEquals(shown(window.rows), "1 2 3 4 5 (2) 8 9");
  assertEquals(window.beforeGap(gap.key), 5);
  window.fill(gap.key, entries(6, 9), true);
  assertEquals(shown(window.rows), "1 2 3 4 5 6 7 8 9");
  assertEquals(window.leftOut, 0);
});

test("fill() of a gap of unknown size goes on until a record is known", () => {
  const window = windowOf(20, entries(1, 2));
  window.append(entries(8, 9), null);
  const { key } = window.rows.find(isGap)!;
  window.fill(key, entries(3, 4), true);
  assertEquals(shown(window.rows), "1 2 3 4 (null) 8 9");
  window.fill(key, entries(5, 7), false);
  assertEquals(shown(window.rows), "1 2 3 4 5 6 7 8 9");
});

test("reset() keeps the newest of too many", () => {
  const window = windowOf(3, entries(1, 9), { before: false, after: true });
  assertEquals([shown(window.rows), window.moreBefore], ["7 8 9", true]);
});
