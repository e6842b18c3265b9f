import { assertEquals, assertThrows } from "@std/assert";
import { ParameterError, RecordFilter, timeOf } from "../../src/collector/_record_filter.ts";
import { test } from "../test.ts";
import { START, storeOf } from "./records.ts";

const store = storeOf(
  { name: "root", msg: "Boot", levelno: 10, levelname: "DEBUG" },
  { name: "shop", msg: "paid", user: "anna", cents: 500 },
  { name: "shop.cart", msg: "a.*b", levelno: 40, created: START + 1, hostname: "web-1" },
  { name: "shopping", msg: "x", exc_text: "Traceback\nValueError: Paid", user: "bob" },
);

function found(query: string): number[] {
  const filter = new RecordFilter(new URLSearchParams(query));
  const { records } = store.scan({ filter, from: 1, step: 1, maxScanned: 99, limit: 99 });
  return records.map(({ id }) => id);
}

test("RecordFilter without conditions matches every record", () => {
  assertEquals(found(""), [1, 2, 3, 4]);
  assertEquals(found("level=&logger=&text=&from=&field="), [1, 2, 3, 4]);
});

test("RecordFilter compares levels by name in either case, or by number", () => {
  assertEquals(found("level=error"), [3]);
  assertEquals(found("level=20"), [2, 3, 4]);
});

test("RecordFilter takes a logger with those below it, any of several, and leaves out others", () => {
  assertEquals(found("logger=shop"), [2, 3]);
  assertEquals(found("logger=shop.cart&logger=root"), [1, 3]);
  assertEquals(found("-logger=shop.cart&-logger=root"), [2, 4]);
});

test("RecordFilter finds plain text in message, logger and error, in either case", () => {
  assertEquals(found("text=PAID"), [2, 4]);
  assertEquals(found("text=.*"), [3]);
  assertEquals(found("text=(%5B"), []);
  assertEquals(found("text=shopp"), [4]);
});

test("RecordFilter compares hosts, fields and times", () => {
  assertEquals(found("host=web-1"), [3]);
  assertEquals(found("host=web-1&host=10.0.0.1"), [1, 2, 3, 4]);
  assertEquals(found("field=user"), [2, 4]);
  assertEquals(found("field=user:anna&field=cents:500"), [2]);
  assertEquals(found("field=user:anna&field=cents:5"), []);
  assertEquals(found(`from=${(START + 1) * 1000}`), [3]);
  assertEquals(found(`to=${(START + 1) * 1000}`), [1, 2, 4]);
});

test("RecordFilter refuses what it cannot read, and more than a link needs", () => {
  for (const query of ["level=LOUD", "from=now", "to=NaN", "text=" + "x".repeat(5000)]) {
    assertThrows(() => found(query), ParameterError);
  }
  assertThrows(() => found("host=a&".repeat(65)), ParameterError, "at most 64");
  assertEquals(timeOf(new URLSearchParams("at=5"), "at"), 5);
});
