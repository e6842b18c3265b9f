import { assertEquals } from "@std/assert";
import { isLoopbackHost } from "../../src/net/loopback.ts";
import { test } from "../test.ts";

test("isLoopbackHost() is true for the addresses that only this machine reaches", () => {
  const near = ["localhost", "::1", "127.0.0.1", "127.255.0.7"];
  const far = ["0.0.0.0", "::", "10.0.0.1", "127.example", "127.0.0.256", "127.0.0.1.example", ""];
  assertEquals([...near, ...far].filter(isLoopbackHost), near);
});
