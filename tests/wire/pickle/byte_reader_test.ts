import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ByteReader } from "../../../src/wire/pickle/_byte_reader.ts";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

function reader(text: string): ByteReader {
  const reader = new ByteReader();
  reader.reset(latin1(text));
  return reader;
}

test("ByteReader reads numbers one after another", () => {
  const input = reader(
    "\xff\x01\x02\xfe\xff\xff\xff\xfe\xff\xff\xff\x05\0\0\0\x01\0\0\0\x02\0\0\0",
  );
  assertEquals(input.uint8(), 255);
  assertEquals(input.uint16(), 0x0201);
  assertEquals(input.int32(), -2);
  assertEquals(input.uint32(), 0xfffffffe);
  assertEquals(input.positiveInt32(), 5);
  assertEquals(input.uint64(), 2 ** 33 + 1);
  assertEquals(input.position, input.bytes.length);
  assertEquals(reader("\xc0\x09\x21\xfb\x54\x44\x2d\x18").float64(), -Math.PI);
});

test("ByteReader throws where the bytes end, and does not move on", () => {
  const reads: [string, (input: ByteReader) => unknown][] = [
    ["", (input) => input.uint8()],
    ["a", (input) => input.uint16()],
    ["abc", (input) => input.int32()],
    ["abc", (input) => input.uint32()],
    ["abcdefg", (input) => input.float64()],
    ["abc", (input) => input.take(4)],
    ["abc", (input) => input.take(2 ** 64)],
    ["abc", (input) => input.line()],
  ];
  for (const [text, read] of reads) {
    const input = reader(text);
    assertThrows(() => read(input), UnpicklingError, "cut short");
    assertEquals(input.position, 0);
  }
  assertThrows(() => reader("\0\0\0\x80").positiveInt32(), UnpicklingError, "-2147483648");
});

test("line() reads over a line of any length", () => {
  const input = reader("ab\n\nc\n");
  assertEquals([input.line(), input.line(), input.line()], [2, 3, 5]);
  assertEquals(input.position, 6);
});

test("reset() copies bytes only from memory that another thread may write", () => {
  class Sub extends Uint8Array {}
  const bytes = Sub.from(latin1("abc")).subarray(1);
  const input = new ByteReader();
  input.reset(bytes);
  assertStrictEquals(Object.getPrototypeOf(input.bytes), Uint8Array.prototype);
  assertStrictEquals(input.bytes.buffer as unknown, bytes.buffer);
  assertEquals([...input.bytes], [...bytes]);
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  input.reset(shared);
  assertEquals(input.bytes.buffer instanceof ArrayBuffer, true);
});
