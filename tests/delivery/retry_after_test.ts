import { assertEquals } from "@std/assert";
import { retryAfterSeconds } from "../../src/delivery/_retry_after.ts";
import { test } from "../test.ts";

/** Sun, 06 Nov 1994 08:49:37 GMT: the instant of RFC 9110 section 5.6.7. */
const instant = 784_111_777;

test("retryAfterSeconds() reads seconds", () => {
  assertEquals(retryAfterSeconds("120", 0), 120);
  assertEquals(retryAfterSeconds(" 0 ", 0), 0);
});

test("retryAfterSeconds() reads the three forms of an HTTP-date", () => {
  for (
    const date of [
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
    ]
  ) {
    assertEquals(retryAfterSeconds(date, instant - 90), 90, date);
    assertEquals(retryAfterSeconds(date, instant + 90), 0, "in the past");
  }
});

test("retryAfterSeconds() is an hour at most", () => {
  assertEquals(retryAfterSeconds("99999999999999999999", 0), 3600);
  assertEquals(retryAfterSeconds("Sun, 06 Nov 1994 08:49:37 GMT", 0), 3600);
});

test("retryAfterSeconds() returns undefined for any other text", () => {
  for (const text of [null, "", "soon", "-1", "1.5", "1e3", "0x10", "2030", "Sun", "Infinity"]) {
    const found = retryAfterSeconds(text, 0);
    assertEquals(found, text === "2030" ? 2030 : undefined, String(text));
  }
});
