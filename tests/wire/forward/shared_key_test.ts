import { assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { checkSharedKey, keyDigest, randomHex } from "../../../src/wire/forward/shared_key.ts";
import { test } from "../../test.ts";

test("keyDigest() is the SHA-512 of salt, host name, nonce and key, in hex", async () => {
  const key = new TextEncoder().encode("key");
  const expected = createHash("sha512").update("salthosté").update(Uint8Array.of(255)).update(
    "key",
  );
  assertEquals(
    await keyDigest({ salt: "salt", hostname: "hosté", nonce: Uint8Array.of(255), key }),
    expected.digest("hex"),
  );
});

test("checkSharedKey() takes text and bytes, and does not show what it refuses", () => {
  assertEquals(checkSharedKey("test", undefined), undefined);
  assertEquals(checkSharedKey("test", "ä"), Uint8Array.of(0xc3, 0xa4));
  for (const bad of ["", new Uint8Array(0), 17, ["secret"]]) {
    const error = assertThrows(() => checkSharedKey("test", bad), TypeError, "sharedKey");
    assertEquals(/17|secret/.test(error.message), false);
  }
});

test("randomHex() is 128 bits that differ each time", () => {
  assertEquals(/^[0-9a-f]{32}$/.test(randomHex()), true);
  assertEquals(new Set([randomHex(), randomHex()]).size, 2);
});
