import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { JsonEncoder } from "../../src/wire/json_encoder.ts";
import { recordFields } from "../../src/wire/record_fields.ts";
import { recordJson } from "../../src/wire/record_json.ts";
import { test } from "../test.ts";
import { encoded, plain } from "./plain_records.ts";

/** Returns the text that the encoder writes; `undefined` if the record is not plain. */
function jsonOf(encoder: JsonEncoder, record: LogRecord): string | undefined {
  const bytes = encoded(encoder, record);
  return bytes && new TextDecoder().decode(bytes);
}

function general(record: LogRecord): string {
  return `,${recordJson(recordFields(record))}\n`;
}

test("JsonEncoder writes the same bytes as recordJson() for plain records", () => {
  const encoder = new JsonEncoder(",", "\n");
  const records = [
    plain(),
    plain({}, "%s of %d", "one", 2),
    plain({}, 7),
    plain({ name: "other" }),
    plain({ name: 'a "quoted" name' }),
    plain({ levelno: 30, levelname: "WARNING" }),
    plain({ pathname: "/a/b.ts", filename: "b.ts", module: "b", lineno: 70_000, funcName: "f" }),
    plain({ pathname: "C:\\b", filename: "b", module: "b", taskName: undefined }),
    plain({ thread: null, threadName: null, process: 4_000_000_000, taskName: "task ☃" }),
    plain({ created: 12, msecs: -0, relativeCreated: NaN }),
    plain({ created: 1_764_404_866.123, msecs: 123, relativeCreated: 0.1 }),
    plain({ message: "left by a formatter", asctime: "2024" }),
    plain({ user: "anna", count: 3, ratio: 0.5, ok: true, off: false, none: null }),
    plain({ a: -5, b: 1e21, c: 5e-324, d: -1.2345678901234567e-300, e: 2 ** 53 }),
    plain({ "key \u0000 ☃": "\u0000\u001f\x7f\u2028", "\ud800": "\udc00" }),
    plain({}, "x".repeat(3000)),
    plain({}, "\u0001".repeat(4000)),
    plain({}, 'häm ✓ 𝄞 \ud800 \udc00 \\ " \n'),
    plain({}, ""),
  ];
  for (const record of [...records, ...records].flatMap((record) => [record, record])) {
    assertEquals(jsonOf(encoder, record), general(record), String(record));
  }
});

test("JsonEncoder writes any plain record as recordJson() does, or refuses it", () => {
  const encoder = new JsonEncoder(",", "\n");
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.constantFrom("", "a", '\x1f"', "\\", "\ud800", "\x7e\x7f", "é".repeat(65)),
  );
  const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("__proto__", "toJSON", "0"));
  const value = fc.oneof(text, fc.double(), fc.integer(), fc.constantFrom(null, true, -0));
  const few = fc.integer({ min: 0, max: 2 });
  const entries = fc.array(fc.tuple(key, value), { maxLength: 5 });
  let written = 0;
  fc.assert(
    fc.property(text, text, few, fc.double(), entries, (name, msg, level, created, extra) => {
      const fields = { name, levelno: level, levelname: `${level}`, lineno: level, created };
      const record = plain(fields, msg);
      for (const [key, value] of extra) {
        const more = { value, enumerable: true, configurable: true, writable: true };
        Object.defineProperty(record, key, more);
      }
      const json = jsonOf(encoder, record);
      if (json === undefined) return;
      assertEquals(json, general(record));
      written++;
    }),
    { seed: 20261129, numRuns: 400 },
  );
  assert(written > 150, `${written} records were plain`);
});

test("JsonEncoder refuses records that are not plain", () => {
  const encoder = new JsonEncoder("", "");
  const records = [
    plain({ 1: "an index comes before all names" }),
    plain({ tags: ["a"] }),
    plain({ big: 1n }),
    plain({ thread: {} }),
    plain({ stack_info: "Stack" }),
    plain({ created: "now" }),
    plain({ exc_text: "Error: boom" }),
    plain({ exc_info: new Error("boom") }),
    plain({ undef: undefined }),
    ...[NaN, Infinity, -0].map((number) => plain({ number })),
    plain({}, "x".repeat(100_000)),
    plain({ text: "x".repeat(100_000) }),
  ];
  for (const record of records) assertEquals(jsonOf(encoder, record), undefined);
});

test("JsonEncoder writes records that differ in one text or time differently", () => {
  const encoder = new JsonEncoder(",", "\n");
  for (const lineno of [1, 1, 2, 1, 3]) {
    for (const funcName of [null, "f", "f", "g"]) {
      for (const [created, msecs, relativeCreated] of [[1.5, 500, 7], [1.5, 500, 8], [1.5, 0, 8]]) {
        const record = plain({ lineno, funcName, created, msecs, relativeCreated });
        assertEquals(jsonOf(encoder, record), general(record));
      }
    }
  }
});

test("JsonEncoder passes on errors of getMessage(), and stays usable", () => {
  const encoder = new JsonEncoder(",", "\n");
  let threw = false;
  try {
    encoder.prepare(plain({}, "%d", "x"));
  } catch {
    threw = true;
  }
  assert(threw);
  const record = plain({ created: 1 });
  assertEquals(jsonOf(encoder, record), general(record));
});
