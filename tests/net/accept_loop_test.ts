import { assertEquals } from "@std/assert";
import { acceptLoop } from "../../src/net/accept_loop.ts";
import { test } from "../test.ts";

test("acceptLoop() goes on after an accept that failed, and ends with its listener", async () => {
  let accepted = 0;
  let isOpen = true;
  const failures = [new Error("no file descriptor is left")];
  const started = Date.now();
  await acceptLoop(() => {
    accepted++;
    if (accepted === 4) isOpen = false;
    const failure = accepted === 2 ? failures.pop() : undefined;
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  }, () => isOpen);
  assertEquals(accepted, 4);
  assertEquals(
    Date.now() - started >= 90,
    true,
    "a pause keeps a lack of descriptors from looping",
  );
});

test("acceptLoop() ends at once when its listener closes under a pending accept", async () => {
  let isOpen = true;
  const started = Date.now();
  await acceptLoop(() => {
    isOpen = false;
    return Promise.reject(new Error("closed"));
  }, () => isOpen);
  assertEquals(Date.now() - started < 90, true);
});
