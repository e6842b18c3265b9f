/** Payloads to frames, and the bytes of a connection to frames. */
import { assertEquals } from "@std/assert";
import { Deframer, frame } from "../../src/wire/length_prefix_framing.ts";

/** 123 frames of 532 bytes, as they come from a socket. */
const payload = new Uint8Array(528).fill(7);
const frames = new Uint8Array(123 * 532);
for (let at = 0; at < frames.length; at += 532) frames.set(frame(payload), at);

assertEquals([...frame(payload).subarray(0, 5)], [0, 0, 2, 16, 7]);
assertEquals(frame(payload).length, 532);
Deno.bench("frame() of 528 bytes", { group: "frame" }, () => {
  frame(payload);
});

function deframe(pieces: Uint8Array[]): number {
  const deframer = new Deframer();
  let bytes = 0;
  for (const piece of pieces) {
    deframer.push(piece);
    for (let found; (found = deframer.next()) !== undefined;) {
      bytes += found.length;
    }
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
Deno.bench(
  "Deframer: the same in segments of 1448 bytes",
  { group: "deframe" },
  () => {
    deframe(split);
  },
);
