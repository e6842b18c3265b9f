import { assertEquals, assertThrows } from "@std/assert";
import { atOnce, callBack, watch } from "../../src/logging/callback.ts";
import { test } from "../test.ts";

const fault = new Error("fault");
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test("callBack() hears of an error that is thrown, and of one that a promise rejects with", async () => {
  const heard: unknown[] = [];
  const hear = (error: unknown) => heard.push(error);
  callBack(() => {
    throw fault;
  }, hear);
  assertEquals(heard, [fault]);
  callBack(() => Promise.reject(fault), hear);
  callBack(() => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(fault) }), hear);
  await turn();
  assertEquals(heard, [fault, fault, fault]);
});

test("callBack() outlives one who hears of errors and fails, in either way", async () => {
  for (const fail of [() => Promise.reject(fault), () => assertThrows(() => {})]) {
    callBack(() => Promise.reject(fault), fail);
    callBack(() => {
      throw fault;
    }, fail);
  }
  await turn();
});

test("watch() calls nothing for what is no promise", () => {
  for (const value of [undefined, null, 0, "text", {}, () => {}]) {
    watch(value, () => assertEquals(value, "a promise"));
  }
});

test("atOnce() gives back what is no promise, and throws for a promise", async () => {
  assertEquals(atOnce("text", "format()"), "text");
  assertThrows(
    () => atOnce(Promise.reject(fault), "format()"),
    TypeError,
    "format() must be synchronous",
  );
  await turn();
});
