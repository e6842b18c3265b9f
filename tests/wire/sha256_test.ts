import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { Sha256, sha256 } from "../../src/wire/_sha256.ts";
import { test } from "../test.ts";

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const reference = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("sha256() gives the digests of FIPS 180-4's examples", () => {
  const ascii = (text: string) => hex(sha256(new TextEncoder().encode(text)));
  assertEquals(ascii(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assertEquals(ascii("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assertEquals(
    ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
  assertEquals(
    ascii("a".repeat(1_000_000)),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  );
});

test("sha256() equals node:crypto at every length around a block's end", () => {
  for (let length = 0; length <= 260; length++) {
    const bytes = new Uint8Array(length).map((_, i) => i * 7);
    assertEquals(hex(sha256(bytes)), reference(bytes), `length ${length}`);
  }
});

test("Sha256 computes the same digest however the message is split, and clones are independent", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (parts) => {
      const hash = new Sha256();
      let whole: number[] = [];
      for (const part of parts) {
        hash.clone().update(part).update(part).digest();
        hash.update(part);
        whole = [...whole, ...part];
      }
      assertEquals(hex(hash.digest()), reference(Uint8Array.from(whole)));
    }),
    { seed: 20240902, numRuns: 200 },
  );
});
