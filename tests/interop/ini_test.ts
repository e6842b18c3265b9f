/** Texts and literals, fixed and random, read by CPython's configparser and eval(), and by us. */
import { assert, assertEquals } from "@std/assert";
import { IniError } from "../../src/config/_ini_error.ts";
import { IniFile } from "../../src/config/_ini_file.ts";
import { DEFAULT_SECTION, parseIni } from "../../src/config/_ini_parser.ts";
import { pythonLiteral } from "../../src/text/python_literal.ts";
import { roundsOf } from "../long_form.ts";
import { test } from "../test.ts";
import { askPython, Chooser, withoutConfigParser } from "./oracle.ts";

/** A text and the defaults of its options. */
type File = [text: string, defaults: Record<string, unknown>];

interface Outcomes {
  readonly files: unknown[];
  readonly literals: unknown[];
}

const ask = (files: File[], literals: string[]) =>
  askPython("ini_oracle.py", { files, literals }) as Outcomes;

/** The result of `get`, or the name of Python's error. */
function attempt<Result>(get: () => Result): Result | { error: string } {
  try {
    return get();
  } catch (error) {
    if (error instanceof IniError) return { error: error.name };
    throw error;
  }
}

/** Every section with its options, as they stand and interpolated. */
function read([text, defaults]: File): unknown {
  const file = new IniFile(text, defaults);
  const sections = parseIni(text);
  const shared = [
    ...Object.keys(defaults).map((name) => name.toLowerCase()),
    ...sections.get(DEFAULT_SECTION)!.keys(),
  ];
  return Object.fromEntries([...sections].map(([section, own]) => {
    const names = new Set([...own.keys(), ...shared]);
    const values = [...names].map((option) => [
      option,
      [file.raw(section, option), attempt(() => file.get(section, option))],
    ]);
    return [section, Object.fromEntries(values)];
  }));
}

function compareFiles(files: File[]): unknown[] {
  const expected = ask(files, []).files;
  files.forEach((file, at) => {
    assertEquals(attempt(() => read(file)), expected[at], JSON.stringify(file));
  });
  return expected;
}

/** Each fragment of the grammar, and what stands near its limits. */
const fixed: string[] = [
  "",
  "[a]",
  "[a]\n",
  "k = v",
  "\n# comment\nk=v",
  "[a]\nk = v\n  more\n\n  and more\n\n\n[b]\nk: v",
  "[a]\nk = v\n\n# comment\n  ; comment\n  more",
  "[a]\nk = v ; kept # too",
  "[a]\nK = 1\nk = 2",
  "[a]\n[a]",
  "[DEFAULT]\nk=1\n[a]\n[DEFAULT]\nj=%(k)s",
  "[DEFAULT]\nk=1\n[DEFAULT]\nk=1",
  "[a]\nno value",
  "[a]\n= no name\n  more\n: no name",
  "[a]\n= no name",
  "[a]\nwrong\n  k=v\n    l=w",
  "[a]\nk=v\n wrong\nwrong",
  "[a]\n  k=v\n  l=w\n    more\n k2=v",
  "[a]b]c\nk=v",
  "[]\n",
  "[]=x",
  "[a]\n[]=x\n[b = c",
  "  [a]\n  k=v\n   [b]",
  "[a]\r\nk = v\r\n  more\r\n\r\nl = w\r\n",
  "[a]\nk = one\rtwo",
  "\ufeff[a]\nk=v",
  "[a]\n\x85k\xa0=\u2003v\x1c\n\x1f more",
  "[a]\nk=\n  only\n  below",
  "[a]\nk=%(j)s%%%(J)s\nj=%(i)s!\ni=%%",
  "[a]\nk=%(j)s\n[b]\nj=1",
  "[a]\nk=%",
  "[a]\nk=%x",
  "[a]\nk=%(j",
  "[a]\nk=%()s",
  "[a]\nk=%(j)d\nj=1",
  "[a]\nk=%(\n j)s\nj=1",
  "[a]\nk=%(k)s",
  "[a]\nk=%(l)s\nl=%(k)s",
  "[a]\n" + Array.from({ length: 12 }, (_, at) => `k${at}=%(k${at + 1})s`).join("\n") + "\nk12=x",
  "[a]\n[b]\n[__proto__]\n__proto__=1\nconstructor=%(__proto__)s",
  "[loggers]\nkeys=root\n\n[formatter_f]\nformat=%(levelname)s %(message)s",
];

test("a file in ConfigParser's grammar is read as CPython reads it", () => {
  const defaults = { Host: "%(port)s", port: 9020, flag: true, none: ["a", { b: null }] };
  const files: File[] = fixed.flatMap((text): File[] => [[text, {}], [text, defaults]]);
  const errors = compareFiles(files).map((found) => (found as { error?: string }).error);
  for (const name of ["Parsing", "DuplicateSection", "DuplicateOption", "MissingSectionHeader"]) {
    assert(errors.includes(`${name}Error`), name);
  }
}, { skip: withoutConfigParser() });

const pieces: readonly string[] = [
  ..."ab=:%()[]#;".split(""),
  ..." ,  ,\t,\n,\n,\n,\r\n,\x0b,\x1e,\x85,\u2028,\ufeff,é,%%,%(a)s,%(b)s,%(A)s,a=,b:".split(","),
  ..."[a],[b],[DEFAULT],\n[a]\n,\n[b]\n,\nA=,\nb = ,\n  ,\n# ,\n  ; ".split(","),
];

test("random texts in ConfigParser's grammar are read as CPython reads them", () => {
  const choose = new Chooser(5);
  const text = () => choose.list(choose.int(1, 25), () => choose.of(pieces)).join("");
  const files = choose.list(roundsOf(4500), (): File => {
    const start = choose.of(["", "[a]\n", "[a]\n", "[x]\na=1\nb=2\n"]);
    return [start + text(), choose.chance(30) ? { a: "%(b)s", B: "x" } : {}];
  });
  const read = compareFiles(files).filter((found) => !("error" in (found as object)));
  assert(read.length > files.length / 7, `${read.length} of ${files.length} were read`);
}, { skip: withoutConfigParser() });

/** A value as the oracle writes it; lists are tuples, too. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Set) return { set: value.size };
  if (value instanceof Map) return { dict: [...value].map((entry) => entry.map(plain)) };
  if (typeof value === "bigint") return { int: String(value) };
  if (value === Infinity || value === -Infinity) {
    return { float: String(value).replace("inity", "").toLowerCase() };
  }
  if (typeof value !== "object" || value === null) return value;
  return { dict: Object.entries(value).map(([key, item]) => [key, plain(item)]) };
}

const literals: string[] = [
  ..."() (1,) (1) 1, 1,2 [] {} [1,[2,(3,)]] tuple() list() dict() set() tuple( )".split(" "),
  ..."0 -0 +7 --7 007 00 1_000 1__0 _1 1_ 0x1F 0o17 0b101 0x_f 0xg 12345678901234567890".split(" "),
  ..."1.5 .5 5. 1e5 1e-05 1.5E+3 -1.5 -0.0 1.e3 1e999 1.5.5 1j 0xp1 1_0.0_1e1_0".split(" "),
  ..."None True False none Nonesense ... {1,2} {1:2} {1:2,} {'a':1,'b':{'c':()}} {,} (,)".split(
    " ",
  ),
  ..."'a' \"a\" u'a' b'a' r'\\n' br'\\n' Rb'\\n' ur'a' bb'a' f'a' 'a'b'b' b'a'b'b'".split(" "),
  ..."'\\x41' '\\x4' '\\u20ac' '\\u20a' '\\U0001f600' '\\U00110000' '\\101' '\\q' b'\\u20ac'".split(
    " ",
  ),
  ..."b'\\xff' b'\\x4' b'é' 'é' '\\'' '\\\\' 'a 'a\\ (1)(2) (1)[0] 1+1 1if'a'else'b' a.b".split(
    " ",
  ),
  ...["'a' 'b'", "('a'\n'b')", "'a'\n'b'", "1\n", "\n1", "1\n2", "(1, # one\n2)", "1 # one", ""],
  ...["'''a\nb'''", '"""a"b"""', "''''a'''", "'a\\\nb'", "'a\nb'", "(1,\n\n2)", "1 ,\n", "1,\n2"],
  ...["open('x')", "__import__('os')", "lambda: 1", "[x for x in ()]", "sys.stdout", "'%s' % 1"],
  ...["(", "(1", "(1 2)", "[1,,2]", "{1: }", "{1: 2 3}", "{'a'", "1 2", "'a', 'b'", " 1 ", "\t1"],
];

/** Evaluated by eval(), and refused here, as they compute something. */
const computed = ["1+1", "1if'a'else'b'", "lambda: 1", "[x for x in ()]", "'%s' % 1", "(1)[0]"];

/** Compares values; returns the number of literals. */
function compareLiterals(texts: string[]): number {
  const expected = ask([], texts).literals as ({ value: unknown } | null)[];
  return texts.filter((text, at) => {
    const found = pythonLiteral(text);
    const ours = found === undefined ? null : { value: plain(found.value) };
    const python = JSON.parse(
      JSON.stringify(expected[at]),
      (key, value) => key === "set" ? value.length : value,
    );
    assertEquals(ours, python, JSON.stringify(text));
    return found !== undefined;
  }).length;
}

test("a Python literal has the value that Python gives it, and nothing else has any", () => {
  const other = ["open('x')", "__import__('os')", "...", "1j", "f'a'", ...computed];
  for (const text of other) assertEquals(pythonLiteral(text), undefined, text);
  compareLiterals(literals.filter((text) => !other.includes(text)));
}, { skip: withoutConfigParser() });

const bits: readonly string[] = [
  ..."( ) [ ] ( ) [ ] , , , : ' \" ' \\ # 1 2 0 . - + _ e x a b r".split(" "),
  ..."'a' 'b' 12 1.5 None True b'x' u'y' 0x1f '\\n' '\\x41' '\\u0041' ''' (1,) [2] {'k':3}".split(
    " ",
  ),
  ...[" ", " ", "\n", "'a',", "1,", "'k': "],
];

test("random texts are read as literals only where Python gives them the same value", () => {
  const choose = new Chooser(8);
  const texts = choose.list(
    roundsOf(4500),
    () => choose.list(choose.int(1, 8), () => choose.of(bits)).join("").trim(),
  );
  const expected = ask([], texts).literals as ({ value: unknown } | null)[];
  let both = 0;
  texts.forEach((text, at) => {
    const found = pythonLiteral(text);
    if (found === undefined) return;
    const python = JSON.parse(
      JSON.stringify(expected[at]),
      (key, value) => key === "set" ? value.length : value,
    );
    assertEquals({ value: plain(found.value) }, python, JSON.stringify(text));
    both++;
  });
  assert(both > texts.length / 20, `${both} of ${texts.length} are literals`);
}, { skip: withoutConfigParser() });
