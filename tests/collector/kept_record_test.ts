import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  bytesOf,
  fieldText,
  fieldTexts,
  keepRecord,
  MAX_VALUE,
  parsedFields,
  SharedNames,
} from "../../src/collector/_kept_record.ts";
import { detailOf, entryOf } from "../../src/collector/_record_view.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";
import { beginOfLongText, usedMegabytes } from "../used_memory.ts";
import { hostile, received, START } from "./records.ts";

const origin = { via: "http", sender: "10.0.0.1" };

function keep(fields: Record<string, unknown>) {
  return keepRecord(received(fields), origin, START * 1000 + 5, new SharedNames());
}

test("keepRecord() merges the message and writes extra fields as JSON", () => {
  const kept = keep({ msg: "%s of %d", args: ["ink", 3], user: "anna", n: 5, on: true, at: null });
  assertEquals(kept.message, "ink of 3");
  assertEquals(kept.fields, '{"user":"anna","n":5,"on":true,"at":null}');
  assertEquals([kept.time, kept.received], [START * 1000, START * 1000 + 5]);
  assertEquals([...fieldTexts(kept)].join(), "user,anna,n,5,on,true,at,null");
  assertEquals(fieldText('"a"') + fieldText("5"), "a5");
});

test("keepRecord() keeps a message whose arguments do not suit it", () => {
  assertEquals(keep({ msg: "%d left", args: ["many"] }).message, "%d left (arguments: 'many')");
});

test("keepRecord() takes the host from the record, else the sender's address", () => {
  assertEquals(keep({}).host, "10.0.0.1");
  assertEquals(keep({ hostname: "web-1" }).host, "web-1");
  assertEquals(keep({ "host.name": "web-2" }).host, "web-2");
});

test("keepRecord() keeps the traceback of an error that was logged here", () => {
  const record = makeLogRecord({ name: "a", msg: "b", exc_info: new TypeError("no luck") });
  const { error } = keepRecord(record, origin, 0, new SharedNames());
  assert(error.includes("TypeError: no luck"), error);
});

test("keepRecord() takes any values that a sender chooses, as text without control characters", () => {
  const kept = keep(hostile);
  assertEquals(kept.time, kept.received);
  assertEquals(kept.levelno, 0);
  assertEquals(kept.level, "\\x1b]0;x\\x07");
  assertEquals([kept.lineno, kept.thread], [0, "12345678901234567890"]);
  assert(kept.message.startsWith("</script>"));
  assert(Object.keys(parsedFields(kept)).includes("constructor"));
  for (const value of [undefined, null, Symbol("s"), 5n, {}, [], new Map(), NaN]) {
    const strange = keep({ name: value, msg: value, levelname: value, created: value, x: value });
    assertEquals(typeof strange.logger, "string");
    assert(Number.isFinite(strange.time));
  }
});

test("keepRecord() cuts texts over a mebibyte and counts the bytes of what it keeps", () => {
  const long = "x".repeat(3 * MAX_VALUE);
  const kept = keep({ msg: long, exc_text: "é".repeat(10), field: long, name: long });
  assertEquals([kept.message.length, kept.isCut], [MAX_VALUE, true]);
  assert(kept.fields.length <= MAX_VALUE);
  assertEquals(kept.logger.length, 1024);
  assert(kept.size > 1.4 * MAX_VALUE && kept.size < 3 * MAX_VALUE, `${kept.size}`);
  assertEquals([bytesOf("ab"), bytesOf("日本")], [26, 28]);
});

test("keepRecord() keeps of many fields as many as fit into a mebibyte", () => {
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`f${i}`, "y".repeat(100_000)]),
  );
  const kept = keep(fields);
  assertEquals(Object.keys(parsedFields(kept)).length, 10);
  assertEquals(kept.isCut, true);
});

test("SharedNames counts a name once and is emptied when it is full", () => {
  const names = new SharedNames(2);
  const added = (name: string) => {
    const before = names.addedBytes;
    names.share(name);
    return names.addedBytes - before;
  };
  assertEquals(["a", "a", "b", "c", "a"].map(added), [25, 0, 25, 25, 25]);
  assertEquals(names.share("x".repeat(5000)).length, 1024);
});

test("keepRecord() keeps records of any fields, of which both views are JSON", () => {
  const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });
  const name = fc.oneof(fc.constantFrom(...Object.keys(received())), fc.string());
  const names = new SharedNames();
  fc.assert(
    fc.property(fc.dictionary(name, value), (fields) => {
      const record = received();
      for (const [key, one] of Object.entries(fields)) {
        if (key !== "getMessage") {
          Object.defineProperty(record, key, { value: one, enumerable: true });
        }
      }
      const kept = keepRecord(record, origin, 0, names);
      assert(Number.isFinite(kept.time) && Number.isFinite(kept.size));
      JSON.parse(JSON.stringify([entryOf(kept), detailOf(kept)]));
    }),
    { seed: 20261129, numRuns: 500 },
  );
});

test("keepRecord() keeps nothing of the message that a name is a part of", () => {
  const names = new SharedNames();
  const before = usedMegabytes();
  const kept = Array.from({ length: 32 }, (_, i) => {
    const part = beginOfLongText(`a-long-name-of-host-${i}`);
    return keepRecord(received({ hostname: part, name: part }), origin, 0, names);
  });
  const more = usedMegabytes() - before;
  assert(kept.length === 32 && more < 16, `${more} MB`);
});
