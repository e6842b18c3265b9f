import { assertEquals } from "@std/assert";
import { pythonLiteral } from "../../src/wire/_python_literal.ts";
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
    ...["'a", "'a' 'b'", "nan", "{1: }", "[1,,2]", "Nonesense", "(1,) 2", "1.5.5"],
    ...["'\\U00110000'", "[".repeat(1000), "[".repeat(1000) + "]".repeat(1000)],
  ];
  for (const text of others) assertEquals(pythonLiteral(text), undefined, text.slice(0, 30));
});
