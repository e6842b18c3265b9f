/** A record that is decoded straight equals the one that `makeLogRecord()` makes of its fields. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { isReceived } from "../../src/logging/received_mark.ts";
import { RecordDecoder } from "../../src/receivers/_record_decoder.ts";
import { json } from "../../src/wire/json.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { Unpickler } from "../../src/wire/pickle/unpickler.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { makeReceivedRecord } from "../../src/wire/received_record.ts";
import { test } from "../test.ts";
import { text } from "../wire/pickle/arbitrary.ts";
import { recordedPickles } from "../wire/pickle/recorded_pickles.ts";
import { assertSame } from "../wire/pickle/same.ts";

/** The fields of a record as CPython sends them. */
function sent(changes: object = {}): Record<string, unknown> {
  const fields = { ...makeLogRecord({ name: "myapp", msg: "spam", levelno: 20, created: 1.5 }) };
  const { taskName: _, ...others } = fields as Record<string, unknown>;
  return { ...others, args: null, relativeCreated: 12.5, msecs: 500.25, ...changes };
}

/** What a receiver would make of a payload step by step, with an unpickler that knows no other. */
function slowly(
  payload: Uint8Array,
  make: (fields: Record<string, unknown>) => LogRecord,
): unknown {
  const own = new Unpickler({ globals: "opaque", encoding: "utf-8-or-latin1" });
  return outcome(() => {
    const fields = own.load(payload);
    assert(Object.getPrototypeOf(fields) === Object.prototype, "a record is a dict");
    return make(fields as Record<string, unknown>);
  });
}

function outcome(make: () => LogRecord | undefined): unknown {
  let record: LogRecord | undefined;
  try {
    record = make();
  } catch {
    return "refused";
  }
  return record && {
    fields: { ...record },
    keys: Reflect.ownKeys(record),
    class: record.constructor,
    received: isReceived(record),
    text: outcomeOf(() => record.getMessage()),
  };
}

function outcomeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

/** Decodes a payload both ways, and then teaches it; returns true if it was decoded straight. */
function compare(payload: Uint8Array): boolean {
  const decoded = [true, false].map((escapes) => {
    const decoder = new RecordDecoder(pickle, escapes);
    const record = decoder.decode(payload);
    if (record === undefined) return false;
    const make = escapes ? makeReceivedRecord : makeLogRecord;
    assertSame(outcome(() => record), slowly(payload, make), "fast and slow");
    return true;
  });
  outcomeOf(() => pickle.loads(payload));
  return decoded[0]!;
}

/** Loads it as often as a receiver may have to, until similar ones are decoded straight. */
function teach(payload: Uint8Array): void {
  for (let i = 0; i < 200; i++) pickle.loads(payload);
}

const extra: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.oneof(
    text,
    fc.constantFrom("user", "status", "taskName", "getMessage", "toString", "message", "7"),
    fc.constantFrom("constructor", "__proto__", "hasOwnProperty", "name", "asctime"),
  ),
  fc.oneof(text, fc.double(), fc.integer(), fc.constantFrom(null, true, false), fc.constant([1])),
  { maxKeys: 4 },
);

test("decode() makes the record of makeLogRecord() of random records", () => {
  let straight = 0;
  const property = fc.property(
    extra,
    fc.array(text, { minLength: 6, maxLength: 6 }),
    (more, texts) => {
      for (const [i, msg] of texts.entries()) {
        const changes = { msg, created: i / 8, levelno: 10 * i, threadName: texts[5 - i], ...more };
        if (compare(dumps(sent(changes)))) straight++;
      }
    },
  );
  fc.assert(property, { seed: 14, numRuns: 400 });
  assert(straight > 100, `only ${straight} records were decoded straight`);
});

test("decode() makes the record of makeLogRecord() of what CPython pickled", () => {
  const recorded = recordedPickles();
  for (const payload of [...recorded, ...recorded, ...recorded]) compare(payload);
});

test("decode() makes the record of makeLogRecord() of cut and changed payloads", () => {
  const payload = dumps(sent({ user: "anna", taskName: "Task-1", size: 5, ratio: 0.5 }));
  let straight = 0;
  for (let at = 0; at < payload.length; at++) {
    compare(payload);
    compare(payload.subarray(0, at));
    for (
      const byte of [0, 0x2e, 0x4e, 0x58, 0x68, 0x71, 0x80, payload[at]! + 1, payload[at]! ^ 4]
    ) {
      const changed = payload.slice();
      changed[at] = byte;
      if (compare(changed)) straight++;
    }
  }
  assert(straight > 100, `only ${straight} records were decoded straight`);
});

test("decode() sets the fields of every record in one order", () => {
  teach(dumps(sent({ name: "order" })));
  const record = new RecordDecoder(pickle, true).decode(
    dumps(sent({ name: "order", msg: "eggs" })),
  );
  assertEquals(Object.keys(record!), Object.keys(makeLogRecord({})));
  assertEquals(record!.msg, "eggs");
});

test("decode() leaves a payload to another serializer, and to a record factory", () => {
  const payload = dumps(sent());
  teach(payload);
  assertEquals(new RecordDecoder(pickle, true).decode(payload)?.name, "myapp");
  const own = { ...pickle, loads: (bytes: Uint8Array) => pickle.loads(bytes) };
  for (const serializer of [json, own]) {
    assertStrictEquals(new RecordDecoder(serializer, true).decode(payload), undefined);
  }
  setLogRecordFactory(class extends LogRecord {});
  try {
    assertStrictEquals(new RecordDecoder(pickle, true).decode(payload), undefined);
  } finally {
    setLogRecordFactory(LogRecord);
  }
});

test("decode() reads a short text after a long one", () => {
  const decoder = new RecordDecoder(pickle, true);
  const name = "long";
  teach(dumps(sent({ name, msg: "spam" })));
  const long = "x".repeat(100_000);
  assert(decoder.decode(dumps(sent({ name, msg: long })))?.msg === long);
  assertEquals(decoder.decode(dumps(sent({ name, msg: "short" })))?.msg, "short");
});
