import { assert } from "@std/assert";
import { Formatter, type FormatterStyle } from "../../src/logging/formatter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { strFormat } from "../../src/text/str_format.ts";
import { strftime } from "../../src/text/strftime.ts";
import { gmtime, localtime } from "../../src/text/struct_time.ts";
import {
  type FormatDefaults,
  PercentStyle,
  StrFormatStyle,
  StringTemplateStyle,
} from "../../src/logging/formatter_styles.ts";
import { test } from "../test.ts";
import { cpythonWithTests, textsOf } from "./cpython_tests.ts";
import { number, scalar, text, value } from "./format_values.ts";
import { type Case, Chooser, compare, knowsNegativeZero } from "./oracle.ts";
import { withoutPython } from "./python.ts";

const skip = withoutPython();

const lookup = (values: Record<string, unknown>) => ({
  has: (key: string) => Object.hasOwn(values, key),
  get: (key: string) => values[key],
});

function spec(choose: Chooser): string {
  const some = (percent: number, make: () => string) => choose.chance(percent) ? make() : "";
  return some(35, () => some(50, () => choose.of(" *0x<€")) + choose.of("<>^=")) +
    some(25, () => choose.of("+- ")) + some(knowsNegativeZero ? 6 : 0, () => "z") +
    some(15, () => "#") +
    some(20, () => "0") + some(45, () => String(choose.int(0, 16))) +
    some(20, () => choose.of(",_")) +
    some(35, () => "." + choose.of(["0", "1", "2", "3", "6", "12", ""])) +
    some(65, () => choose.chance(93) ? choose.of("sdbcoxXeEfFgG%n") : choose.of("yq!é"));
}

test("strFormat() formats numbers and text as CPython does", () => {
  const choose = new Chooser(5);
  const cases = choose.list(6000, (): Case => {
    const conversion = choose.chance(8) ? choose.of(["!r", "!s", "!a", "!x"]) : "";
    const fmt = `{a${conversion}:${spec(choose)}}|`;
    return ["brace", fmt, { a: choose.chance(70) ? number(choose) : scalar(choose) }];
  }).filter(([, fmt, values]) =>
    // CPython fails at C's long before it fails at Unicode's end.
    !(/c}/.test(fmt as string) && typeof (values as { a: unknown }).a === "bigint")
  );
  compare(cases, (fmt: string, values: Record<string, unknown>) => strFormat(fmt, lookup(values)));
}, { skip });

test("strFormat() reads fields, nested fields and faults as CPython does", () => {
  const choose = new Chooser(6);
  const pieces = [
    ...[
      "{a}",
      "{b!r}",
      "{a:>{w}}",
      "{a:{f}^{w}}",
      "{l[0]}",
      "{l[1]}",
      "{l[9]}",
      "{l[x]}",
      "{d[k]}",
    ],
    ...["{d[z]}", "{d[k][0]}", "{{", "}}", "{", "}", "{}", "{0}", "{missing}", "{a!}", "{a!rr}"],
    ...[
      "{a:{w:{w}}}",
      "{a:",
      "{a[",
      "{l[0]x}",
      "{a{b}}",
      " text ",
      "é",
      "{l[]}",
      "{d.}",
      "{ a}",
      "{b:}",
    ],
  ];
  const cases = choose.list(2000, (): Case => [
    "brace",
    choose.list(choose.int(1, 3), () => choose.of(pieces)).join(""),
    {
      a: text(choose),
      b: scalar(choose),
      w: choose.int(0, 9),
      f: choose.of("*é "),
      l: [value(choose), 5],
      d: { k: text(choose) },
    },
  ]);
  compare(cases, (fmt: string, values: Record<string, unknown>) => strFormat(fmt, lookup(values)));
}, { skip });

const directives = "aAbBcdHIjmMpSUwWxXyYzZ%CDeFgGhnrRtTuVQf".split("");

function strftimeCase(choose: Chooser, utc: boolean): Case {
  const directive = () =>
    choose.chance(12)
      ? "%" + choose.of("-_0") + choose.of("dejHImMSUWyVu")
      : "%" + choose.of(choose.chance(5) ? ["^a", "^B", "^p", "^c"] : directives);
  const fmt = choose.list(choose.int(1, 4), directive).join(choose.of([" ", "-", "ä"]));
  // Local time from 1990 to 2025: time zone data disagree on earlier and later years.
  const whole = utc
    ? choose.int(-2_208_988_800, 4_102_444_800)
    : choose.int(631_152_000, 1_735_689_600);
  const seconds = whole + choose.of([0, 0.25, 0.999]);
  return ["strftime", fmt, seconds, utc];
}

test("strftime() of gmtime() writes as CPython does", () => {
  const choose = new Chooser(7);
  // glibc says GMT where we, and Python's tm_zone, say UTC.
  const cases = choose.list(3000, () => strftimeCase(choose, true))
    .filter(([, fmt]) => !/%.?Z/.test(fmt as string));
  compare(cases, (fmt: string, seconds: number) => strftime(fmt, gmtime(seconds)));
}, { skip });

test("strftime() of localtime() writes as CPython does in this time zone", () => {
  const choose = new Chooser(8);
  // Names of time zones are the runtime's here and the C library's there.
  const cases = choose.list(1500, () => strftimeCase(choose, false))
    .filter(([, fmt]) => !/%.?Z/.test(fmt as string));
  compare(cases, (fmt: string, seconds: number) => strftime(fmt, localtime(seconds)));
}, { skip });

const wellFormed = [
  ...["%(name)s", "%(a.b)s", "%(x)#06x", "%(asctime)-15s", "%(m)*.*f", "{name}", "{a.b[0]!r:>10}"],
  ...["{a:%Y}", "{m:{w}.{p}f}", "{a!z}", "{a:d;}", "{", "}", "{{}}", "{-}", "{a b}", "{x:,}", "{}"],
  ...["$name", "${name}", "$$", "$", "${", "${a b}", "$1", "$é", "", "text", "%", "%s", "%(name)Z"],
  ...[
    "%(é)s",
    "{é}",
    "{0}",
    "{a[}",
    "{a:=+#05_.3e}",
    "{a:xx}",
    "%(a)",
    "{process:.2ff}",
    "{a:s}\n",
  ],
];

test("Formatter accepts and refuses format strings as CPython does", () => {
  const choose = new Chooser(9);
  const cases = choose.list(2500, (): Case => {
    const parts = choose.list(choose.of([1, 1, 2, 3]), () => choose.of(wellFormed));
    return ["validate", parts.join(choose.of(["", " ", "-"])), choose.of(["%", "{", "$", "&"])];
  });
  compare(cases, (fmt: string, style: FormatterStyle) => {
    new Formatter(fmt, null, { style });
    return "";
  });
}, { skip });

const tested = cpythonWithTests("3.13");

test("Formatter accepts and refuses the format strings of CPython's test_format_validate", () => {
  const texts = textsOf(tested!.python, "FormatterTest", "test_format_validate");
  assert(texts.length > 100, String(texts.length));
  const cases = texts.flatMap((text): Case[] =>
    ["%", "{", "$"].map((style) => ["validate", text, style])
  );
  compare(cases, (fmt: string, style: FormatterStyle) => {
    new Formatter(fmt, null, { style });
    return "";
  });
}, { skip: tested === undefined && "it needs the tests of CPython 3.13: pyenv install 3.13" });

test("Formatter writes a record as CPython does", () => {
  const choose = new Chooser(10);
  const fields = [
    ...["name", "levelno", "levelname", "pathname", "filename", "module", "lineno", "funcName"],
    ...[
      "msecs",
      "relativeCreated",
      "created",
      "thread",
      "threadName",
      "process",
      "message",
      "asctime",
    ],
    ...["taskName", "processName", "exc_text", "own", "missing"],
  ];
  const cases = choose.list(3000, (): Case => {
    const style = choose.of("%{$");
    const parts = choose.list(choose.int(1, 4), () => {
      const field = choose.of(fields);
      if (style === "$") return choose.of([`$${field}`, `\${${field}}`, "$$", "$ "]);
      if (style === "{") return choose.of([`{${field}}`, `{${field}!r}`, `{${field}:>12}`]);
      return `%(${field})${choose.of(["s", "-12s", "r", "10s"])}`;
    });
    const created = 1_700_000_000 + choose.int(0, 1e6) / choose.of([1, 8, 1000]);
    return ["record", parts.join(choose.of([" ", "", "|"])), style, {
      name: "a.b",
      msg: choose.of(["plain", "%s", "%d of %s", "100%"]),
      args: choose.chance(80) ? [] : [choose.int(0, 9)],
      levelno: 20,
      levelname: "INFO",
      pathname: "/x/y.py",
      filename: "y.py",
      module: "y",
      lineno: choose.int(0, 99),
      funcName: choose.of([null, "f"]),
      created: { $float: String(created) },
      msecs: { $float: String(choose.int(0, 999)) },
      relativeCreated: { $float: String(choose.int(0, 99_999) / choose.of([1, 7])) },
      thread: 1,
      threadName: "MainThread",
      process: 4,
      processName: "MainProcess",
      taskName: null,
      exc_text: choose.of([null, "", "Traceback\n  x"]),
      stack_info: choose.of([null, "Stack (most recent call last):\n  y"]),
      own: value(choose),
    }];
  });
  compare(cases, (fmt: string, style: FormatterStyle, values: Record<string, unknown>) => {
    const plain = Object.entries(values).map(([key, item]) => [key, unwrapped(item)]);
    const record = makeLogRecord(Object.fromEntries(plain));
    return new Formatter(fmt, null, { style, validate: false }).format(record);
  });
}, { skip });

test("the style classes check and format as CPython's do", () => {
  const choose = new Chooser(12);
  const classes = { PercentStyle, StrFormatStyle, StringTemplateStyle };
  const cases = choose.list(600, (): Case => {
    const parts = choose.list(choose.of([0, 1, 1, 2]), () => choose.of(wellFormed));
    return [
      "style",
      choose.of(Object.keys(classes)),
      parts.join(choose.of(["", " "])),
      { name: "a.b", message: "m", asctime: "now", process: 4 },
      choose.of([null, {}, { random: "chance", name: "other" }]),
    ];
  });
  compare(
    cases,
    (
      name: keyof typeof classes,
      fmt: string,
      values: Record<string, unknown>,
      defaults: FormatDefaults | null,
    ) => {
      const style = new classes[name](fmt, { defaults });
      const { default_format, asctime_format, asctime_search } = style;
      const facts: unknown[] = [default_format, asctime_format, asctime_search, style.usesTime()];
      try {
        style.validate();
        facts.push(style.format(makeLogRecord(values)));
      } catch (error) {
        facts.push(`error: ${(error as Error).message}`);
      }
      return JSON.stringify(facts);
    },
  );
}, { skip });

/** A float that JSON would have made an int of. */
function unwrapped(item: unknown): unknown {
  const float = (item as { $float?: string } | null)?.$float;
  return float === undefined ? item : Number(float);
}
