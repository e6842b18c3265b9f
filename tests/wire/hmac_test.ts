import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHmac } from "node:crypto";
import { hmacSha256 } from "../../src/wire/_hmac.ts";
import { test } from "../test.ts";

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const ascii = (text: string) => new TextEncoder().encode(text);

// RFC 4231, sections 4.2 to 4.8: key, data, the start of HMAC-SHA-256 (case 5 is given truncated).
const vectors: [Uint8Array, Uint8Array, string][] = [
  [
    new Uint8Array(20).fill(0x0b),
    ascii("Hi There"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  ],
  [
    ascii("Jefe"),
    ascii("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    new Uint8Array(20).fill(0xaa),
    new Uint8Array(50).fill(0xdd),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  ],
  [
    Uint8Array.from({ length: 25 }, (_, i) => i + 1),
    new Uint8Array(50).fill(0xcd),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  ],
  [
    new Uint8Array(20).fill(0x0c),
    ascii("Test With Truncation"),
    "a3b6167473100ee06e0c796c2955552b",
  ],
  [
    new Uint8Array(131).fill(0xaa),
    ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    new Uint8Array(131).fill(0xaa),
    ascii(
      "This is a test using a larger than block-size key and a larger than block-size data. " +
        "The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
];

test("hmacSha256() gives the digests of RFC 4231", () => {
  for (const [key, data, digest] of vectors) {
    const found = hex(hmacSha256(key)(data));
    assertEquals(found.slice(0, digest.length), digest);
    assertEquals(found.length, 64);
  }
});

test("hmacSha256() equals node:crypto for any key and message, message after message", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 150 }),
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
      (key, messages) => {
        const sign = hmacSha256(key);
        for (const message of messages) {
          assertEquals(
            hex(sign(message)),
            createHmac("sha256", key).update(message).digest("hex"),
          );
        }
      },
    ),
    { seed: 20240902, numRuns: 200 },
  );
});
