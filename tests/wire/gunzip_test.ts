import { assertEquals, assertRejects } from "@std/assert";
import { gunzipSync, gzipSync } from "node:zlib";
import { FrameError } from "../../src/wire/framing.ts";
import { gunzip } from "../../src/wire/gunzip.ts";
import { test } from "../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test("gunzip() reads one member or several, also where one begins like a head", async () => {
  // Stored, so that the head of a member stands within another one.
  const odd = gzipSync(Uint8Array.of(1, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0, 2), { level: 0 });
  const parts = [gzipSync("a"), odd, gzipSync(""), gzipSync("b".repeat(100_000))];
  const expected = joined(...parts.map((part) => gunzipSync(part)));
  assertEquals(await gunzip(joined(...parts), 1_000_000), expected);
  assertEquals(await gunzip(new Uint8Array(0), 1), new Uint8Array(0));
});

test("gunzip() stops at the limit, and refuses what is no gzip", async () => {
  const bomb = gzipSync(new Uint8Array(50_000_000));
  const large = await assertRejects(() => gunzip(bomb, 1_000_000), FrameError, "1000000 bytes");
  assertEquals(large.code, "too-large");
  const whole = gzipSync("spam");
  const bad = [
    whole.subarray(0, -1),
    joined(whole, Uint8Array.of(1)),
    bytes("this is text, and no gzip"),
    whole.with(whole.length - 8, whole.at(-8)! ^ 1),
    // Many places where a member may begin.
    joined(...Array.from({ length: 2000 }, () => Uint8Array.of(0x1f, 0x8b, 8))),
  ];
  for (const one of bad) {
    const error = await assertRejects(() => gunzip(one, 1_000_000), FrameError, "are no gzip");
    assertEquals(error.code, "malformed");
  }
});
