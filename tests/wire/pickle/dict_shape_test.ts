import { assert, assertEquals } from "@std/assert";
import { SENT_FIELDS } from "../../../src/logging/make_log_record.ts";
import { DictShape, RECORD_KEYS } from "../../../src/wire/pickle/dict_shape.ts";
import { test } from "../../test.ts";

test("DictShape.make() gives each key its value, in the order of the keys", () => {
  const shapes = [
    [],
    ["b", "a"],
    [...SENT_FIELDS],
    [...SENT_FIELDS, "taskName", "user"],
    SENT_FIELDS.slice(1),
    [...SENT_FIELDS].reverse(),
  ];
  for (const keys of shapes) {
    const shape = new DictShape(keys);
    const values = keys.map((_, i) => i);
    const dict = shape.make(values);
    assertEquals(Object.keys(dict), keys);
    assertEquals(Object.values(dict), values);
    assert(shape.make(values) !== dict, "a new dict");
  }
});

test("RECORD_KEYS are the fields by which makeLogRecord() knows a record", () => {
  assertEquals(RECORD_KEYS, SENT_FIELDS);
});

test("DictShape.isRecord is true if the fields of a record come first, in order", () => {
  assertEquals(new DictShape([...SENT_FIELDS, "user"]).isRecord, true);
  assertEquals(new DictShape(["user", ...SENT_FIELDS]).isRecord, false);
  assertEquals(new DictShape([]).isRecord, false);
});
