import { assert, assertEquals } from "@std/assert";
import { RecordFilter } from "../../src/collector/_record_filter.ts";
import { RecordStore } from "../../src/collector/_record_store.ts";
import { test } from "../test.ts";
import { received, storeOf } from "./records.ts";

const all = new RecordFilter();
const origin = { via: "pickle", sender: "10.0.0.1" };
const whole = { filter: all, maxScanned: Infinity, limit: Infinity } as const;

test("RecordStore gives ids in the order of arrival and finds a record by its id", () => {
  const store = storeOf({ msg: "a" }, { msg: "b" });
  assertEquals([store.oldest, store.newest, store.kept], [1, 2, 2]);
  assertEquals(store.get(2)!.message, "b");
  assertEquals([store.get(0), store.get(3)], [undefined, undefined]);
});

test("an empty RecordStore has neither an oldest nor a newest record", () => {
  const store = new RecordStore();
  assertEquals([store.oldest, store.newest, store.bytes], [null, null, 0]);
  assertEquals(store.scan({ ...whole, from: 1, step: 1 }).isOver, true);
});

test("RecordStore forgets the oldest records beyond its bytes and counts them", () => {
  const store = new RecordStore(100_000);
  for (let i = 1; i <= 40_000; i++) {
    const name = i === 1 ? "first" : "later";
    store.add(received({ msg: `record ${i}`, name, levelname: i === 1 ? "X" : "INFO" }), origin);
  }
  assertEquals(store.added, 40_000);
  assert(store.bytes <= 100_000 && store.kept > 100, `${store.bytes}`);
  assertEquals(store.forgotten + store.kept, 40_000);
  assertEquals(store.oldest, store.forgotten + 1);
  assertEquals(store.get(store.oldest!)!.message, `record ${store.oldest}`);
  assertEquals(store.get(store.forgotten), undefined);
  const { loggers, levels } = store.names();
  assertEquals(loggers, [{ name: "later", count: store.kept }]);
  assertEquals(levels, [{ name: "INFO", levelno: 20, count: store.kept }]);
});

test("RecordStore keeps the newest record even if it alone is larger than all may be", () => {
  const store = new RecordStore(10);
  store.add(received({ msg: "a" }), origin);
  store.add(received({ msg: "b" }), origin);
  assertEquals([store.kept, store.forgotten, store.get(2)!.message], [1, 1, "b"]);
});

test("scan() finds matching records in both directions and says where to go on", () => {
  const store = storeOf(...Array.from({ length: 10 }, (_, i) => ({ levelno: i % 2 ? 30 : 20 })));
  const filter = new RecordFilter(new URLSearchParams("level=30"));
  const back = store.scan({ filter, from: 10, step: -1, maxScanned: 100, limit: 2 });
  assertEquals(back.records.map(({ id }) => id), [10, 8]);
  assertEquals([back.next, back.isOver], [7, false]);
  const part = store.scan({ filter, from: 1, step: 1, maxScanned: 3, limit: 100 });
  assertEquals([part.records.map(({ id }) => id), part.next, part.scanned], [[2], 4, 3]);
  const rest = store.scan({ filter, from: 4, step: 1, maxScanned: 100, limit: 100 });
  assertEquals([rest.records.map(({ id }) => id), rest.isOver], [[4, 6, 8, 10], true]);
  assertEquals(store.scan({ ...whole, from: 99, step: -1 }).records.length, 10);
});

test("names() lists at most so many names, the most frequent first", () => {
  const store = storeOf({ name: "b" }, { name: "a", user: 1 }, { name: "a", hostname: "web-1" });
  const names = store.names();
  assertEquals(names.loggers, [{ name: "a", count: 2 }, { name: "b", count: 1 }]);
  assertEquals(names.hosts, [{ name: "10.0.0.1", count: 2 }, { name: "web-1", count: 1 }]);
  assertEquals([names.fields, names.more], [["hostname", "user"], undefined]);
  assertEquals(store.names(1).loggers.length, 1);
  assertEquals(store.names(1).more, true);
});

test("names of fields are bounded", () => {
  const store = new RecordStore();
  for (let i = 0; i < 600; i++) store.add(received({ [`field ${i}`]: i }), origin);
  const { fields, more } = store.names();
  assertEquals([fields.length, more], [500, true]);
});
