/** Records to frames, as `SocketHandler` makes them: `deno bench --allow-all bench/core`. */
import { assertEquals } from "@std/assert";
import { SocketHandler } from "../../mod.ts";
import { dumps, loads } from "../../src/wire/pickle/pickle.ts";
import { KINDS } from "../net/record.mjs";
import { nowhere, written } from "./nowhere.ts";
import { checkFields, fresh, makeRecords, NAMES } from "./records.ts";

const RECORDS = 64;
const handler = new SocketHandler("127.0.0.1", 9020, {
  connector: nowhere,
  onEvent: () => {},
});

for (const kind of KINDS) {
  const records = makeRecords(kind, RECORDS);
  for (const [i, record] of records.entries()) {
    checkFields(
      loads(handler.makePickle(record).subarray(4)) as Record<string, unknown>,
      kind,
      i,
    );
    handler.emit(record);
    await handler.flush();
    assertEquals(written, handler.makePickle(record));
  }
  Deno.bench(`64 × emit(): ${NAMES[kind]}`, { group: "emit" }, async () => {
    for (let i = 0; i < RECORDS; i++) handler.emit(fresh(records[i]!));
    await handler.flush();
  });
  let i = 0;
  Deno.bench(`makePickle(): ${NAMES[kind]}`, { group: "makePickle" }, () => {
    handler.makePickle(fresh(records[i++ & 63]!));
  });
}

const value = {
  ...makeRecords("extra", 1)[0],
  tags: ["spam", { eggs: 7 }],
  exc_info: null,
};
assertEquals(dumps(loads(dumps(value))), dumps(value));
Deno.bench(
  "dumps() of a dict with a list and a dict in it",
  { group: "dumps" },
  () => {
    dumps(value);
  },
);
