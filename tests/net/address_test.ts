import { assertEquals, assertThrows } from "@std/assert";
import { checkPath, showAddress } from "../../src/net/address.ts";
import { test } from "../test.ts";

test("showAddress() writes host and port, brackets around IPv6, or a Unix path", () => {
  assertEquals(showAddress({ transport: "tcp", hostname: "h", port: 1 }), "h:1");
  assertEquals(showAddress({ transport: "udp", hostname: "::1", port: 514 }), "[::1]:514");
  assertEquals(showAddress({ transport: "unix", path: "/run/log" }), "/run/log");
  assertEquals(showAddress({ transport: "unix", path: "h" }), 'the Unix socket "h"');
});

test("checkPath() counts bytes, and takes an abstract name", () => {
  checkPath("/run/log", "Cannot bind");
  checkPath("\0log", "Cannot bind");
  checkPath("x".repeat(107), "Cannot bind");
  const refused: [unknown, number, string][] = [
    ["", 107, "'path' must be a non-empty string: current value is \"\""],
    [7, 107, "'path' must be a non-empty string: current value is 7"],
    ["/a\0b", 107, "'path' must have no NUL"],
    ["ä".repeat(54), 107, "'path' must be at most 107 bytes: current value has 108"],
    ["x".repeat(104), 103, "'path' must be at most 103 bytes: current value has 104"],
  ];
  for (const [path, maxBytes, message] of refused) {
    assertThrows(
      () => checkPath(path, "Cannot bind", maxBytes),
      Error,
      `Cannot bind as ${message}`,
    );
  }
});
