/** Records for the tests of the collector. */
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeReceivedRecord } from "../../src/wire/received_record.ts";
import { RecordStore } from "../../src/collector/_record_store.ts";

/** The time of the first record, in seconds since the epoch. */
export const START = 1_700_000_000;

/** Makes a record as a receiver does. */
export function received(fields: Record<string, unknown> = {}): LogRecord {
  return makeReceivedRecord({
    name: "shop.cart",
    msg: "3 left",
    levelno: 20,
    levelname: "INFO",
    created: START,
    ...fields,
  });
}

/** Makes a store that has these records, at the time `START`. */
export function storeOf(...records: Record<string, unknown>[]): RecordStore {
  const store = new RecordStore(undefined, () => START * 1000);
  for (const fields of records) store.add(received(fields), { via: "pickle", sender: "10.0.0.1" });
  return store;
}

/** A record whose texts try to break out of a page, a line or a terminal. */
export const hostile: Record<string, unknown> = {
  name: "<img src=x onerror=alert(1)>",
  msg: "</script><script>alert(1)</script>\u001b[2J\u202e\n2026-11-28 CRITICAL forged",
  levelname: "\u001b]0;x\u0007",
  levelno: "many",
  created: 1e300,
  exc_text: "Traceback\n\u001b[31mValueError: <b>",
  stack_info: ["no text"],
  lineno: {},
  thread: 12345678901234567890n,
  __proto__: null,
  toString: "gone",
  constructor: { prototype: 1 },
  "": "\u0000",
  deep: Array.from({ length: 50 }).reduce((inner: unknown) => [inner], "end"),
};
