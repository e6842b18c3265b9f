import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ByteWriter } from "../../../src/wire/pickle/_byte_writer.ts";
import { PicklingError } from "../../../src/wire/pickle/errors.ts";
import { test } from "../../test.ts";
import { text } from "./arbitrary.ts";

/** UTF-8 with surrogates, a character at a time. */
function reference(text: string): number[] {
  return Array.from(text).flatMap((character) => {
    const code = character.codePointAt(0)!;
    return code >= 0xd800 && code < 0xe000
      ? [0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f]
      : [...new TextEncoder().encode(character)];
  });
}

function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter();
  writer.reset(0, Infinity);
  write(writer);
  return [...writer.bytes.subarray(0, writer.length)];
}

test("utf8() encodes any text, lone surrogates included", () => {
  fc.assert(
    fc.property(text, (text) => {
      assertEquals(written((writer) => writer.utf8(text)), reference(text));
    }),
    { seed: 26, numRuns: 1000 },
  );
});

test("utf8() encodes text on both sides of each length limit", () => {
  for (const size of [47, 48, 49, 65535, 65536, 65537]) {
    for (const unit of ["x", "€", "😀", "😀\ud800"]) {
      const text = unit.repeat(Math.ceil(size / unit.length));
      const shifted = `\udfffa${text}`;
      for (const tried of [text, shifted]) {
        const bytes = written((writer) => writer.utf8(tried));
        const expected = reference(tried);
        assertEquals(bytes.length, expected.length);
        assertEquals(bytes.findIndex((byte, i) => byte !== expected[i]), -1);
      }
    }
  }
});

test("ByteWriter writes numbers in the byte order of pickles", () => {
  assertEquals(written((writer) => writer.plain(-0x1234568)), [0x4a, 0x98, 0xba, 0xdc, 0xfe]);
  assertEquals(written((writer) => writer.index(1, 2, 255)), [1, 255]);
  assertEquals(written((writer) => writer.index(1, 2, 0x123456)), [2, 0x56, 0x34, 0x12, 0]);
  assertEquals(written((writer) => writer.float(-1.5)), [0x47, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0]);
  assertEquals(written((writer) => writer.utf8("ab")), [0x61, 0x62]);
  assertEquals(written((writer) => writer.text("ab")), [0x58, 2, 0, 0, 0, 0x61, 0x62]);
});

test("ByteWriter keeps its bytes when it grows", () => {
  const bytes = written((writer) => {
    for (let i = 0; i < 5000; i++) writer.byte(i);
  });
  assertEquals(bytes.findIndex((byte, i) => byte !== i % 256), -1);
});

test("reset() starts behind the reserved bytes, and drops a large buffer", () => {
  const writer = new ByteWriter();
  writer.reset(4, Infinity);
  assertEquals(writer.length, 4);
  writer.utf8("x".repeat(5_000_000));
  writer.reset(0, Infinity);
  assertEquals([writer.length, writer.bytes.length], [0, 1024]);
});

test("ByteWriter throws a PicklingError beyond its limit", () => {
  const writer = new ByteWriter();
  for (
    const write of [
      () => writer.utf8("x".repeat(200_000)),
      () => writer.utf8("\ud800".repeat(70_000)),
      () => writer.text("x".repeat(200_000)),
      () => {
        for (let i = 0; i < 200_000; i++) writer.byte(i);
      },
    ]
  ) {
    writer.reset(0, 100_000);
    assertThrows(
      () => {
        write();
        writer.checkLength();
      },
      PicklingError,
      "more than 100000 bytes",
    );
  }
  writer.reset(0, 1);
  writer.byte(1);
  writer.checkLength();
  assertThrows(() => writer.checkLength(1), PicklingError);
});
