/** Warnings of a runtime become records by the listener that the page of `mod.ts` shows. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";

test("a listener of process.on('warning') logs the warnings of the runtime", async () => {
  // The stack names the file of the program.
  const options = { isLoadedByTsx: true };
  const { stdout } = await runProgram("runtime_warnings_program.ts", [], 0, options);
  const [line, ...stack] = stdout.split("\n");
  assertEquals(line, "WARNING:js.warnings:UserWarning: I'm warning you...");
  assert(stack.some((frame) => frame.includes("runtime_warnings_program.ts:")), stdout);
});
