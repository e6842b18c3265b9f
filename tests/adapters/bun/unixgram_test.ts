// What needs Bun itself is in tests/conformance.
import { assertEquals } from "@std/assert";
import { socketAddress } from "../../../src/adapters/bun/unixgram.ts";
import { test } from "../../test.ts";

const AF_UNIX = 1;
const devLog = [...new TextEncoder().encode("/dev/log")];

test("socketAddress() is C's sockaddr_un of Linux: two bytes of family, the path, a NUL", () => {
  assertEquals([...socketAddress("/dev/log", "linux")], [AF_UNIX, 0, ...devLog, 0]);
});

test("socketAddress() is C's sockaddr_un of macOS: its size, a byte of family, the path, a NUL", () => {
  assertEquals([...socketAddress("/dev/log", "darwin")], [11, AF_UNIX, ...devLog, 0]);
});

test("socketAddress() has paths in UTF-8, and ends an abstract name where it ends", () => {
  assertEquals([...socketAddress("/ä", "linux")], [AF_UNIX, 0, 0x2f, 0xc3, 0xa4, 0]);
  assertEquals([...socketAddress("\0x", "linux")], [AF_UNIX, 0, 0, 0x78]);
});
