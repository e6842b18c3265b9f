/** Streams of like records to values, and bytes to frames. */
import { assert, assertEquals } from "@std/assert";
import { SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/deno.ts";
import { Deframer, frame } from "../../src/wire/length_prefix_framing.ts";
import { loads } from "../../src/wire/pickle/pickle.ts";
import { RecordDecoder } from "../../src/receivers/_record_decoder.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { MESSAGE } from "../net/record.mjs";
import { EXTRA, makeRecords } from "./records.ts";

const handler = new SocketHandler("127.0.0.1", 9020, { connector });

for (const which of ["plain", "changing", "traceback", "extra"] as const) {
  const payloads = makeRecords(which, 64).map((record) => handler.makePickle(record).subarray(4));
  for (const payload of payloads) {
    const fields = loads(payload) as Record<string, unknown>;
    assert(String(fields.msg).startsWith(MESSAGE));
    assertEquals(fields.user_id, which === "extra" ? EXTRA.user_id : undefined);
  }
  let i = 0;
  Deno.bench(`loads() of a stream of ${which} records`, { group: "decode" }, () => {
    loads(payloads[i++ & 63]!);
  });
  const decoder = new RecordDecoder(pickle, true);
  for (let j = 0; decoder.decode(payloads[j & 63]!) === undefined; j++) {
    pickle.loads(payloads[j & 63]!);
  }
  Deno.bench(`the same, straight to records`, { group: "decode" }, () => {
    decoder.decode(payloads[i++ & 63]!);
  });
}

/** 123 frames of 532 bytes, as they come from a socket. */
const payload = new Uint8Array(528).fill(7);
const frames = new Uint8Array(123 * 532);
for (let at = 0; at < frames.length; at += 532) frames.set(frame(payload), at);

function deframe(pieces: Uint8Array[]): number {
  const deframer = new Deframer();
  let bytes = 0;
  for (const piece of pieces) {
    deframer.push(piece);
    for (let found; (found = deframer.next()) !== undefined;) bytes += found.length;
  }
  deframer.end();
  return bytes;
}

const split = Array.from(
  { length: Math.ceil(frames.length / 1448) },
  (_, i) => frames.subarray(i * 1448, (i + 1) * 1448),
);
assertEquals(deframe([frames]), 123 * 528);
assertEquals(deframe(split), 123 * 528);
Deno.bench("Deframer: 123 frames in one chunk", { group: "deframe" }, () => {
  deframe([frames]);
});
Deno.bench("Deframer: the same in segments of 1448 bytes", { group: "deframe" }, () => {
  deframe(split);
});

assertEquals(frame(payload).length, 532);
Deno.bench("frame() of 528 bytes", { group: "frame" }, () => {
  frame(payload);
});
