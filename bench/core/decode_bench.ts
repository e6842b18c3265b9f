/** Payloads of a stream of like records to values. */
import { assertEquals } from "@std/assert";
import { SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/deno.ts";
import { RecordDecoder } from "../../src/receivers/_record_decoder.ts";
import { loads } from "../../src/wire/pickle/pickle.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { KINDS } from "../net/record.mjs";
import { checkFields, makeRecords, NAMES } from "./records.ts";

const handler = new SocketHandler("127.0.0.1", 9020, { connector });

for (const kind of KINDS) {
  const records = makeRecords(kind, 64);
  const payloads = records.map((record) => handler.makePickle(record).subarray(4));
  for (const [i, payload] of payloads.entries()) {
    checkFields(loads(payload) as Record<string, unknown>, kind, i);
  }
  let i = 0;
  Deno.bench(`loads() of ${NAMES[kind]}`, { group: "decode" }, () => {
    loads(payloads[i++ & 63]!);
  });
  const decoder = new RecordDecoder(pickle, true);
  for (let j = 0; decoder.decode(payloads[j & 63]!) === undefined; j++) {
    pickle.loads(payloads[j & 63]!);
  }
  for (const [j, payload] of payloads.entries()) {
    const decoded = decoder.decode(payload) ??
      decoder.make(pickle.loads(payload));
    assertEquals(decoded.getMessage(), records[j]!.getMessage());
  }
  Deno.bench(
    `${NAMES[kind]}, straight to a LogRecord`,
    { group: "decode" },
    () => {
      decoder.decode(payloads[i++ & 63]!);
    },
  );
}
