/** Records to frames, as `SocketHandler` makes them: `deno bench --allow-all bench/core`. */
import { assertEquals } from "@std/assert";
import { SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/deno.ts";
import { dumps, loads } from "../../src/wire/pickle/pickle.ts";
import { type Case, EXTRA, makeRecords, textOf, TRACEBACK } from "./records.ts";

const handler = new SocketHandler("127.0.0.1", 9020, { connector });
const names: Record<Case, string> = {
  plain: "a plain record",
  changing: "a record with a text that changes",
  argument: "a record with an argument",
  traceback: "a record with its traceback ready",
  extra: "a record with eight fields of extra",
};

for (const which of ["plain", "changing", "argument", "traceback", "extra"] as const) {
  const records = makeRecords(which, 64);
  const [record] = records;
  const fields = loads(handler.makePickle(record!).subarray(4)) as Record<string, unknown>;
  assertEquals(fields.msg, textOf(which, 0));
  assertEquals(fields.created, record!.created);
  assertEquals(fields.exc_info, null);
  assertEquals(fields.exc_text, which === "traceback" ? TRACEBACK : null);
  if (which === "extra") {
    for (const key in EXTRA) assertEquals(fields[key], EXTRA[key]);
  }
  let i = 0;
  Deno.bench(`makePickle() of ${names[which]}`, { group: "encode" }, () => {
    handler.makePickle(records[i++ & 63]!);
  });
}

const value = { ...makeRecords("extra", 1)[0], tags: ["spam", { eggs: 7 }], exc_info: null };
assertEquals(dumps(loads(dumps(value))), dumps(value));
Deno.bench("dumps() of a dict with a list and a dict in it", { group: "encode" }, () => {
  dumps(value);
});
