import { assertEquals, assertThrows } from "@std/assert";
import { NotALiteralError, pythonLiteral, readLiteral } from "../../src/text/python_literal.ts";
import { test } from "../test.ts";

test("pythonLiteral() reads what Python writes by repr()", () => {
  const literals: [string, unknown][] = [
    ["()", []],
    ["(1,)", [1]],
    ["(1)", 1],
    ["('a', \"b'c\", 'd\\'e', -5, 1.5, 1e-05, None, True)", [
      ...["a", "b'c", "d'e", -5, 1.5, 1e-5, null, true],
    ]],
    ["(u'\\xe9\\u20ac\\U0001f600\\n\\\\', 5L)", ["é€😀\n\\", 5]],
    ["(12345678901234567890,)", [12345678901234567890n]],
    ["({'a': [1, 2], 'b': {}},)", [{ a: [1, 2], b: {} }]],
    ["({1: 'x'},)", [new Map([[1, "x"]])]],
    ["(b'\\x00a',)", [new Uint8Array([0, 97])]],
    [" ( 'a' , ) ", ["a"]],
  ];
  for (const [text, value] of literals) assertEquals(pythonLiteral(text), { value }, text);
});

test("pythonLiteral() reads a set", () => {
  assertEquals([...pythonLiteral("{2, 3}")!.value as Set<unknown>], [2, 3]);
});

test("pythonLiteral() refuses every other text, however deep or long", () => {
  const others = [
    ...["", "(", "(1", "(1 2)", "<Foo object>", "(<Foo>,)", "foo()", "__import__('os')", "1 + 1"],
    ...["'a", "'a' b'b'", "nan", "{1: }", "[1,,2]", "Nonesense", "(1,) 2", "1.5.5"],
    ...["'\\U00110000'", "[".repeat(1000), "[".repeat(1000) + "]".repeat(1000)],
  ];
  for (const text of others) assertEquals(pythonLiteral(text), undefined, text.slice(0, 30));
});

test("readLiteral() gives names of its table their values, and looks up no other", () => {
  const names = { "sys.stdout": "out", ERROR: 40 };
  assertEquals(readLiteral("(sys . stdout, [ERROR], {'a': ERROR})", names), [
    ...["out", [40], { a: 40 }],
  ]);
  const others = ["sys", "sys.stdout.x", "ERROR()", "toString", "__proto__", "sys.stdout[0]"];
  for (const text of others) assertThrows(() => readLiteral(text, names), NotALiteralError);
});

test("readLiteral() says what it expected, what it found, and where", () => {
  const cases: [text: string, message: string][] = [
    ["os.system('x')", `expected a literal or a name that is known, and found "os.system('x')"`],
    ["(1, 2", `expected "," or ")", and found the end at offset 5`],
    ["{'a' 1}", `expected ":", "," or "}", and found "1}" at offset 5`],
    ["1 + 1", `expected the end, and found "+ 1" at offset 2`],
    ["'\\N{DASH}'", `expected a literal, and found "'\\\\N{DASH}'" at offset 0`],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => readLiteral(text, {}), NotALiteralError, message);
  }
});
