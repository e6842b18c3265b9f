import { assertEquals } from "@std/assert";
import { addFields, namesOfField } from "../../src/logging/extra_fields.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

test("addFields() adds the fields of an object and of a Map", () => {
  const record = makeLogRecord({});
  addFields(record, { user: "anna" });
  addFields(record, new Map([["n", 1]]));
  assertEquals([record.user, record.n], ["anna", 1]);
});

test("addFields() leaves out the names that another object has", () => {
  const record = makeLogRecord({});
  addFields(record, { a: 1, b: 1 }, { a: 2 });
  addFields(record, { c: 1, d: 1 }, new Map([["c", 2]]));
  assertEquals(["a" in record, record.b, "c" in record, record.d], [false, 1, false, 1]);
});

test("addFields() adds a field with the name of an attribute or method with _ behind it", () => {
  const record = makeLogRecord({ name: "shop", user: "anna" });
  addFields(record, { name: 1, user: 2, message: 3, asctime: 4, getMessage: 5, name_: 6 });
  assertEquals([record.name, record.user, typeof record.getMessage], ["shop", "anna", "function"]);
  assertEquals(
    [record.name_, record.user_, record.message_, record.asctime_, record.getMessage_],
    [1, 2, 3, 4, 5],
  );
  assertEquals(record.name__, 6);
});

test("addFields() puts no field of a new record in the place of another one", () => {
  const newRecord = () => new LogRecord("shop", 20, "", 0, "", [], null);
  // A name that was free in one record may not be free in the next one.
  for (const fields of [{ msg_: 1, b: 2 }, { msg: 3, msg_: 4, b: 5 }, { b: 6, msg_: 7, msg: 8 }]) {
    const record = newRecord();
    addFields(record, fields, undefined, true);
    const before = Object.keys(newRecord());
    const added = Object.entries(record).filter(([key]) => !before.includes(key));
    assertEquals(added.map(([, value]) => value), Object.values(fields));
    assertEquals(record.msg, "");
  }
});

test("addFields() adds no inherited field to a new record", () => {
  const record = new LogRecord("shop", 20, "", 0, "", [], null);
  addFields(record, { user: "anna" }, undefined, true);
  const next = new LogRecord("shop", 20, "", 0, "", [], null);
  addFields(next, Object.assign(Object.create({ user: "ben" }), { n: 1 }), undefined, true);
  assertEquals(["user" in next, next.n], [false, 1]);
});

test("addFields() calls no setter that a class of records inherits", () => {
  let calls = 0;
  class WithSetter extends LogRecord {
    set user(_value: unknown) {
      calls++;
    }
  }
  const record = new WithSetter("app", 20, "", 0, "", [], null);
  addFields(record, { user: "anna" });
  assertEquals([Object.getOwnPropertyDescriptor(record, "user")?.value, calls], ["anna", 0]);
});

test("addFields() reports a getter that throws, and adds the other fields", () => {
  const record = makeLogRecord({});
  const fields = {
    get a(): number {
      throw new Error("getter of a field");
    },
    b: 2,
  };
  assertEquals(stderrOf(() => addFields(record, fields)).length, 1);
  assertEquals(["a" in record, record.b], [false, 2]);
});

test("__proto__ is a field like any other", () => {
  const record = makeLogRecord({});
  addFields(record, JSON.parse('{"__proto__": {"polluted": true}}'));
  assertEquals(record.polluted, undefined);
  assertEquals(Object.hasOwn(record, "__proto__"), true);
});

test("addFields() reports fields whose names cannot be read, and does not throw", () => {
  const fields = new Proxy({}, {
    ownKeys() {
      throw new Error("shut");
    },
  });
  const record = makeLogRecord({});
  assertEquals(stderrOf(() => addFields(record, fields)).length, 1);
});

test("namesOfField() has every name from which a field may have its own", () => {
  const record = makeLogRecord({ name: "shop", user: "anna", user_: 1, other_: 2 });
  addFields(record, { user: 3, name: 4, getMessage: 5 });
  const names = (key: string) => [...namesOfField(record, key)];
  assertEquals(names("user__"), ["user__", "user_", "user"]);
  assertEquals(names("name_"), ["name_", "name"]);
  assertEquals(names("getMessage_"), ["getMessage_", "getMessage"]);
  assertEquals([names("other_"), names("user")], [["other_"], ["user"]]);
});
