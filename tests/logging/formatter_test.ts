import { assert, assertEquals, assertThrows } from "@std/assert";
import { BASIC_FORMAT, Formatter, type FormatterStyle } from "../../src/logging/formatter.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { gmtime } from "../../src/text/struct_time.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import { recordOf } from "./helpers.ts";
import { test } from "../test.ts";

// Thousands of format strings are compared with CPython in tests/interop/formatter_test.ts.

const values = { name: "my.logger", msg: "Message with %d %s", args: [2, "placeholders"] };

test("Formatter fills in format strings of three styles", () => {
  const record = makeLogRecord(values);
  const of = (fmt: string, style: FormatterStyle) => new Formatter(fmt, null, { style });
  assertEquals(of("${%(message)s}", "%").format(record), "${Message with 2 placeholders}");
  assertEquals(of("$%{message}%$", "{").format(record), "$%Message with 2 placeholders%$");
  assertEquals(of("$$%${message}%$$", "$").format(record), "$%Message with 2 placeholders%$");
  assertEquals(of("$message $$x", "$").format(record), "Message with 2 placeholders $x");
  for (
    const [fmt, style] of [["%(random)s", "%"], ["{random}", "{"], ["${random}", "$"]] as const
  ) {
    assertThrows(
      () => of(fmt, style).format(record),
      RangeError,
      "Formatting field not found in record: 'random'",
    );
  }
});

test("usesTime() is true only if the format string names asctime", () => {
  const of = (fmt: string, style: FormatterStyle) =>
    new Formatter(fmt, null, { style, validate: false }).usesTime();
  assertEquals(["%(asctime)s", "%(asctime)-15s", "%(asctime)#15s"].map((f) => of(f, "%")), [
    ...[true, true, true],
  ]);
  assert(!of("%(message)s", "%") && !of("asctime", "%"));
  assertEquals(
    ["{asctime}", "{asctime!s:15}", "{asctime:15}", "{message}"].map((f) => of(f, "{")),
    [
      ...[true, true, true, false],
    ],
  );
  const dollars = ["$asctime", "${asctime}", "${asctime}--", "${message}", "asctime"];
  assertEquals(dollars.map((f) => of(f, "$")), [true, true, true, false, false]);
});

test("Formatter refuses format strings that are not well-formed", () => {
  const refused: [string, FormatterStyle, string][] = [
    ["%(asctime)Z", "%", "Invalid format '%(asctime)Z' for '%' style"],
    ["%(asctime)b", "%", "Invalid format"],
    ["%(asctime)*", "%", "Invalid format"],
    ["%(asctime", "%", "Invalid format"],
    ["plain", "%", "Invalid format 'plain' for '%' style"],
    ["{name-thing}", "{", "invalid format: invalid field name/expression: 'name-thing'"],
    ["{process:.2Z}", "{", "invalid format: bad specifier: '.2Z'"],
    ["{process!y}", "{", "invalid format: invalid conversion: 'y'"],
    ["{process", "{", "invalid format: expected '}' before end of string"],
    ["process}", "{", "invalid format: Single '}' encountered in format string"],
    ["{{foo!r:4.2}", "{", "invalid format: Single '}' encountered"],
    ["no fields", "{", "invalid format: no fields"],
    ["$bar $$$", "$", "invalid format: bare '$' not allowed"],
    ["foo $.", "$", "invalid format: bare '$' not allowed"],
    ["foo", "$", "invalid format: no fields"],
  ];
  for (const [fmt, style, message] of refused) {
    assertThrows(() => new Formatter(fmt, null, { style }), RangeError, message);
    new Formatter(fmt, null, { style, validate: false });
  }
  const accepted: [string, FormatterStyle][] = [
    ["%(process)8.2f %(x)#+-0d %(levelname)-15.3s", "%"],
    ["%(asctime)s - %%", "%"],
    ["{process:.{w}f} {name!r:^+20} {args[0].x}", "{"],
    ["$name ${asctime} $$", "$"],
  ];
  for (const [fmt, style] of accepted) new Formatter(fmt, null, { style });
});

test("Formatter refuses an unknown style", () => {
  assertThrows(
    () => new Formatter("x", null, { style: "x" as FormatterStyle }),
    RangeError,
    "Style must be one of: %,{,$",
  );
});

test("Formatter fills in defaults for fields that a record lacks", () => {
  for (const [fmt, style] of [["%(custom)s", "%"], ["{custom}", "{"], ["$custom", "$"]] as const) {
    const formatter = new Formatter(fmt, null, { style, defaults: { custom: 1234, name: "no" } });
    assertEquals(formatter.format(makeLogRecord({})), "1234");
    assertEquals(formatter.format(makeLogRecord({ custom: "mine" })), "mine");
  }
});

test("formatTime() writes date, time and milliseconds", () => {
  const record = makeLogRecord({ created: 735_379_380.123, msecs: 123 });
  const formatter = new Formatter("%(asctime)s %(message)s");
  formatter.converter = gmtime;
  assertEquals(formatter.formatTime(record), "1993-04-21 08:03:00,123");
  assertEquals(formatter.formatTime(record, "%Y:%d"), "1993:21");
  formatter.format(record);
  assertEquals(record.asctime, "1993-04-21 08:03:00,123");
  const dated = new Formatter("%(asctime)s", "%H.%M");
  dated.converter = gmtime;
  assertEquals(dated.format(record), "08.03");
});

test("formatTime() leaves out the milliseconds when default_msec_format is empty", () => {
  const record = makeLogRecord({ created: 735_379_380.123, msecs: 123 });
  const formatter = new Formatter();
  formatter.converter = gmtime;
  for (const format of [null, ""]) {
    formatter.default_msec_format = format;
    assertEquals(formatter.formatTime(record), "1993-04-21 08:03:00");
  }
  formatter.default_msec_format = "%s.%04d";
  formatter.default_time_format = "%H%M";
  assertEquals(formatter.formatTime(record), "0803.0123");
  class DayFirst extends Formatter {
    override converter = gmtime;
    override default_msec_format = null;
    override default_time_format = "%d/%m/%Y %H:%M:%S";
  }
  assertEquals(new DayFirst().formatTime(record), "21/04/1993 08:03:00");
});

test("converter can be set for one formatter, for one class, or for all", () => {
  class UtcFormatter extends Formatter {
    override converter = gmtime;
  }
  const record = makeLogRecord({ created: 0, msecs: 0 });
  assertEquals(new UtcFormatter().formatTime(record), "1970-01-01 00:00:00,000");
  const before = Formatter.prototype.converter;
  const formatter = new Formatter();
  Formatter.prototype.converter = (seconds) => gmtime(seconds + 3600);
  try {
    assertEquals(formatter.formatTime(record), "1970-01-01 01:00:00,000");
  } finally {
    Formatter.prototype.converter = before;
  }
});

test("Formatter never writes 1000 milliseconds", () => {
  const formatter = new Formatter("%(asctime)s");
  formatter.converter = gmtime;
  for (const msecs of [999, 999.6]) { // CPython before 3.13 sends fractions of milliseconds.
    const record = makeLogRecord({ created: 1_677_902_297.999, msecs });
    assertEquals(formatter.format(record), "2023-03-04 03:58:17,999");
  }
});

test("format() always sets message, and sets exc_text once", () => {
  const error = new Error("deliberate mistake");
  const record = recordOf("msg %d", 1);
  record.exc_info = error;
  class Shouting extends Formatter {
    override formatException(error: unknown): string {
      return super.formatException(error).toUpperCase();
    }
  }
  const first = new Formatter("%(name)s").format(record);
  assertEquals(record.message, "msg 1");
  assert(first.startsWith("test\nError: deliberate mistake"), first);
  assertEquals(first, `test\n${record.exc_text}`);
  assertEquals(new Shouting("%(name)s").format(record), first);
});

test("format() separates message, error and stack by exactly one line break", () => {
  const of = (msg: string, exc_text: string, stack_info: string) =>
    new Formatter().format(makeLogRecord({ msg, exc_text, stack_info }));
  assertEquals(of("m", "e", "s"), "m\ne\ns");
  assertEquals(of("m\n", "e\n", "s\n"), "m\ne\ns\n");
  assertEquals(of("m", "", ""), "m");
  assertEquals(of("m", "", "s"), "m\ns");
});

test("format() passes the stack through formatStack()", () => {
  class Indented extends Formatter {
    override formatStack(stack: string): string {
      return stack.replace(/^/gm, "> ");
    }
  }
  const record = makeLogRecord({ msg: "m", stack_info: "Stack (most recent call last):\n  x" });
  assertEquals(new Indented().format(record), "m\n> Stack (most recent call last):\n>   x");
});

test("an empty format string means the default of its style", () => {
  const record = makeLogRecord({ msg: "m" });
  for (const style of ["%", "{", "$"] as const) {
    for (const fmt of [null, ""]) {
      assertEquals(new Formatter(fmt, null, { style }).format(record), "m");
    }
  }
});

test("times are formatted as floats, even where they are whole", () => {
  const record = makeLogRecord({ created: 5, msecs: 20, relativeCreated: 7.5 });
  const formatter = new Formatter("%(created)s %(msecs)s %(relativeCreated)s %(created)d");
  assertEquals(formatter.format(record), "5.0 20.0 7.5 5");
});

test("a format string reaches only own fields of the record", () => {
  const record = makeLogRecord({ msg: "m", o: { a: 1 } });
  const of = (fmt: string, style: FormatterStyle) =>
    new Formatter(fmt, null, { style, validate: false }).format(record);
  assertThrows(() => of("%(constructor)s", "%"), RangeError, "not found in record: 'constructor'");
  assertThrows(() => of("{__proto__}", "{"), RangeError, "not found in record: '__proto__'");
  assertThrows(() => of("{o.constructor}", "{"), TypeError, "no attribute 'constructor'");
  assertEquals(of("{o[a]} {o.a}", "{"), "1 1");
});

test("Formatter refuses an option that does not exist", () => {
  const make = (options: object) => () => new Formatter("%(message)s", null, options);
  for (const options of [{ stile: "{" }, { fmt: "x" }, { style: "%", datefmt: null }]) {
    assertThrows(make(options), TypeError, "Cannot create Formatter as there is no option");
  }
});

test("BASIC_FORMAT is the format string of basicConfig()", () => {
  assertEquals(BASIC_FORMAT, "%(levelname)s:%(name)s:%(message)s");
});

const styles: [FormatterStyle, string][] = [["%", "%(message)s"], ["{", "{message}"], [
  "$",
  "${message}",
]];

test("Formatter cuts text of more than four million characters, in each style", () => {
  const record = makeLogRecord({ msg: "%s", args: ["v".repeat(1 << 20)] });
  for (const [style, fmt] of styles) {
    const text = new Formatter(fmt.repeat(1000), null, { style }).format(record);
    assertEquals([text.length, text.at(-1)], [MAX_TEXT, "…"], style);
    const long = new Formatter(fmt + "x".repeat(MAX_TEXT), null, { style }).format(record);
    assertEquals([long.length, long.at(-1)], [MAX_TEXT, "…"], style);
  }
});

test("Formatter cuts a date, an error and a stack that are too long", () => {
  const long = "v".repeat(MAX_TEXT);
  const time = new Formatter("%(asctime)s", "%A".repeat(1_000_000)).format(makeLogRecord({}));
  assertEquals([time.length, time.at(-1)], [MAX_TEXT, "…"]);
  const msecs = new Formatter();
  msecs.default_msec_format = "%s %010d".padEnd(MAX_TEXT, "x");
  assertEquals(msecs.formatTime(makeLogRecord({})).length, MAX_TEXT);
  for (const more of [{ exc_text: long }, { stack_info: long }, { exc_info: new Error(long) }]) {
    const text = new Formatter().format(makeLogRecord({ msg: "%s", args: [1], ...more }));
    assertEquals([text.length, text.slice(0, 2), text.at(-1)], [MAX_TEXT, "1\n", "…"]);
  }
  const list = new Array(100_000).fill(long) as unknown as string;
  assert(new Formatter().format(makeLogRecord({ msg: "m", exc_text: list })).endsWith("…]"));
});

test("Formatter never cuts a message that has no arguments", () => {
  const msg = "v".repeat(3 * MAX_TEXT);
  const record = makeLogRecord({ msg, levelname: "INFO" });
  assertEquals(record.getMessage(), msg);
  for (const [style, fmt] of styles) {
    assertEquals(new Formatter(fmt, null, { style }).format(record), msg);
    assertEquals(new Formatter(`[${fmt}]`, null, { style }).format(record), `[${msg}]`);
    assertEquals(
      new Formatter(fmt.repeat(9), null, { style }).format(record).length,
      msg.length + MAX_TEXT,
    );
  }
});

test("Formatter writes a record of a kilobyte whose text would be 60 MB", () => {
  const msg = "%(a)999999s".repeat(60);
  const text = new Formatter("%(levelname)s %(message)s")
    .format(makeLogRecord({ msg, args: { a: 1 }, levelname: "INFO" }));
  assertEquals([text.length, text.slice(0, 5), text.at(-1)], [MAX_TEXT, "INFO ", "…"]);
});

test("formatTime() sees what changes between two records of one second", () => {
  const record = makeLogRecord({ created: 735_379_380.123, msecs: 123 });
  const formatter = new Formatter("%(asctime)s");
  formatter.converter = gmtime;
  const shown = () => formatter.format(record);
  assertEquals(shown(), "1993-04-21 08:03:00,123");
  formatter.default_time_format = "%H:%M";
  assertEquals(shown(), "08:03,123");
  formatter.default_msec_format = "%s.%03d";
  assertEquals(shown(), "08:03.123");
  formatter.datefmt = "%d";
  assertEquals(shown(), "21");
  formatter.datefmt = null;
  formatter.converter = (seconds) => gmtime(seconds + 60);
  assertEquals(shown(), "08:04.123");
  record.msecs = 7;
  formatter.default_msec_format = null;
  assertEquals(shown(), "08:04");
});

test("formatTime() writes any msecs as %03d does", () => {
  const of = (msecs: unknown) => {
    const formatter = new Formatter();
    formatter.default_time_format = "";
    return formatter.formatTime(makeLogRecord({ created: 0, msecs }));
  };
  const values = [0, -0, 7, 42, 999, 1000, -5, 12.9, 5n, true, 1e21];
  assertEquals(values.map(of), [
    ...[
      ",000",
      ",000",
      ",007",
      ",042",
      ",999",
      ",1000",
      ",-05",
      ",012",
      ",005",
      ",001",
    ],
    ",1000000000000000000000",
  ]);
  for (const bad of ["7", null, NaN, Infinity, [7]]) {
    assertThrows(() => of(bad));
  }
});

test("formatTime() writes times before 1970, copies %f, and refuses NaN", () => {
  const formatter = new Formatter(null, "%S %f");
  formatter.converter = gmtime;
  const of = (created: unknown) => formatter.formatTime(makeLogRecord({ created }), "%S %f");
  assertEquals([-0.5, -1, 0.999, 1.5].map(of), [
    "59 %f",
    "59 %f",
    "00 %f",
    "01 %f",
  ]);
  assertThrows(() => of(NaN), RangeError, "Cannot convert a time");
  assertThrows(() => of([1]), RangeError, "Cannot convert a time");
});

test("a converter of a subclass runs for each record, on the formatter", () => {
  class Shifted extends Formatter {
    shift = 60;
    override converter = function (this: Shifted, seconds: number) {
      return gmtime(seconds + this.shift++);
    };
  }
  const formatter = new Shifted("%(asctime)s", "%M:%S");
  const record = makeLogRecord({ created: 0 });
  assertEquals([formatter.format(record), formatter.format(record)], [
    "01:00",
    "01:01",
  ]);
});

test("format() calls formatTime() and formatMessage() of a subclass for each record", () => {
  let calls = 0;
  class Counted extends Formatter {
    override formatTime(): string {
      return `time ${++calls}`;
    }
    override formatMessage(record: LogRecord): string {
      return `<${super.formatMessage(record)}>`;
    }
  }
  const formatter = new Counted("%(asctime)s %(message)s");
  const record = makeLogRecord({ created: 0, msg: "m" });
  assertEquals([formatter.format(record), formatter.format(record)], [
    "<time 1 m>",
    "<time 2 m>",
  ]);
});

test("a format string with keys finds own fields of any value, and no others", () => {
  const formatter = new Formatter("%(a)-4s|%(a)04d|%(b)s");
  const shown = (a: unknown, b: unknown) => formatter.format(makeLogRecord({ a, b }));
  assertEquals(shown(7, undefined), "7   |0007|None");
  assertEquals(shown(-1.5, null), "-1.5|-001|None");
  assertEquals(shown(true, "x"), "True|0001|x");
  const wanting = new Formatter("%(b)s", null, { defaults: { b: undefined } });
  assertEquals(wanting.format(makeLogRecord({})), "None");
  assertThrows(
    () => formatter.format(makeLogRecord({ a: 1 })),
    RangeError,
    "'b'",
  );
  assertThrows(
    () => shown("x", 1),
    TypeError,
    "a real number is required, not str",
  );
});
