import { assertEquals, assertThrows } from "@std/assert";
import { atOnce, callBack, watch } from "../../src/logging/callback.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

const fault = new Error("fault");

test("callBack() passes on thrown errors and rejections", async () => {
  const heard: unknown[] = [];
  const hear = (error: unknown) => heard.push(error);
  callBack(() => {
    throw fault;
  }, hear);
  assertEquals(heard, [fault]);
  callBack(() => Promise.reject(fault), hear);
  callBack(() => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(fault) }), hear);
  await turns(1);
  assertEquals(heard, [fault, fault, fault]);
});

test("callBack() never throws when 'fail' throws or rejects", async () => {
  for (const fail of [() => Promise.reject(fault), () => assertThrows(() => {})]) {
    callBack(() => Promise.reject(fault), fail);
    callBack(() => {
      throw fault;
    }, fail);
  }
  await turns(1);
});

test("watch() ignores values that are no promise", () => {
  for (const value of [undefined, null, 0, "text", {}, () => {}]) {
    watch(value, () => assertEquals(value, "a promise"));
  }
});

test("atOnce() returns values that are no promise, and throws for a promise", async () => {
  assertEquals(atOnce("text", "format()"), "text");
  assertThrows(
    () => atOnce(Promise.reject(fault), "format()"),
    TypeError,
    "format() must be synchronous",
  );
  await turns(1);
});
