import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { includesNeedle } from "@std/bytes";
import { execFileSync } from "node:child_process";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { PicklingError, UnpicklingError } from "../../src/wire/pickle/errors.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { python3, withoutPython } from "../interop/python.ts";
import { test } from "../test.ts";
import { dag } from "../text/dag.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

test("pickle reads back the fields of a record, and writes times as floats", () => {
  const fields = { name: "myapp", msg: "späm", args: null, levelno: 20, created: 5, extra: [1n] };
  const payload = pickle.dumps(fields);
  assertEquals(pickle.loads(payload), { ...fields, extra: [1] });
  // BINFLOAT: a "G" and the 8 bytes of 5.0.
  const float = Uint8Array.of(0x47, 0x40, 0x14, 0, 0, 0, 0, 0, 0);
  assert(includesNeedle(payload, float));
});

test("pickle.loads() accepts a dict or pairs, as dict.update() does, and nothing else", () => {
  assertEquals(pickle.loads(ascii("}.")), {});
  assertEquals(pickle.loads(ascii("(dVa\nI1\ns.")), { a: 1 });
  assertEquals(
    pickle.loads(ascii("(dI5\nI1\nsVa\nI2\ns.")),
    { 5: 1, a: 2 },
    "a key that is an int",
  );
  assertEquals(pickle.loads(ascii("((Va\nI1\ntl.")), { a: 1 }, "a list of pairs");
  assertEquals(pickle.loads(ascii("].")), {}, "as in CPython, no pairs at all are a dict");
  for (const source of ["N.", "I1\n.", "Vtext\n.", "(I1\nI2\nl.", "F1.5\n.", "I01\n."]) {
    assertThrows(() => pickle.loads(ascii(source)), UnpicklingError, "must be a dict");
  }
  const object = ascii("cdecimal\nDecimal\n(V1.50\ntR.");
  assertThrows(() => pickle.loads(object), UnpicklingError, "must be a dict");
});

test("pickle.loads() throws UnpicklingError for an empty payload and for other bytes", () => {
  for (const source of ["", "\x80", "GET / HTTP/1.1\r\n", "}", "(dp0\n"]) {
    assertThrows(() => pickle.loads(ascii(source)), UnpicklingError);
  }
});

test("pickle.loads() keeps __proto__ an ordinary field, and globals inert", () => {
  const fields = pickle.loads(
    ascii("(dV__proto__\n(dVpolluted\nI1\nssVa\ncos\nsystem\n(Vls\ntRs."),
  );
  assertEquals(Object.keys(fields), ["__proto__", "a"]);
  assertEquals((fields as { polluted?: number }).polluted, undefined);
  assertInstanceOf(fields.a, PythonObject);
});

test("pickle.loads() reads Python 2's byte strings as UTF-8 or Latin-1", () => {
  const bytes = (...text: number[]) =>
    new Uint8Array([0x7d, 0x55, 1, 0x61, 0x55, text.length, ...text, 0x73, 0x2e]);
  assertEquals(pickle.loads(bytes(0xc3, 0xa4)), { a: "ä" });
  assertEquals(pickle.loads(bytes(0xe4)), { a: "ä" });
});

test("CPython loads the payloads of pickle.dumps()", () => {
  const source = "import pickle, sys, json\n" +
    "json.dump(pickle.loads(sys.stdin.buffer.read()), sys.stdout, sort_keys=True)";
  const fields = { name: "myapp", created: 5, big: 2n ** 70n, list: [1, { a: null }] };
  const out = execFileSync(python3() ?? "python3", ["-c", source], { input: pickle.dumps(fields) });
  assertEquals(
    out.toString(),
    '{"big": 1180591620717411303424, "created": 5.0, "list": [1, {"a": null}], "name": "myapp"}',
  );
}, { skip: withoutPython() });

test("pickle.dumps() writes values from Python as numbers, texts or containers", () => {
  const values = {
    status: new PythonObject("http", "HTTPStatus", [404]),
    price: new PythonObject("decimal", "Decimal", ["1.50"]),
    id: new PythonObject("uuid", "UUID", []),
    queue: new PythonObject("collections", "deque", [[1, "a"]]),
    color: new PythonObject("myapp", "Color", [1]),
    other: new PythonObject("myapp", "Spam", []),
  };
  values.id.state = { int: 5 };
  assertEquals(pickle.loads(pickle.dumps(values)), {
    status: 404,
    price: 1.5,
    id: "00000000-0000-0000-0000-000000000005",
    queue: [1, "a"],
    color: "Color(1)",
    other: { ...values.other },
  });
});

test("pickle.loads() accepts a field whose name is a tuple that is shared very often", () => {
  const fields = pickle.loads(dumps(new Map<unknown, unknown>([["msg", "spam"], [dag(), 1]])));
  assertEquals([Object.keys(fields).length, fields.msg], [2, "spam"]);
});

test("pickle.loads() reads whatever pickle.dumps() writes, however large or deep", () => {
  const chain = (length: number, end: unknown = 1) => {
    let value = end;
    for (let i = 0; i < length; i++) value = [value];
    return value;
  };
  const shared = chain(600);
  const cycle: unknown[] = [];
  cycle.push(chain(700, [cycle]), chain(700, [cycle]));
  const tuple = new Map([[chain(1500), 1]]);
  for (
    const value of [
      ...[chain(1500), chain(100_000), { a: { b: chain(1500) } }, new Map([[1, chain(1500)]])],
      ...[[shared, chain(600, shared)], [chain(600, shared), shared], cycle, tuple, dag()],
      ...[new Set([chain(1500)]), new PythonObject("a", "B", [chain(1500)])],
    ]
  ) {
    const fields = pickle.loads(pickle.dumps({ msg: "spam", value, levelno: 20 }));
    assertEquals([fields.msg, fields.levelno], ["spam", 20]);
  }
});

test("pickle.dumps() writes … for values that are too deep for pickle.loads()", () => {
  for (const [depth, end] of [[999, 1], [1000, "…"], [1500, "…"]] as const) {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = [value];
    value = pickle.loads(pickle.dumps({ value })).value;
    while (Array.isArray(value)) value = value[0];
    assertEquals(value, end);
  }
  let shared: unknown = 1;
  for (let i = 0; i < 500; i++) shared = [shared];
  let twice: unknown = shared;
  for (let i = 0; i < 499; i++) twice = [twice];
  const fields = pickle.loads(pickle.dumps({ shared, twice, more: [twice] }));
  let value = fields.twice;
  for (let i = 0; i < 499; i++) value = (value as unknown[])[0];
  assertEquals(value, fields.shared);
  assertEquals(fields.more, ["…"]);
});

test("pickle.dumps() throws PicklingError for more values than pickle.loads() accepts", () => {
  const far = (_: unknown, i: number) => [i + 0.5, i] as const;
  const long = "v".repeat(1 << 20);
  for (
    const value of [
      Array.from({ length: 1_000_001 }, () => []),
      Array.from({ length: 1_000_001 }, () => new Uint8Array()),
      new Array(10_000_001).fill(null),
      new Map(Array.from({ length: 10_001 }, far)),
      Array.from({ length: 40 }, (_, i) => long + i),
    ]
  ) {
    assertThrows(() => pickle.dumps({ value }), PicklingError);
  }
  for (
    const value of [new Map(Array.from({ length: 9000 }, far)), new Array(1_000_000).fill(null)]
  ) {
    pickle.loads(pickle.dumps({ value }));
  }
});

test("pickle.dumps() writes a long text once, however often a record holds it", () => {
  const long = "v".repeat(1 << 20);
  const payload = pickle.dumps({ msg: long, list: new Array(100_000).fill(long), map: { long } });
  assert(payload.length < 2_000_000);
  const { msg, list, map } = pickle.loads(payload) as Record<string, string[]>;
  assertEquals(list!.length, 100_000);
  // One text, so that comparing them compares no characters.
  assert(list!.every((text) => text === list![0]));
  assertEquals([msg, list![0], map], [long, long, { long }]);
});
