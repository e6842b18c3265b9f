import { assertEquals, assertStrictEquals } from "@std/assert";
import { PlainInput } from "../../../src/wire/pickle/_plain_input.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

/** Returns the result of `scalar()` and its position; the bytes lie within a larger buffer. */
function scalar(pickle: string): [unknown, number] {
  const input = new PlainInput();
  const bytes = latin1(`\x01\x02${pickle}5L\n\0\0\0\0\0`).subarray(2, 2 + pickle.length);
  assertEquals(input.begin(bytes), true);
  return [input.scalar(), input.position - 2];
}

test("scalar() reads numbers, booleans and None", () => {
  const cases: [string, unknown][] = [
    ["N", null],
    ["K\xff", 255],
    ["M\x01\x02", 0x0201],
    ["J\xfe\xff\xff\xff", -2],
    ["G\x3f\xf8\0\0\0\0\0\0", 1.5],
    ["G\x80\0\0\0\0\0\0\0", -0],
    ["G\x7f\xf8\0\0\0\0\0\0", NaN],
    ["L0L\n", 0],
    ["L139887435418496L\n", 139887435418496],
    ["I01\n", true],
    ["I00\n", false],
  ];
  for (const [pickle, value] of cases) {
    const [read, length] = scalar(pickle);
    assertStrictEquals(read, value, pickle);
    assertEquals(length, pickle.length);
  }
});

test("scalar() returns undefined for other values", () => {
  const left = ["]", "X\x01\0\0\0a", "F1.5\n", "I1\n", "I02\n", "I0\n", "h\x01", "\x88", "S'a'\n"];
  for (const pickle of [...left, "LL\n", "L1\n", "L-1L\n", "L1.L\n", "L1234567890123456L\n"]) {
    assertStrictEquals(scalar(pickle)[0], undefined, pickle);
  }
});

test("scalar() does not read beyond the end", () => {
  for (
    const pickle of ["", "K", "M\x01", "J\0\0\0", "G\0\0\0\0\0\0\0", "L12", "L12L", "I01", "L"]
  ) {
    assertStrictEquals(scalar(pickle)[0], undefined, pickle);
  }
});

test("text() reads a str only if it is put into the memo under that number", () => {
  const input = new PlainInput();
  const read = (pickle: string, index = 3) => {
    input.begin(latin1(`${pickle}q\x03`).subarray(0, pickle.length));
    return input.text(index);
  };
  assertEquals(read("X\x02\0\0\0\xc3\xa4q\x03"), "ä");
  assertEquals(input.position, 9);
  assertEquals(read("X\0\0\0\0q\x03"), "");
  assertEquals(read("X\x03\0\0\0\xed\xa0\x80q\x03"), "\ud800");
  assertEquals(read("X\x03\0\0\0\xef\xbb\xbfq\x03"), "\ufeff");
  const left = [
    "X\x01\0\0\0\xffq\x03",
    "X\x01\0\0\0aq\x04",
    "X\x01\0\0\0aN\x03",
    "U\x01aq\x03\0\0",
  ];
  for (const pickle of [...left, "X\x01\0\0\0aq", "X\xff\xff\xff\xffaq\x03", "X\x01\0\0\0a", "X"]) {
    assertStrictEquals(read(pickle), undefined, pickle);
  }
  assertStrictEquals(read("X\x01\0\0\0aq\x03", 256 + 3), undefined, "a number of one byte");
});

test("begin() refuses memory that another thread may write", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  assertEquals(new PlainInput().begin(shared), false);
});

test("finish() drops only a large buffer", () => {
  const input = new PlainInput();
  const small = new Uint8Array(100);
  input.begin(small);
  input.finish();
  assertStrictEquals(input.bytes.buffer, small.buffer);
  input.begin(new Uint8Array((1 << 20) + 1).subarray(5, 9));
  assertEquals(input.bytes.length, (1 << 20) + 1);
  input.finish();
  assertEquals(input.bytes.length, 0);
});
