import { percentFormat } from "../../src/text/percent_format.ts";
import { pythonAscii, pythonRepr, pythonStr } from "../../src/text/python_repr.ts";
import { test } from "../test.ts";
import { type Case, Chooser, compare } from "./oracle.ts";
import { number, scalar, text, value } from "./format_values.ts";
import { withoutPython } from "./python.ts";

const skip = withoutPython();

function conversion(choose: Chooser, key: string): string {
  const flags = choose.list(choose.of([0, 0, 1, 1, 2]), () => choose.of("-+ #0")).join("");
  const width = choose.chance(40)
    ? String(choose.int(0, 14))
    : choose.chance(6) && key === ""
    ? "*"
    : "";
  const precision = choose.chance(40)
    ? "." +
      (choose.chance(10) && key === ""
        ? "*"
        : choose.of(["", "0", "1", "2", "3", "5", "10", "17", "30"]))
    : "";
  const modifier = choose.chance(4) ? choose.of("hlL") : "";
  const letter = choose.chance(4) ? choose.of("%yz!é(") : choose.of("srasddiuxXoeEfFgGc");
  return `%${key}${flags}${width}${precision}${modifier}${letter}`;
}

function percentCase(choose: Chooser): Case {
  const literal = () => choose.of(["", " ", "a", "%%", "é 😀", "100%% "]);
  if (choose.chance(25)) {
    const key = () => choose.of(["(a)", "(b)", "(a)", "(x(y)z)", "", "(none)", "()"]);
    const parts = choose.list(choose.int(1, 3), () => literal() + conversion(choose, key()));
    const values = { a: value(choose), b: scalar(choose), "x(y)z": text(choose) };
    return ["percent", parts.join(""), values, false];
  }
  const parts = choose.list(choose.int(0, 3), () => literal() + conversion(choose, ""));
  const broken = choose.chance(3) ? choose.of(["%", "%5", "%(", "%(a", "%.", "%-"]) : "";
  const stars = parts.join("").split("*").length - 1;
  const count = Math.max(0, parts.length + stars + (choose.chance(8) ? choose.int(-1, 1) : 0));
  // With `*` every integer may become a width, and Python takes any: so only small ones.
  const args = choose.list(count, () => {
    if (stars > 0) return choose.chance(70) ? choose.int(-12, 12) : choose.of(["ab", 1.5, null]);
    return choose.chance(55) ? number(choose) : value(choose);
  });
  return ["percent", parts.join("") + literal() + broken, args, true];
}

test("percentFormat() formats and fails as CPython does", () => {
  const choose = new Chooser(20_240_117);
  compare(choose.list(6000, () => percentCase(choose)), percentFormat, {});
}, { skip });

test("percentFormat() takes a value alone as CPython does", () => {
  const choose = new Chooser(3);
  const formats = ["%s", "%r", "no place", "%d", "%s %s", "%%", "%5s|"];
  compare(
    choose.list(300, () => ["percent", choose.of(formats), scalar(choose), false]),
    percentFormat,
  );
}, { skip });

test("percentFormat() rounds floats as CPython does, halves to even", () => {
  const choose = new Chooser(77);
  const cases = choose.list(4000, (): Case => {
    const x = choose.chance(50)
      ? (2 * choose.int(0, 5000) + 1) / 2 ** choose.int(1, 12)
      : choose.int(1, 1e9) * 10 ** choose.int(-30, 30);
    const digits = choose.chance(95) ? choose.int(0, 25) : choose.int(100, 400);
    return ["percent", `%.${digits}${choose.of("efg")}`, [x], true];
  });
  compare(cases, percentFormat);
}, { skip });

test("pythonStr(), pythonRepr() and pythonAscii() spell values as CPython does", () => {
  const choose = new Chooser(11);
  const functions = { str: pythonStr, repr: pythonRepr, ascii: pythonAscii };
  const cases = choose.list(2500, (): Case => [
    "represent",
    value(choose),
    choose.of(["str", "repr", "ascii"]),
  ]);
  compare(cases, (item: unknown, name: keyof typeof functions) => functions[name](item));
}, { skip });
