import { assertEquals } from "@std/assert";
import { jsonText } from "../../../src/text/json_text.ts";
import { pythonRepr, pythonStr } from "../../../src/text/python_repr.ts";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import { test } from "../../test.ts";

const made = (name: string, args: unknown[] | null) => new PythonObject("app", name, args);
const texts = (value: unknown) => [String(value), pythonStr(value), pythonRepr(value)];

test("an object that is pickled as a class and its arguments has the text of that call", () => {
  const expected: [PythonObject, string][] = [
    [made("Color", [1]), "Color(1)"],
    [made("Color", ["it's"]), `Color("it's")`],
    [made("Outer.Color", [made("Color", [1])]), "Color(Color(1))"],
    [made("Point", [3, 4.5]), "Point(3, 4.5)"],
    [made("Farbe", [null, true]), "Farbe(None, True)"],
  ];
  for (const [value, text] of expected) {
    assertEquals([...texts(value), JSON.parse(jsonText(value))], [text, text, text, text]);
  }
  const inner = made("Point", [[1, "a"], { k: made("Color", [1]) }]);
  assertEquals(pythonStr(inner), "Point([1, 'a'], {'k': Color(1)})");
});

test("an object with other parts, a class and a call of a function stay inert", () => {
  const withState = made("Spam", [1]);
  withState.state = { a: 1 };
  const keywords = new PythonObject("app", "Spam", [1], { a: 1 });
  for (
    const value of [
      ...[withState, keywords, made("Spam", []), made("Spam", null), made("spam", [1])],
      ...[made("Sp\x1bam", [1]), made("S".repeat(200), [1])],
    ]
  ) {
    const inert = `<Python object app.${value.name}>`;
    assertEquals(texts(value), [inert, inert, inert]);
  }
});
