import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { PickleEncoder } from "../../src/wire/pickle_encoder.ts";
import { recordFields } from "../../src/wire/record_fields.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";
import { encoded, plain } from "./plain_records.ts";

function general(record: LogRecord): Uint8Array {
  return frame(pickle.dumps(recordFields(record)));
}

test("PickleEncoder writes the same bytes as the serializer for plain records", () => {
  const encoder = new PickleEncoder();
  const records = [
    plain(),
    plain({}, "%s of %d", "one", 2),
    plain({}, 7),
    plain({ name: "other" }),
    plain({ levelno: 30, levelname: "WARNING" }),
    plain({ pathname: "/a/b.ts", filename: "b.ts", module: "b", lineno: 70_000, funcName: "f" }),
    plain({ pathname: "b", filename: "b", module: "b" }),
    plain({ thread: null, threadName: null, process: 4_000_000_000, taskName: "task" }),
    plain({ created: 12, msecs: -0, relativeCreated: NaN }),
    plain({ exc_text: "Error: boom\n  at häm" }),
    plain({ exc_text: "" }),
    plain({ message: "left by a formatter", asctime: "2024" }),
    plain({ user: "anna", count: 3, ratio: 0.5, ok: true, none: null, undef: undefined }),
    plain({
      a: -0,
      b: -5,
      c: 255,
      d: 256,
      e: 65_535,
      f: 65_536,
      g: 2 ** 31,
      h: -(2 ** 40),
      i: 1e300,
    }),
    plain({}, "x".repeat(3000)),
    plain({}, "häm ✓ 𝄞 \ud800 \udc00"),
    plain({}, ""),
  ];
  for (const record of [...records, ...records].flatMap((record) => [record, record, record])) {
    assertEquals(encoded(encoder, record), general(record), String(record));
  }
});

test("PickleEncoder merges arguments as getMessage() does", () => {
  const encoder = new PickleEncoder();
  const integers = [0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, -1, -10, 2 ** 53 - 1, 1 - 2 ** 53];
  const texts = ["", "a", "häm", "✓", "𝄞", "\ud834", "\udd1e", "x".repeat(47), "x".repeat(1000)];
  const records = [
    ...integers.map((value) => plain({}, "%d of %s", value, value)),
    ...texts.flatMap((
      text,
    ) => [plain({}, "%s", text), plain({}, `%s${text}%d of %s`, text, 7, text)]),
    plain({}, "\ud834%s", "\udd1e"),
    plain({}, "%s%s", "\ud834", "\udd1e"),
    plain({}, "%d%%", 7),
    plain({}, "%5d|%s", 7, "a"),
    plain({}, "%s %s %s %d", -0, 1.5, null, true),
    plain({}, "%(a)s %(b)d", { a: "x", b: 7 }),
    plain({}, { toString: () => "%s of an object" }, "text"),
  ];
  for (const record of [...records, ...records]) {
    assertEquals(encoded(encoder, record), general(record), String(record));
  }
});

test("PickleEncoder calls getMessage() of records that have their own", () => {
  class Shouting extends LogRecord {
    override getMessage(): string {
      return super.getMessage().toUpperCase();
    }
  }
  const encoder = new PickleEncoder();
  const record = new Shouting("app", 20, "(unknown file)", 0, "%s of %d", ["one", 2], null);
  assertEquals(encoded(encoder, record), general(record));
  assert(new TextDecoder().decode(encoded(encoder, record)).includes("ONE OF 2"));
});

test("PickleEncoder refuses records that are not plain", () => {
  const encoder = new PickleEncoder();
  const moved = plain();
  delete (moved as Partial<LogRecord>).taskName;
  Object.assign(moved, { user: "anna", taskName: null });
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`key${i}`, i]));
  const records = [
    moved,
    plain(many),
    plain({ 1: "an index comes before all names" }),
    plain({ tags: ["a"] }),
    plain({ big: 1n }),
    plain({ thread: {} }),
    plain({ stack_info: "Stack" }),
    plain({ created: "now" }),
    plain({ exc_text: 7 }),
    plain({}, "x".repeat(100_000)),
    plain({ text: "x".repeat(100_000) }),
  ];
  for (const record of records) assertEquals(encoded(encoder, record), undefined);
});

test("PickleEncoder passes on errors of getMessage() and getters, and stays usable", () => {
  const encoder = new PickleEncoder();
  const faulty = [plain({}, "%d", "x"), plain()];
  Object.defineProperty(faulty[1], "field", {
    enumerable: true,
    get() {
      throw new Error("boom");
    },
  });
  for (const fault of faulty) {
    let threw = false;
    try {
      encoder.prepare(fault);
    } catch {
      threw = true;
    }
    assert(threw);
    const record = plain();
    assertEquals(encoded(encoder, record), general(record));
  }
});

test("PickleEncoder writes records that differ in one text or time differently", () => {
  const encoder = new PickleEncoder();
  for (const msg of ["a", "a", "a", "b", "a"]) {
    for (const exc_text of [null, null, null, "x", "x", "x", "y", "x"]) {
      for (const created of [1.5, 2.5]) {
        const record = plain({ exc_text, created, msecs: created, relativeCreated: created }, msg);
        assertEquals(encoded(encoder, record), general(record));
      }
    }
  }
});

test("PickleEncoder serves any number of loggers", () => {
  const encoder = new PickleEncoder();
  for (let i = 0; i < 5000; i++) {
    const record = plain({ name: `logger${i}` });
    assertEquals(encoded(encoder, record)?.length, general(record).length);
  }
});

test("PickleEncoder writes the name of each logger, also in turn and after repetitions", () => {
  const encoder = new PickleEncoder();
  for (const name of ["a", "b", "a", "a", "a", "häm", "a", "b", "b", "b", "", "", "", "a"]) {
    for (const exc_text of [null, "boom"]) {
      const record = plain({ name, exc_text, user: name });
      assertEquals(encoded(encoder, record), general(record), name);
    }
  }
});

test("PickleEncoder serves any number of calling lines", () => {
  const encoder = new PickleEncoder();
  for (let i = 0; i < 9000; i++) {
    const record = plain({ lineno: i >> 1, levelno: 10 * (i % 2) });
    assertEquals(encoded(encoder, record)?.length, general(record).length);
  }
});

test("PickleEncoder and the serializer write the same bytes for any record", () => {
  const encoder = new PickleEncoder();
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.constant("x".repeat(60)));
  const value = fc.oneof(
    text,
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
  );
  const key = fc.string({ minLength: 1 }).filter((name) => !/^\d+$|^__proto__$/.test(name));
  const fields = fc.record({
    name: fc.constantFrom("a", "b", "häm"),
    levelno: fc.constantFrom(10, 20),
    pathname: fc.constantFrom("(unknown file)", "/x/y.ts"),
    exc_text: fc.oneof(fc.constant(null), text),
    created: fc.double(),
  });
  fc.assert(
    fc.property(fields, text, fc.dictionary(key, value, { maxKeys: 12 }), (own, msg, extra) => {
      const record = plain(own, msg);
      for (const [name, member] of Object.entries(extra)) {
        if (!(name in record)) record[name] = member;
      }
      const got = encoded(encoder, record);
      assert(got !== undefined);
      assertEquals(got, general(record));
    }),
    { seed: 20260101, numRuns: 500 },
  );
});

test("PickleEncoder keeps no template of a record with long names and paths", () => {
  const encoder = new PickleEncoder();
  for (const field of ["name", "pathname", "funcName", "threadName", "taskName"]) {
    assertEquals(encoded(encoder, plain({ [field]: "x".repeat(5000) })), undefined, field);
    const record = plain({ [field]: "x".repeat(3000) });
    assertEquals(encoded(encoder, record), general(record), field);
  }
});
