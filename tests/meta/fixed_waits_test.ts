/**
 * A test that waits for a fixed time is slow on a quick machine and fails on a slow one. Tests await
 * an event, a condition (tests/until.ts), turns of the event loop (tests/turns.ts) or a virtual clock.
 */
import { assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { filesUnder, read } from "./sources.ts";

/** How a wait for a time reads in the languages of the tests. */
const waits = [
  /\bsetTimeout\b[^;]*\bfrom "node:timers\/promises"/, // a function that returns a promise
  /\bnew Promise\b[^;]{0,60}[^.\w]setTimeout\(/,
  /\btime\.sleep\(/, // Python's
  /\bsleep \d/, // a shell's
];

/** Real time is the very thing there: why. */
const exceptions: Record<string, string> = {
  "tests/turns.ts": "it is how the others wait",
  "tests/conformance/processes.ts": "an exit hook that takes time is awaited",
  "tests/conformance/unixgrams.ts": "a datagram that waits is not sent within that time",
  "tests/demo/edge.ts": "a demo is paced for its reader",
  "tests/demo/main.ts": "a demo is paced for its reader",
  "tests/demo/page.ts": "a demo is paced for its reader",
  "tests/demo/sender.py": "a demo is paced for its reader",
  "tests/demo/sender.ts": "a demo is paced for its reader",
  "tests/interop/late_receiver.py": "its reading late is what the programs at its other end meet",
  "tests/interop/outage_test.ts": "records are logged for seconds, before, in and after an outage",
  "tests/interop/pino_program.ts": "it logs for seconds, before, in and after an outage",
  "tests/interop/stderr_program.ts": "no event tells a program that its stderr has no reader left",
  "tests/interop/stderr_test.ts": "the reader of a program's stderr is slow",
  "tests/tools/commands.mjs": "the processes of a check that has ended get two seconds to end",
};

const files = [".ts", ".js", ".mjs", ".py", ".sh"].flatMap((suffix) => filesUnder("tests", suffix));
const waiting = files.filter((file) => waits.some((wait) => wait.test(read(file))));

test("no test waits for a fixed time, unless time is what it tests", () => {
  const known = [...Object.keys(exceptions), "tests/meta/fixed_waits_test.ts"];
  assertEquals(waiting.filter((file) => !known.includes(file)), []);
});

test("every file that may wait for a fixed time does", () => {
  assertEquals(Object.keys(exceptions).filter((file) => !waiting.includes(file)), []);
});
