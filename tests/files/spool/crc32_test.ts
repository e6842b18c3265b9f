import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { crc32, crc32ByTables } from "../../../src/files/spool/_crc32.ts";
import { test } from "../../test.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

test("crc32() is the CRC-32 of gzip", () => {
  assertEquals(crc32(ascii("123456789")), 0xcbf43926);
  assertEquals(crc32(new Uint8Array(0)), 0);
});

test("crc32() goes on behind the CRC of the bytes before", () => {
  assertEquals(crc32(ascii("56789"), crc32(ascii("1234"))), 0xcbf43926);
});

test("crc32ByTables() gives what crc32() gives", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 70 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      (bytes, before) => assertEquals(crc32ByTables(bytes, before), crc32(bytes, before)),
    ),
  );
});
