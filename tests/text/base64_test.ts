import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { base64 } from "../../src/text/base64.ts";
import { test } from "../test.ts";

test("base64() encodes bytes of any length", () => {
  for (const length of [0, 1, 2, 3, 4095, 4096, 4097, 10_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    assertEquals(base64(bytes), Buffer.from(bytes).toString("base64"));
  }
});
