import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  isPlainCall,
  lastKeywords,
  type LogKeywords,
  NO_KEYWORDS,
  splitCall,
} from "../../src/logging/call_arguments.ts";
import { test } from "../test.ts";

const err = new Error("e");
const other = new Error("o");
const format = new Error("no %s");
const user = "anna";
const extra = { a: 1 };

class User {
  name = "anna";
}
const anna = new User();
const map = new Map([["user", "anna"]]);
const numbers = new Map<unknown, unknown>([[1, 2]]);
const bare: Record<string, unknown> = Object.assign(Object.create(null), { user });
const withText = { toString: () => "text" };

type Call = readonly [msg: unknown, ...args: unknown[]];
type Row = readonly [call: Call, msg: unknown, args: readonly unknown[], keywords: LogKeywords];

/** Every combination is a row: the call, then its message, arguments and keywords. */
const rows: Row[] = [
  // No objects
  [["x"], "x", [], {}],
  [["%s %d", "a", 1], "%s %d", ["a", 1], {}],
  [["x", null], "x", [null], {}],
  [["x", undefined], "x", [undefined], {}],
  [[null], null, [], {}],
  [[5, 6], 5, [6], {}],

  // Python's keyword arguments behind the arguments
  [["%s", 1, { extra, stacklevel: 2 }], "%s", [1], { extra, stacklevel: 2 }],
  [["x", { exc_info: true, stack_info: true }], "x", [], { exc_info: true, stack_info: true }],
  [["x", {}], "x", [], {}],
  [["x", { extra: map }], "x", [], { extra: map }],
  [["x", { extra: null }], "x", [], { extra: null }],
  [["x", { extra, exc_info: err }, { extra: { b: 2 } }], "x", [], {
    extra: { a: 1, b: 2 },
    exc_info: err,
  }],
  [["%s", { exc_info: true }], "%s", [{ exc_info: true }], {}],
  [["%s", {}], "%s", [{}], {}],

  // An error behind the arguments
  [["x", err], "x", [], { exc_info: err }],
  [["%s", 1, err], "%s", [1], { exc_info: err }],
  [["100%% %s", 1, err], "100%% %s", [1], { exc_info: err }],
  [["%*d %s", 5, 3, "a", err], "%*d %s", [5, 3, "a"], { exc_info: err }],
  [["%-*.*s", 5, 3, "a", err], "%-*.*s", [5, 3, "a"], { exc_info: err }],
  [["%s", err], "%s", [err], {}],
  [["%s %s", 1, err], "%s %s", [1, err], {}],
  [["%r", err], "%r", [err], {}],
  [["x", err, { extra }], "x", [], { extra, exc_info: err }],
  [["x", { extra }, err], "x", [], { extra, exc_info: err }],
  [["x", err, { exc_info: false }], "x", [], { exc_info: false }],
  [["x", err, { exc_info: other }], "x", [], { exc_info: other }],
  [["%s", err, { exc_info: true }], "%s", [err], { exc_info: true }],
  [["x", err, other], "x", [err], { exc_info: other }],

  // Fields behind the arguments
  [["signed in", { user }], "signed in", [], { extra: { user } }],
  [["%s", 1, { user }], "%s", [1], { extra: { user } }],
  [["x", bare], "x", [], { extra: bare }],
  [["x", map], "x", [], { extra: map }],
  [["x", { user }, { a: 1 }], "x", [], { extra: { user, a: 1 } }],
  [["x", { user, a: 0 }, { a: 1 }], "x", [], { extra: { user, a: 1 } }],
  [["x", map, { a: 1 }], "x", [], { extra: { user, a: 1 } }],
  [["x", { user }, { extra }], "x", [], { extra: { user, a: 1 } }],
  [["x", { extra }, { user }], "x", [], { extra: { user, a: 1 } }],
  [["x", { a: 0, user }, { extra, stacklevel: 2 }], "x", [], {
    extra: { user, a: 1 },
    stacklevel: 2,
  }],
  [["x", { user }, err], "x", [], { extra: { user }, exc_info: err }],
  [["x", err, { user }], "x", [], { extra: { user }, exc_info: err }],
  [["x", { extra: "cheese" }], "x", [], { extra: { extra: "cheese" } }],
  [["x", { extra, user }], "x", [], { extra: { extra, user } }],
  [["took %d ms", { user }], "took %d ms", [], { extra: { user } }],
  [["50% done", { user }], "50% done", [], { extra: { user } }],
  [["%s of 100%", "a", { user }], "%s of 100%", ["a"], { extra: { user } }],
  [["100%%", { user }], "100%%", [], { extra: { user } }],
  [["a %j", { user }], "a %j", [], { extra: { user } }],
  [["x", { user }, undefined], "x", [{ user }, undefined], {}],
  [["x", 1, { user }], "x", [1], { extra: { user } }],

  // Objects that a placeholder shows or names
  [["%s", { user }], "%s", [{ user }], {}],
  [["%s", map], "%s", [map], {}],
  [["100% of %s", 1, { extra }], "100% of %s", [1, { extra }], {}],
  [["%s %s", { user }], "%s %s", [{ user }], {}],
  [["%(user)s", { user }], "%(user)s", [{ user }], {}],
  [["%(user)s", map], "%(user)s", [map], {}],
  [["%(extra)s", { extra: 1 }], "%(extra)s", [{ extra: 1 }], {}],
  [["%(user)s", { user }, { a: 1 }], "%(user)s", [{ user }], { extra: { a: 1 } }],
  [["%(user)s", { user }, err], "%(user)s", [{ user }], { exc_info: err }],
  [["%%(user)s", { user }], "%%(user)s", [], { extra: { user } }],

  // The error of fields
  [["x", { err }], "x", [], { exc_info: err }],
  [["x", { error: err, user }], "x", [], { exc_info: err, extra: { user } }],
  [["x", { exc_info: err, user }], "x", [], { exc_info: err, extra: { user } }],
  [["x", new Map<string, unknown>([["err", err], ["user", user]])], "x", [], {
    exc_info: err,
    extra: { user },
  }],
  [["x", { err, error: other }], "x", [], { exc_info: err, extra: { error: other } }],
  [["x", { err }, other], "x", [], { exc_info: other, extra: { err } }],
  [["x", { err }, { exc_info: false }], "x", [], { exc_info: false, extra: { err } }],
  [["x", { err: "text" }], "x", [], { extra: { err: "text" } }],
  [["x", { extra: { err } }], "x", [], { extra: { err } }],

  // An object first
  [[{ user }], "", [], { extra: { user } }],
  [[bare], "", [], { extra: bare }],
  [[{}], "", [], {}],
  [[{ user }, "signed in"], "signed in", [], { extra: { user } }],
  [[{ user }, "%s and %d", "a", 1], "%s and %d", ["a", 1], { extra: { user } }],
  [[{ user }, "%s", { a: 1 }], "%s", [{ a: 1 }], { extra: { user } }],
  [[{ user }, "%(a)s", { a: 1 }], "%(a)s", [{ a: 1 }], { extra: { user } }],
  [[{ user, a: 0 }, "x", { a: 1 }], "x", [], { extra: { user, a: 1 } }],
  [[{ user, a: 0 }, "x", { extra }], "x", [], { extra: { user, a: 1 } }],
  [[{ user }, "x", err], "x", [], { extra: { user }, exc_info: err }],
  [[{ user }, { a: 1 }], "", [], { extra: { user, a: 1 } }],
  [[{ extra, stacklevel: 2 }, "x"], "x", [], { extra, stacklevel: 2 }],
  [[{ exc_info: err }, "x"], "x", [], { exc_info: err }],
  [[{ err }, "text"], "text", [], { exc_info: err }],
  [[{ err, user }, "%s", 1], "%s", [1], { exc_info: err, extra: { user } }],
  [[{ err }], err, [], { exc_info: err }],
  [[{ user }, { exc_info: err }], err, [], { exc_info: err, extra: { user } }],
  [[{ user }, err], err, [], { exc_info: err, extra: { user } }],
  [[{ user }, err, "text"], "text", [], { exc_info: err, extra: { user } }],
  [[{ user }, 5], "", [5], { extra: { user } }],

  // An error first
  [[err], err, [], { exc_info: err }],
  [[err, { user }], err, [], { exc_info: err, extra: { user } }],
  [[err, { exc_info: false }], err, [], { exc_info: false }],
  [[err, { exc_info: true }], err, [], { exc_info: true }],
  [[err, other], err, [], { exc_info: other }],
  [[err, "text"], "text", [], { exc_info: err }],
  [[err, "%s %d", "a", 1], "%s %d", ["a", 1], { exc_info: err }],
  [[err, "%s", "a", { user }], "%s", ["a"], { exc_info: err, extra: { user } }],
  [[err, "text", other], "text", [], { exc_info: other, extra: { err } }],
  [[format, err], format, [], { exc_info: err }],
  [[err, 5], err, [5], { exc_info: err }],

  // Other objects are messages and arguments, as in Python
  [["x", anna], "x", [anna], {}],
  [["x", [1]], "x", [[1]], {}],
  [["x", numbers], "x", [numbers], {}],
  [["x", withText], "x", [withText], {}],
  [["x", anna, { user }], "x", [anna], { extra: { user } }],
  [[anna], anna, [], {}],
  [[anna, "text"], anna, ["text"], {}],
  [[[1]], [1], [], {}],
  [[map], map, [], {}],
  [[withText], withText, [], {}],
  [[withText, { user }], withText, [], { extra: { user } }],
];

test("splitCall() puts each part of a call where the table says", () => {
  for (const [[msg, ...args], text, rest, keywords] of rows) {
    const shown = `${String(rows.findIndex((row) => row[0][0] === msg))}: ${String(text)}`;
    assertEquals(splitCall(msg, args), [text, rest, keywords], shown);
  }
});

test("isPlainCall() is true only for calls that splitCall() leaves as they are", () => {
  let plain = 0;
  for (const [[msg, ...args], text, rest, keywords] of rows) {
    if (!isPlainCall(msg, args)) continue;
    plain++;
    assertEquals([text, rest, keywords], [msg, args, {}]);
  }
  assertEquals(plain, 7);
});

test("lastKeywords() returns the keywords that splitCall() finds in the last argument", () => {
  let found = 0;
  for (const [[msg, ...args], text, rest, keywords] of rows) {
    const last = lastKeywords(msg, args);
    if (last === undefined) continue;
    found++;
    assertEquals([text, rest, keywords], [msg, args.slice(0, -1), last]);
  }
  assertEquals(found, 25);
});

test("splitCall() copies nothing where it changes nothing", () => {
  const args = [anna];
  assertStrictEquals(splitCall("x", args)[1], args);
  assertStrictEquals(splitCall("x", args)[2], NO_KEYWORDS);
  const keywords = { extra };
  assertStrictEquals(splitCall("x", [keywords])[2], keywords);
  const fields = { user };
  assertStrictEquals(splitCall("x", [fields])[2].extra, fields);
});

test("splitCall() runs no getter of fields, unless it is named like an error", () => {
  let runs = 0;
  const fields = {
    get user(): string {
      runs++;
      return "anna";
    },
    get err(): Error {
      throw new Error("getter");
    },
  };
  assertStrictEquals(splitCall("x", [fields])[2].extra, fields);
  assertEquals(runs, 0);
});
