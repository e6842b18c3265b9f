import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { checkPaths } from "../../src/logging/_redaction_paths.ts";
import { Redaction } from "../../src/logging/_redaction.ts";
import { jsonText } from "../../src/text/json_text.ts";
import { pythonStr } from "../../src/text/python_repr.ts";
import { test } from "../test.ts";

const redact = (value: unknown, ...paths: string[]) =>
  new Redaction("***").within(value, checkPaths("test", paths));

test("a value in which nothing is redacted is returned itself", () => {
  for (const value of [{ a: { b: 1 } }, [1], new Map([["a", 1]]), "secret", null, 5]) {
    assertStrictEquals(redact(value, "x.y", "**.z", "b"), value);
  }
});

test("only the containers above a redacted part are copied", () => {
  const value = { a: { secret: 1, keep: { x: 1 } }, b: { c: 2 }, d: [new Date(0)] };
  const copy = redact(value, "a.secret") as typeof value;
  assertEquals(copy, { a: { secret: "***" as never, keep: { x: 1 } }, b: { c: 2 }, d: value.d });
  assertEquals(value.a.secret, 1);
  assertStrictEquals(copy.b, value.b);
  assertStrictEquals(copy.a.keep, value.a.keep);
  assertEquals(Object.keys(copy), ["a", "b", "d"]);
});

test("members of arrays, maps and sets are named by index and by key", () => {
  const value = {
    list: [{ s: 1, t: 2 }, "x"],
    map: new Map<unknown, unknown>([["s", 1], [5, { s: 1 }]]),
    set: new Set([{ s: 1 }, 7]),
  };
  assertEquals(redact(value, "list.*.s", "map.s", "map.5.s", "set.0.s"), {
    list: [{ s: "***", t: 2 }, "x"],
    map: new Map<unknown, unknown>([["s", "***"], [5, { s: "***" }]]),
    set: new Set([{ s: "***" }, 7]),
  });
  assertEquals(redact([["a", "b"]], "0.1"), [["a", "***"]]);
});

test("shared and cyclic parts stay shared and cyclic", () => {
  interface Ring {
    secret: number;
    next?: Ring;
    list: unknown[];
  }
  const shared: Ring = { secret: 1, list: [] };
  shared.next = shared;
  shared.list.push(shared);
  const copy = redact({ a: shared, b: shared }, "**.secret") as { a: Ring; b: Ring };
  assertStrictEquals(copy.a, copy.b);
  assertStrictEquals(copy.a.next, copy.a);
  assertStrictEquals(copy.a.list[0], copy.a);
  assertEquals([copy.a.secret, shared.secret], ["***" as never, 1]);
});

test("the same object is redacted where a path leads to it, and nowhere else", () => {
  const shared = { secret: 1 };
  const copy = redact({ a: shared, b: shared }, "a.secret") as Record<string, unknown>;
  assertEquals(copy, { a: { secret: "***" }, b: { secret: 1 } });
  assertStrictEquals(copy.b, shared);
});

test("an object of a class becomes a plain object, which shows no more by its methods", () => {
  class User {
    #hidden = "tulip";
    name = "anna";
    password = "tulip";
    toString(): string {
      return `${this.name}:${this.password}`;
    }
    get hidden(): string {
      return this.#hidden;
    }
  }
  const copy = redact({ user: new User() }, "user.password") as { user: object };
  assertEquals(copy, { user: { name: "anna", password: "***" } });
  assertEquals(pythonStr(copy.user), "{'name': 'anna', 'password': '***'}");
});

test("the result of toJSON() is redacted too, and takes the place of the object", () => {
  class Request {
    #token = "tulip";
    url = "/";
    toJSON() {
      return { url: this.url, headers: { token: this.#token } };
    }
    toString() {
      return this.#token;
    }
  }
  const copy = redact({ r: new Request() }, "r.headers.token");
  assertEquals(copy, { r: { url: "/", headers: { token: "***" } } });
  class Hiding {
    password = "tulip";
    toJSON() {
      return "a hiding object";
    }
  }
  assertEquals(redact([new Hiding()], "*.password"), ["a hiding object"]);
  const plain = { password: "tulip", toJSON: () => ({ password: "tulip" }) };
  assert(!jsonText(redact([plain], "**.password")).includes("tulip"));
});

test("an error stays an error of its class, and its causes are searched", () => {
  class HttpError extends RangeError {
    config = { headers: { token: "tulip" } };
    toJSON() {
      return { config: this.config, message: this.message };
    }
  }
  const inner = new HttpError("inner");
  const outer = new AggregateError([inner], "outer", { cause: inner });
  for (const path of ["cause.config.headers.token", "errors.0.config.headers.token", "**.token"]) {
    const copy = redact(outer, path) as AggregateError & { cause: HttpError };
    assertInstanceOf(copy, AggregateError);
    assertEquals([copy.message, copy.stack, String(copy)], [
      ...[outer.message, outer.stack, String(outer)],
    ]);
    const inside = path.startsWith("errors") ? copy.errors[0] : copy.cause;
    assertInstanceOf(inside, HttpError);
    assertEquals(inside.config.headers.token, "***");
    assert(!jsonText(inside).includes("tulip"));
    assert(!Object.keys(copy).includes("cause"));
  }
  assertEquals(inner.config.headers.token, "tulip");
});

test("a getter is read once, and a path through it is redacted", () => {
  let reads = 0;
  const value = Object.defineProperty({ b: 1 }, "a", {
    enumerable: true,
    get: () => ({ secret: ++reads }),
  });
  const copy = redact(value, "a.secret");
  assertEquals([copy, reads], [{ b: 1, a: { secret: "***" } }, 1]);
});

test("a frozen object, and one with a member named __proto__, are copied", () => {
  const frozen = Object.freeze({ secret: 1, a: Object.freeze([{ secret: 2 }]) });
  assertEquals(redact(frozen, "**.secret"), { secret: "***", a: [{ secret: "***" }] } as never);
  const odd = JSON.parse('{"__proto__":{"secret":1},"a":2}');
  const copy = redact(odd, "__proto__.secret") as object;
  assertEquals(JSON.stringify(copy), '{"__proto__":{"secret":"***"},"a":2}');
  assertStrictEquals(Object.getPrototypeOf(copy), Object.prototype);
});

test("what a getter, a toJSON() or a proxy throws is thrown, if a path leads there", () => {
  const boom = () => {
    throw new Error("boom");
  };
  const getter = Object.defineProperty({ b: 1 }, "a", { enumerable: true, get: boom });
  assertThrows(() => redact(getter, "a.x"), Error, "boom");
  assertThrows(() => redact([{ toJSON: boom }], "**.x"), Error, "boom");
  assertThrows(() => redact(new Proxy({}, { ownKeys: boom }), "x"), Error, "boom");
  assertStrictEquals(redact(getter, "c"), getter);
  const copy = redact({ getter, secret: 1 }, "secret") as Record<string, unknown>;
  assertStrictEquals(copy.getter, getter);
});

test("what is nested too deep, or is too large to be searched, is redacted as a whole", () => {
  let deep: Record<string, unknown> = { secret: "tulip" };
  for (let i = 0; i < 10_000; i++) deep = { deep, secret: "tulip" };
  const text = jsonText(redact(deep, "**.secret"));
  assert(!text.includes("tulip") && text.split("deep").length < 110);
  const large = {
    head: { secret: 1 },
    tail: Array.from({ length: 200_000 }, () => ({ secret: 1 })),
  };
  const copy = redact(large, "**.secret") as typeof large;
  assert(!jsonText(copy).includes('"secret":1'));
  const endless = { toJSON: (): unknown => ({ ...endless }) };
  assertEquals(redact({ endless }, "**.secret"), { endless: "***" } as never);
});

test("bytes and dates are not searched", () => {
  const value = { bytes: new Uint8Array(5), buffer: new ArrayBuffer(2), date: new Date(0) };
  assertStrictEquals(redact(value, "**.0", "**.getTime"), value);
});
