import { assertEquals } from "@std/assert";
import { judgeStatus } from "../../src/delivery/_http_response.ts";
import type { HTTPVerdict } from "../../src/delivery/http_body.ts";
import { test } from "../test.ts";

const post = { isGet: false, isCompressed: false };

test("judgeStatus() distinguishes answers about records from answers about the destination", () => {
  const expected: [HTTPVerdict, number[]][] = [
    ["taken", [200, 201, 202, 204, 299]],
    ["later", [408, 425, 429, 500, 502, 503, 504, 507, 599]],
    ["too-large", [413]],
    ["bad-record", [400, 422]],
    ["not-here", [0, 300, 301, 302, 303, 304, 307, 308, 401, 402, 403, 404, 405, 406, 407, 409]],
    ["not-here", [410, 411, 414, 415, 421, 426, 428, 431, 451]],
  ];
  for (const [verdict, statuses] of expected) {
    for (const status of statuses) assertEquals(judgeStatus(status, post), verdict, `${status}`);
  }
});

test("judgeStatus() says that a long address is a large record where the record stands in it", () => {
  const get = { ...post, isGet: true };
  assertEquals([414, 431].map((status) => judgeStatus(status, get)), ["too-large", "too-large"]);
});

test("judgeStatus() says of 415 that it is about compression where there was one", () => {
  assertEquals(judgeStatus(415, { ...post, isCompressed: true }), "not-compressed");
});
