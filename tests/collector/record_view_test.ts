import { assertEquals } from "@std/assert";
import { detailOf, entryOf } from "../../src/collector/_record_view.ts";
import { test } from "../test.ts";
import { hostile, START, storeOf } from "./records.ts";

test("entryOf() has the members of a list, and leaves out those that are empty", () => {
  assertEquals(entryOf(storeOf({}).get(1)!), {
    id: 1,
    time: START * 1000,
    level: "INFO",
    levelno: 20,
    logger: "shop.cart",
    host: "10.0.0.1",
    via: "pickle",
    message: "3 left",
  });
});

test("entryOf() cuts the message and shows the last line of the error and twelve fields", () => {
  const fields = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`f${i}`, [i]]));
  const python = 'Traceback (most recent call last):\n  File "a.py"\nValueError: no luck\n';
  const store = storeOf({
    msg: "x".repeat(3000),
    exc_text: python,
    ...fields,
    f0: "y".repeat(300),
  });
  const entry = entryOf(store.get(1)!);
  assertEquals([entry.message.length, entry.cut, entry.error], [2000, true, "ValueError: no luck"]);
  assertEquals([Object.keys(entry.fields!).length, entry.moreFields], [12, 2]);
  assertEquals([entry.fields!.f0!.length, entry.fields!.f1], [200, "[1]"]);
});

test("entryOf() shows the first line of an error of JavaScript", () => {
  const entry = entryOf(storeOf({ exc_text: "TypeError: no\n    at f (a.js:1:2)" }).get(1)!);
  assertEquals(entry.error, "TypeError: no");
});

test("detailOf() has the whole record", () => {
  const store = storeOf({ funcName: "pay", lineno: 7, exc_text: "E: 1\n", user: { id: [1n, 2] } });
  const detail = JSON.parse(JSON.stringify(detailOf(store.get(1)!)));
  assertEquals(detail.fields, { user: { id: [1, 2] } });
  assertEquals([detail.function, detail.lineno, detail.error, detail.stack], [
    ...["pay", 7, "E: 1\n", undefined],
  ]);
  assertEquals([detail.cut, detail.isCut, detail.received], [undefined, undefined, START * 1000]);
});

test("a hostile record is JSON in both forms", () => {
  const kept = storeOf(hostile).get(1)!;
  assertEquals(JSON.parse(JSON.stringify(entryOf(kept))).message, hostile.msg);
  assertEquals(JSON.parse(JSON.stringify(detailOf(kept))).fields.constructor, { prototype: 1 });
});
