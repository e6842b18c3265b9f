import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { escapedRecord } from "../../src/wire/_escaped_record.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";

// deno-lint-ignore no-control-regex -- these must not be there
const BAD = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/;

test("escapedRecord() returns the record itself if no field holds a control character", () => {
  for (
    const fields of [
      { msg: "spam", name: "a.b", ctx: { list: [1, "x"] }, levelno: 20 },
      { msg: "%s", args: ["back\\slash é"], raw: new Uint8Array([10]), n: 2n ** 70n },
    ]
  ) {
    const record = makeLogRecord(fields);
    assertStrictEquals(escapedRecord(record), record);
  }
});

test("escapedRecord() escapes message, names and fields in a copy", () => {
  const record = makeLogRecord({
    name: "a\nb",
    msg: "one\n%s",
    args: ["two\x1b[2J"],
    levelname: "IN\rFO",
    user: "x\u0085y",
    "ke\ny": 1,
    ctx: { "k\n": ["v\n", new Map([["m\t", ["s\0"]]])] },
    set: new Set(["s\0"]),
  });
  const before = JSON.stringify(record);
  const line = escapedRecord(record);
  assertEquals(line.getMessage(), "one\\ntwo\\x1b[2J");
  assertEquals([line.name, line.levelname, line.user], ["a\\nb", "IN\\rFO", "x\\x85y"]);
  assertEquals(line["ke\\ny"], 1);
  assertEquals(line.ctx, { "k\\n": ["v\\n", new Map([["m\\t", ["s\\x00"]]])] });
  assertEquals([...line.set as Set<string>], ["s\\x00"]);
  assertEquals(JSON.stringify(record), before);
});

test("escapedRecord() keeps LF and TAB in tracebacks and stacks, and indents their lines", () => {
  const traceback =
    "Traceback (most recent call last):\r\n\tFile \x1b\nValueError: x\rINFO:root:forged\n";
  const record = makeLogRecord({ msg: "spam", exc_text: traceback, stack_info: "Stack:\n  File" });
  assertEquals(
    new Formatter().format(escapedRecord(record)),
    "spam\n  Traceback (most recent call last):\n  \tFile \\x1b\n" +
      "  ValueError: x\\rINFO:root:forged\n  Stack:\n    File",
  );
  const odd = escapedRecord(makeLogRecord({ msg: "m", exc_text: ["a\nb"], stack_info: 5 }));
  assertEquals(new Formatter().format(odd), "m\n  ['a\\nb']\n  5");
});

test("escapedRecord() leaves no formatter a value with a line break", () => {
  const hostile = "x\nINFO:root:forged";
  const record = makeLogRecord({
    msg: hostile,
    ctx: { user: hostile },
    list: [hostile],
    object: new PythonObject("mo\ndule", "na\nme", [hostile]),
    nested: [new PythonObject("mo\ndule", "na\nme", null)],
    asctime: hostile,
    message: hostile,
    created: hostile,
    msecs: hostile,
  });
  const formatters = [
    new Formatter("{message} {ctx[user]} {list[0]} {object} {nested} {msecs}", null, {
      style: "{",
    }),
    new Formatter("${message} ${ctx} ${object} ${created}", null, { style: "$" }),
    new Formatter("%(message)s %(ctx)s %(object)s %(list)s %(msg)s"),
    new class extends Formatter {
      override format({ msg, message, ctx, object }: typeof record): string {
        return [msg, message, (ctx as { user: string }).user, object].join(" ");
      }
    }(),
  ];
  for (const formatter of formatters) {
    const text = formatter.format(escapedRecord(record));
    assert(!BAD.test(text) && !text.includes("\n"), text);
  }
});

test("escapedRecord() copies shared and circular values once, and cuts very deep ones", () => {
  let shared: unknown[] = ["ha\n"];
  for (let i = 0; i < 40; i++) shared = [shared, shared];
  let deep: unknown = "end\n";
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const circle: Record<string, unknown> = { text: "a\n" };
  circle.self = circle;
  const line = escapedRecord(makeLogRecord({ msg: "spam", shared, deep, circle }));
  const copy = line.circle as typeof circle;
  assertEquals([copy.text, copy.self === copy], ["a\\n", true]);
  let first = line.shared as unknown[];
  for (let i = 0; i < 40; i++) first = first[0] as unknown[];
  assertEquals(first, ["ha\\n"]);
});

test("escapedRecord() reads each part once, however often the record holds it", () => {
  const text = "x\n".repeat(1 << 19);
  const inner = new PythonObject("collections", "deque", [
    Array.from({ length: 100 }, () => [text]),
  ]);
  const fields: Record<string, unknown> = {
    list: Array.from({ length: 10_000 }, () => [text]),
    keys: Array.from({ length: 100 }, () => ({ [text]: 1 })),
    objects: Array.from(
      { length: 2000 },
      () => new PythonObject("collections", "deque", [[inner]]),
    ),
  };
  for (let i = 0; i < 10_000; i++) fields[`text${i}`] = i % 2 === 0 ? text : text.slice(0, -1);
  const line = escapedRecord(makeLogRecord({ msg: "spam", ...fields }));
  const escaped = "x\\n".repeat(1 << 19);
  assertEquals(line.text0 === escaped && line.text9998 === escaped, true);
  assertEquals((line.list as string[][])[9999]![0] === escaped, true);
  assertEquals(Object.keys((line.keys as object[])[99]!)[0] === escaped, true);
  for (const object of line.objects as unknown[]) {
    assert(!BAD.test(String(object).replaceAll("\n", "\0")));
  }
});

test("escapedRecord() does not copy a record for a long field without control characters", () => {
  const record = makeLogRecord({ msg: "spam", text: "x".repeat(1 << 20) });
  assertStrictEquals(escapedRecord(record), record);
  const escaped = escapedRecord(makeLogRecord({ msg: "spam", text: "x".repeat(1 << 20) + "\x1b" }));
  assert((escaped.text as string).endsWith("x\\x1b"));
});
