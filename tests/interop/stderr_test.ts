/** A program's standard error holds each of its records and faults once. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";

test("a program whose console logs prints each record and each fault once", async () => {
  // In a bundle the call stack begins with the frames of the library.
  const options = { isLoadedByTsx: true };
  const { stderr } = await runProgram("stderr_program.ts", ["console"], 1, options);
  const lines = stderr.split("\n");
  assertEquals(lines.slice(0, 3), ["the last resort", "console: hello", "--- Logging error ---"]);
  assert(lines.length < 40, stderr);
});

test("a program that calls exit() loses no line, however slow the reader is", async () => {
  const { stdout } = await runProgram("stderr_program.ts", ["exits"], 0, {
    // The pipe is full, and the program about to end, long before it is read.
    wrapper: ["sh", "-c", `("$@" 2>&1 >/dev/null; echo "status $?") | (sleep 0.3; cat)`, "sh"],
  });
  const lines = stdout.split("\n");
  assertEquals([lines.length, lines[2999]?.trim(), lines[3000]], [3002, "2999", "status 0"]);
});

test("a program that logs an error while it exits, without a handler, prints both", async () => {
  const { stderr } = await runProgram("stderr_program.ts", ["logs an error while it exits"]);
  assert(stderr.startsWith("ERROR:root:at the end\nRangeError: some error\n"), stderr);
});

test("a program whose recursion never ends, and logs, ends by its own error", async () => {
  const { stderr } = await runProgram("stderr_program.ts", ["recurses"], 1);
  assert(stderr.startsWith("foo\nfoo\n"), stderr.slice(0, 100));
  assert(/RangeError: Maximum call stack size exceeded/.test(stderr), stderr.slice(-2000));
});

test("a program goes on after the reader of its stderr has gone", async () => {
  await runProgram("stderr_program.ts", ["outlives its reader"], 0, {
    wrapper: ["bash", "-c", `"$@" 2> >(head -c 10 >/dev/null)`, "bash"],
  });
});

test("each kind of handler reports once that it has no exit notifier", async () => {
  const { stderr } = await runProgram("stderr_program.ts", ["no exit notifier"]);
  const lines = stderr.split("\n").slice(0, -1);
  assertEquals(lines.length, 2, stderr);
  for (const [i, name] of ["HTTPHandler", "SMTPHandler"].entries()) {
    assert(lines[i]?.startsWith(`logwire: ${name} has no 'exitNotifier': `), lines[i]);
  }
  const silent = await runProgram("stderr_program.ts", ["no exit notifier, silent"]);
  assertEquals(silent.stderr, "");
});
