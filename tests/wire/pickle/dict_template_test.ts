import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { loads } from "../../../src/wire/pickle/pickle.ts";
import { PlainInput } from "../../../src/wire/pickle/_plain_input.ts";
import { DictTemplate } from "../../../src/wire/pickle/_dict_template.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

/** A str, and the PUT behind it. */
function text(value: string, index: number): string {
  return `X${String.fromCharCode(value.length)}\0\0\0${value}q${String.fromCharCode(index)}`;
}

/** A dict as `makePickle` writes it: `a`, a str; `n`, plain; `b`, as it is given. */
function dict(a: string, n: string, b = "h\x02"): string {
  return `}q\0(${text("a", 1)}${text(a, 2)}${text("n", 3)}${n}${text("b", 4)}${b}u.`;
}

function templateOf(pickle: string): DictTemplate | undefined {
  return DictTemplate.of(latin1(pickle), loads(latin1(pickle)) as Record<string, unknown>);
}

function read(
  template: DictTemplate | undefined,
  pickle: string,
): Record<string, unknown> | undefined {
  assertInstanceOf(template, DictTemplate);
  const input = new PlainInput();
  input.begin(latin1(`....${pickle}`).subarray(4));
  return template.read(input) ? template.shape.make(template.values) : undefined;
}

test("read() decodes values that differ, and follows references to them", () => {
  const template = templateOf(dict("spam", "K\x05"));
  assertEquals(read(template, dict("spam", "K\x05")), { a: "spam", n: 5, b: "spam" });
  assertEquals(read(template, dict("eggs and ham", "N")), {
    a: "eggs and ham",
    n: null,
    b: "eggs and ham",
  });
  assertEquals(read(template, dict("", "G\x3f\xf8\0\0\0\0\0\0")), { a: "", n: 1.5, b: "" });
  assertEquals(read(template, `${dict("x", "I01\n")} and more`), { a: "x", n: true, b: "x" });
});

test("read() resolves a reference to a key", () => {
  const template = templateOf(dict("spam", "K\x05", "h\x03"));
  assertEquals(read(template, dict("eggs", "K\x06", "h\x03")), { a: "eggs", n: 6, b: "n" });
  assertEquals(read(template, dict("eggs", "K\x06", "N")), { a: "eggs", n: 6, b: null });
});

test("read() returns a new dict at each call", () => {
  const template = templateOf(dict("spam", "K\x05"));
  const first = read(template, dict("spam", "K\x05"))!;
  first.a = "changed";
  assertEquals(read(template, dict("spam", "K\x05"))?.a, "spam");
});

test("read() returns undefined for a dict of another shape", () => {
  const template = templateOf(dict("spam", "K\x05"));
  const others = [
    dict("spam", "K\x05").replace("n", "m"),
    dict("spam", "K\x05", text("spam", 5)),
    dict("spam", text("x", 4)),
    dict("spam", "]"),
    dict("spam", "K\x05", "h\x01"),
    dict("spam", "K\x05", "N"),
    dict("spam", "K\x05").replace("q\x02", "q\x07"),
    dict("spam", "K\x05").replace("u.", "u0"),
    `}q\0(${text("a", 1)}NX\x01\0\0\0nq\x02K\x05u.`,
    "}.",
  ];
  for (const pickle of others) {
    assertStrictEquals(read(template, pickle), undefined, JSON.stringify(pickle));
  }
  const whole = dict("spam", "K\x05");
  for (let end = 0; end < whole.length; end++) {
    assertStrictEquals(read(template, whole.slice(0, end)), undefined, `cut at ${end}`);
  }
});

test("of() accepts only flat dicts as makePickle writes them", () => {
  assertInstanceOf(templateOf("}q\0(u."), DictTemplate);
  const others = [
    "N.",
    "}.",
    "}0N.",
    `${dict("spam", "K\x05")}.`,
    dict("spam", "]"),
    dict("spam", "K\x05", "h\x00"),
    dict("spam", "\x88"),
    `}q\0(${text("a", 1)}K\x01${text("a", 2)}K\x02u.`,
    `}q\0(${text("b", 1)}K\x01${text("7", 2)}K\x02u.`,
    `}q\0(${text("__proto__", 1)}K\x01u.`,
    `}q\0(X\x01\0\0\0aK\x01u.`,
    `}q\0(${text("a", 2)}K\x01u.`,
    `}q\0(${text("a", 1)}K\x01u(${text("b", 2)}K\x01u.`,
    `}q\0(${Array.from({ length: 65 }, (_, i) => `${text(`k${i}`, i + 1)}N`).join("")}u.`,
  ];
  for (const pickle of others) {
    assertStrictEquals(templateOf(pickle), undefined, JSON.stringify(pickle));
  }
  const long = `}q\0(X\x01\0\0\0aq\x01X\0\x10\0\0${"x".repeat(4096)}q\x02u.`;
  assertStrictEquals(templateOf(long), undefined, "long");
});
