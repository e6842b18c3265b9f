import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { reportError } from "../../src/logging/report_error.ts";
import { recordOf, stderrOf } from "./helpers.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";

test("reportError() prints what CPython prints, with the types of the arguments", () => {
  const [printed] = stderrOf(() => reportError(recordOf("it's %s", "x"), new TypeError("first")));
  const lines = printed!.split("\n");
  assertEquals(lines[0], "--- Logging error ---");
  assertEquals(lines[1], "TypeError: first");
  assert(lines.includes("Call stack:"), printed);
  assert(printed!.includes("report_error_test"), printed);
  assertEquals(lines.at(-2), `Message: "it's %s"`);
  assertEquals(lines.at(-1), "Arguments: (str)");
});

test("reportError() advises where arguments without a placeholder belong", () => {
  const logger = new Logger("advice", 1);
  logger.addHandler(new StreamHandler({ write() {} }));
  const [printed] = stderrOf(() => logger.info("signed in", "secret", 7));
  const lines = printed!.split("\n");
  assertEquals(lines[1], "TypeError: not all arguments converted during string formatting");
  assertEquals(lines.at(-2), "Arguments: (str, int)");
  assert(lines.at(-1)!.startsWith("A message needs a %s for each argument"), printed);
});

test("reportError() prints a fault once, then its count at powers of ten", () => {
  const error = new Error("the same");
  const printed = stderrOf(() => {
    for (let i = 0; i < 120; i++) reportError(recordOf("x"), error);
  });
  assertEquals(printed.length, 3);
  assertEquals(printed.slice(1), [
    "--- Logging error --- 10 times so far: Error: the same",
    "--- Logging error --- 100 times so far: Error: the same",
  ]);
});

test("reportError() counts bad calls by caller, and a broken stream once for all callers", () => {
  const logger = new Logger("calls", 1);
  logger.addHandler(new StreamHandler({ write() {} }));
  const calls = stderrOf(() => {
    for (let i = 0; i < 3; i++) logger.info("%d %d", 1);
    for (let i = 0; i < 3; i++) logger.info("%d %d", 1);
  });
  assertEquals(calls.length, 2);

  const broken = new Logger("broken", 1);
  broken.addHandler(
    new StreamHandler({
      write() {
        throw new Error("disk full");
      },
    }),
  );
  const streams = stderrOf(() => {
    broken.info("one");
    broken.info("two");
  });
  assertEquals(streams.length, 1);
});

test("reportError() forgets only the oldest of more than 256 faults", () => {
  const printed = stderrOf(() => {
    for (let i = 0; i < 300; i++) reportError(null, `fault ${i}`);
    reportError(null, "fault 299");
    reportError(null, "fault 0");
  });
  assertEquals(printed.length, 301);
});

test("reportError() prints nothing when raiseExceptions is false", () => {
  setRaiseExceptions(false);
  try {
    assertEquals(stderrOf(() => reportError(recordOf("x"), new Error("silent"))), []);
  } finally {
    setRaiseExceptions(true);
  }
});

test("reportError() never throws, for any record and error", () => {
  const hostile: object = new Proxy({}, {
    get() {
      throw new Error("no");
    },
    getPrototypeOf() {
      throw new Error("no");
    },
  });
  const record = recordOf("x");
  record.msg = hostile;
  const printed = stderrOf(() => {
    reportError(record, new Error("with hostile message"));
    reportError(hostile, hostile);
    reportError(null, undefined);
    reportError(recordOf("x"), null);
    reportError(recordOf("x"), Symbol("s"));
  });
  assertEquals(printed.length, 5);
  assert(printed[0]!.endsWith("possible formatting error."), printed[0]);
});

test("reportError() does not throw when standard error throws", () => {
  const { end } = catchStderr();
  process.stderr.write = () => {
    throw new Error("closed");
  };
  try {
    reportError(recordOf("x"), new Error("nobody hears"));
  } finally {
    end();
  }
});

test("reportError() prints a received record on one line, without the values of its arguments", () => {
  const lines = stderrOf(() =>
    reportError({ msg: "a\nb", args: "x\nINFO:root:forged\x1b" }, new Error("received arguments"))
  ).join("\n").split("\n");
  assertEquals(lines.slice(-2), [
    "Message: 'a\\nb'",
    "Arguments: str",
  ]);
});
