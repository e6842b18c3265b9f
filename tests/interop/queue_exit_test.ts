/** The listener in the same thread handles the queue before the process ends. */
import { assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";

/** Ends of a program, and the number of 5,000 records that its handlers get. */
const endings: Record<string, string> = { ends: "5000", flushes: "5000", exits: "5000" };

for (const [scenario, handled] of Object.entries(endings)) {
  test(`QueueListener has handled ${handled} of 5000 records when a program ${scenario}`, async () => {
    const { stdout } = await runProgram("queue_ending_program.ts", [scenario]);
    assertEquals(stdout, handled);
  });
}
