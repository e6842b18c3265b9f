import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { makeReceivedRecord } from "../../src/wire/received_record.ts";
import { recordFields } from "../../src/wire/record_fields.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { setLogRecordFactory } from "../../src/logging/log_record_factory.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { isReceived } from "../../src/logging/received_mark.ts";
import { test } from "../test.ts";

const complete: Record<string, unknown> = { ...makeLogRecord({ msg: "spam", created: 1 }) };
const withExtra = { ...complete, user: "anna", taskName: "Task-1" };

test("makeReceivedRecord() makes the record of makeLogRecord(), with a hidden mark", () => {
  for (const fields of [complete, withExtra, { ...withExtra, relativeCreated: 1, msg: [1] }]) {
    const [plain, received] = [makeLogRecord(fields), makeReceivedRecord(fields)];
    assertEquals([isReceived(plain), isReceived(received)], [false, true]);
    assert(received instanceof LogRecord && received.constructor === LogRecord);
    assertEquals({ ...received }, { ...plain });
    assertEquals(Reflect.ownKeys(received), Reflect.ownKeys(plain));
    assertEquals(JSON.stringify(received), JSON.stringify(plain));
    assertEquals(dumps(recordFields(received)), dumps(recordFields(plain)));
    assertEquals([received.getMessage(), `${received}`], [plain.getMessage(), `${plain}`]);
    const names: string[] = [];
    for (const name in received) names.push(name);
    assertEquals(names, Object.keys(plain));
  }
  assert(isReceived(makeReceivedRecord({ msg: "few fields" })));
  assert(!isReceived(makeLogRecord({ ...makeReceivedRecord(complete) })));
});

test("the content of a record can neither remove its mark nor set one", () => {
  const content = { ...complete, mark: null, received: false, constructor: null };
  const hostile = [content, new Map(Object.entries({ ...content, ["__proto__"]: null }))];
  for (const fields of hostile as Record<string, unknown>[]) {
    assert(!isReceived(makeLogRecord(fields)));
    const record = makeReceivedRecord(fields);
    Object.assign(record, content);
    assert(isReceived(record));
  }
});

test("makeReceivedRecord() marks the record of a factory, and keeps its class", () => {
  class Own extends LogRecord {
    override getMessage(): string {
      return `own ${super.getMessage()}`;
    }
  }
  setLogRecordFactory(Own);
  try {
    const [one, two] = [makeReceivedRecord(complete), makeReceivedRecord(complete)];
    assertEquals([one.getMessage(), isReceived(one), one instanceof Own], ["own spam", true, true]);
    assertStrictEquals(Object.getPrototypeOf(one), Object.getPrototypeOf(two));
    assert(!isReceived(makeLogRecord(complete)));
  } finally {
    setLogRecordFactory(LogRecord);
  }
});
