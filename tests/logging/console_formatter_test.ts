import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ConsoleFormatter } from "../../src/logging/console_formatter.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { gmtime } from "../../src/text/struct_time.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { test } from "../test.ts";
import { receivedRecord } from "./helpers.ts";

type ConsoleFormatterOptions = ConstructorParameters<typeof ConsoleFormatter>[0];

const record = (fields: Record<string, unknown>) =>
  makeLogRecord({
    name: "a.b",
    levelname: "INFO",
    levelno: 20,
    created: 1.5,
    msecs: 500,
    ...fields,
  });

function format(fields: Record<string, unknown>, options: ConsoleFormatterOptions = {}): string {
  const formatter = new ConsoleFormatter({ colors: false, ...options });
  formatter.converter = gmtime;
  return formatter.format(record(fields));
}

const START = "1970-01-01 00:00:01,500 INFO     a.b: ";

test("ConsoleFormatter writes time, level, logger, message and fields", () => {
  const extra = { user: "anna", buyer: "Anna Smith", n: 3, on: true, none: null, list: ["a", 1] };
  assertEquals(
    format({ msg: "%d left", args: [3], ...extra }),
    `${START}3 left user=anna buyer='Anna Smith' n=3 on=True none=None list=['a', 1]`,
  );
  assertEquals(
    format({ msg: "x", empty: "", sign: "a=b", quote: "it's" }),
    [
      `${START}x empty='' sign='a=b' quote="it's"`,
    ].join(),
  );
  assertEquals(format({ msg: "x" }, { datefmt: "%H:%M" }), "00:00 INFO     a.b: x");
});

test("ConsoleFormatter writes the error and the stack below, indented", () => {
  const error = new TypeError("no", { cause: new Error("why") });
  const failed = new LogRecord("a", 40, "a.ts", 1, "failed", [], error, null, "at f\nat g");
  const lines = new ConsoleFormatter({ colors: false }).format(failed).split("\n");
  assert(lines[0]!.endsWith(" ERROR    a: failed"));
  assert(lines.some((line) => line.includes("console_formatter_test")));
  assert(lines.some((line) => line.startsWith("  Caused by: ")));
  assertEquals(lines.slice(-2), ["  at f", "  at g"]);
  assert(lines.slice(1).every((line) => line.startsWith("  ")));
  assertEquals(typeof failed.exc_text, "string");
});

test("ConsoleFormatter calls formatTime(), formatException() and formatStack() of a subclass", () => {
  class Own extends ConsoleFormatter {
    override formatTime(): string {
      return "now";
    }
    override formatException(error: unknown): string {
      return `<${error}>`;
    }
    override formatStack(stack: string): string {
      return stack.toUpperCase();
    }
  }
  const failed = new LogRecord("a", 40, "a.ts", 1, "x", [], new Error("no"), null, "at f");
  assertEquals(
    new Own({ colors: false }).format(failed),
    "now ERROR    a: x\n  <Error: no>\n  AT F",
  );
});

test("ConsoleFormatter colours by level, each line by itself, and leaves the text as it is", () => {
  const plain = new ConsoleFormatter({ colors: false });
  const colored = new ConsoleFormatter({ colors: true });
  const fields = { msg: "x", user: "anna", exc_text: "E\n  at f", stack_info: "at g" };
  const starts = [[10, "34"], [20, "32"], [25, "32"], [30, "33"], [40, "31"], [50, "1;31"]];
  for (const [levelno, code] of starts) {
    const text = colored.format(record({ ...fields, levelno }));
    assert(text.includes(`\x1b[${code}mINFO    \x1b[`), text);
    // deno-lint-ignore no-control-regex -- the sequences are what is looked for
    const bare = text.replace(/\x1b\[[\d;]*m/g, "");
    assertEquals(bare, plain.format(record({ ...fields, levelno })));
    for (const line of text.split("\n").slice(1)) {
      assert(line.startsWith("\x1b[") && /\[(39|22)m$/.test(line), line);
    }
  }
});

test("ConsoleFormatter escapes control characters of every text", () => {
  const bad = "\x1b[2J\x07\r\x9b";
  const text = format({
    name: `n${bad}`,
    levelname: `l${bad}`,
    msg: `m${bad}`,
    [`k${bad}`]: `v${bad}`,
    list: [`v${bad}`],
    object: { toString: () => `o${bad}` },
    exc_text: `e${bad}`,
    stack_info: `s${bad}`,
  });
  // deno-lint-ignore no-control-regex -- these must not be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]/.test(text), JSON.stringify(text));
  assertEquals(text.split("\x1b").length, 1);
  assert(text.includes("m\\x1b[2J\\x07\\r\\x9b"));
});

test("no line of ConsoleFormatter but the first begins like a record", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom("\n", "\r\n", "x")),
      (a, b) => {
        const text = a + b.join("") + "\nINFO:forged";
        const shown = format({
          msg: text,
          field: text,
          exc_text: text,
          stack_info: text,
          name: text,
        });
        const [first, ...others] = shown.split("\n");
        assert(first!.startsWith("1970-01-01"));
        assertEquals(others.filter((line) => !line.startsWith("  ")), []);
      },
    ),
    { seed: 20261128, numRuns: 200 },
  );
  assertEquals(format({ msg: "a\r\n\tb\n" }), `${START}a\n  \tb`);
  assertEquals(format({ msg: "a\n" }), `${START}a`);
});

test("ConsoleFormatter writes a field that cannot be read as <unreadable>", () => {
  const cannot = {
    toString() {
      throw new Error("boom");
    },
  };
  const shared = { a: 1 };
  assertEquals(
    format({ msg: "x", a: [shared, cannot], shared }),
    [
      `${START}x a=<unreadable> shared={'a': 1}`,
    ].join(),
  );
});

test("ConsoleFormatter writes values from Python as Python prints them, as a format string does", () => {
  const fields = {
    when: new PythonObject("datetime", "timedelta", [1, 0, 0]),
    price: new PythonObject("decimal", "Decimal", ["1.50"]),
    color: new PythonObject("app", "Color", [1]),
  };
  const text = "when=1 day, 0:00:00 price=1.50 color=Color(1)";
  assertEquals(format({ msg: "x", ...fields }), `${START}x ${text}`);
  const style = new Formatter("when=%(when)s price=%(price)s color=%(color)s");
  assertEquals(style.format(record({ msg: "x", ...fields })), text);
});

test("ConsoleFormatter cuts a text that is too long, and resets the colours", () => {
  const long = { msg: "x", exc_text: "e".repeat(2 * MAX_TEXT) };
  assert(format(long).endsWith("e…"));
  assert(format(long, { colors: true }).endsWith("…\x1b[0m"));
});

test("ConsoleFormatter refuses unknown options and wrong ones", () => {
  const made = (options: unknown) => () => new ConsoleFormatter(options as ConsoleFormatterOptions);
  assertThrows(made({ color: true }), TypeError, "the options are colors, datefmt");
  assertThrows(made({ colors: "always" }), TypeError, "'colors' must be true or false");
  assertThrows(made({ datefmt: 5 }), TypeError, "datefmt");
});

test("a handler gives ConsoleFormatter a received record as it came", () => {
  const lines: string[] = [];
  const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
  handler.setFormatter(new ConsoleFormatter({ colors: false }));
  handler.handle(receivedRecord({ msg: "a\nb\x1b", exc_text: "E\n  at c" }));
  assert(lines[0]!.endsWith("a\n  b\\x1b\n  E\n    at c\n"), lines[0]);
});
