import { assert, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { PythonObject } from "../../../src/wire/pickle/python_object.ts";
import type { UnpickleOptions } from "../../../src/wire/pickle/unpickle_options.ts";
import { Unpickler } from "../../../src/wire/pickle/unpickler.ts";
import { test } from "../../test.ts";
import { assertSame } from "./same.ts";
import { latin1 } from "./recorded_pickles.ts";

function load(pickle: string, options?: UnpickleOptions): unknown {
  return new Unpickler(options).load(latin1(pickle));
}

function refuses(pickle: string, options?: UnpickleOptions, why = ""): void {
  assertThrows(() => load(pickle, options), UnpicklingError, why, JSON.stringify(pickle));
}

// First the cases of CPython's Lib/test/pickletester.py, by the names of its tests.

// After CPython's test_bad_stack.
test("load() refuses what pops an empty stack", () => {
  const bad = [
    ...[".", "0", "1", "2", "(2", "R", ")R", "a", "Na", "b", "Nb", "d", "e", "(e"],
    ...[
      "ibuiltins\nlist\n",
      "l",
      "o",
      "(o",
      "p1\n",
      "q\x00",
      "r\x00\x00\x00\x00",
      "s",
      "Ns",
      "NNs",
    ],
    ...[
      "t",
      "u",
      "(u",
      "}(Nu",
      "\x81",
      ")\x81",
      "\x85",
      "\x86",
      "N\x86",
      "\x87",
      "N\x87",
      "NN\x87",
    ],
    ...["\x90", "(\x90", "\x91", "\x92", ")}\x92", "\x93", "Vlist\n\x93", "\x94"],
  ];
  for (const globals of ["refuse", "opaque"] as const) {
    for (const pickle of bad) {
      refuses(pickle, { globals });
      refuses(`${pickle}.`, { globals });
    }
  }
});

// After CPython's test_bad_mark.
test("load() refuses what pops a MARK", () => {
  const list = "cbuiltins\nlist\n";
  const error = "cbuiltins\nValueError\n";
  const bad = [
    ...["N(.", "N(2", `${list})(R`, `${list}()R`, "]N(a", `${error})R}(b`, `${error})R(}b`, "(Nd"],
    ...["N(p1\n", "N(q\x00", "N(r\x00\x00\x00\x00", "}NN(s", "}N(Ns", "}(NNs", "}((u"],
    ...[`${list})(\x81`, `${list}()\x81`, "N(\x85", "NN(\x86", "N(N\x86", "NNN(\x87", "NN(N\x87"],
    ...["N(NN\x87", "]((\x90", `${list})}(\x92`, `${list})(}\x92`, `${list}()}\x92`],
    ...["Vbuiltins\n(Vlist\n\x93", "Vbuiltins\nVlist\n(\x93", "N(\x94"],
  ];
  for (const globals of ["refuse", "opaque"] as const) {
    for (const pickle of bad) refuses(pickle, { globals });
  }
});

// After CPython's test_truncated_data.
test("load() refuses what is cut short", () => {
  const bad = [
    ...["", "N", "B", "B\x03\0\0", "B\x03\0\0\0", "B\x03\0\0\0ab", "C", "C\x03", "C\x03ab", "F"],
    ...["F0.0", "F0.00", "G", "G\0\0\0\0\0\0\0", "I", "I0", "J", "J\0\0\0", "K", "L", "L0", "L10"],
    ...["L0L", "L10L", "M", "M\0", "P", "Pabc", "S", "S'abc'", "T", "T\x03\0\0", "T\x03\0\0\0"],
    ...["T\x03\0\0\0ab", "U", "U\x03", "U\x03ab", "V", "Vabc", "X", "X\x03\0\0", "X\x03\0\0\0"],
    ...["X\x03\0\0\0ab", "(c", "(cbuiltins", "(cbuiltins\n", "(cbuiltins\nlist", "Ng", "Ng0"],
    ...["(i", "(ibuiltins", "(ibuiltins\n", "(ibuiltins\nlist", "Nh", "Nj", "Nj\0\0\0", "Np"],
    ...["Np0", "Nq", "Nr", "Nr\0\0\0", "\x80", "\x82", "\x83", "\x84\x01", "\x84", "\x84\x01\0\0"],
    ...["\x8a", "\x8b", "\x8b\0\0\0", "\x8c", "\x8c\x03", "\x8c\x03ab", "\x8d"],
    ...["\x8d\x03\0\0\0\0\0\0", "\x8d\x03\0\0\0\0\0\0\0", "\x8d\x03\0\0\0\0\0\0\0ab", "\x8e"],
    ...["\x8e\x03\0\0\0\0\0\0", "\x8e\x03\0\0\0\0\0\0\0", "\x8e\x03\0\0\0\0\0\0\0ab", "\x96"],
    ...["\x96\x03\0\0\0\0\0\0", "\x96\x03\0\0\0\0\0\0\0", "\x96\x03\0\0\0\0\0\0\0ab", "\x95"],
    ...["\x95\x02\0\0\0\0\0\0", "\x95\x02\0\0\0\0\0\0\0", "\x95\x02\0\0\0\0\0\0\0N"],
  ];
  for (const globals of ["refuse", "opaque"] as const) {
    for (const pickle of bad) refuses(pickle, { globals }, "cut short");
  }
});

// After CPython's test_badly_escaped_string, _quoted_.
test("load() refuses escapes and quotes that are none", () => {
  refuses("S'\\'\n.");
  const bad = [
    "S'\n",
    'S"\n',
    "S' \n",
    'S" \n',
    "S'\"\n",
    "S\"'\n",
    "S' ' \n",
    'S" " \n',
    "S ''\n",
  ];
  for (const pickle of [...bad, 'S ""\n', "S \n", "S\n", "S"]) refuses(`${pickle}.`);
});

// After CPython's test_correctly_quoted_string.
test("load() reads quoted strings", () => {
  assertSame(["S''\n.", 'S""\n.', 'S"\\n"\n.', "S'\\n'\n."].map((s) => load(s)), [
    "",
    "",
    "\n",
    "\n",
  ]);
});

// After CPython's test_negative_put.
test("load() refuses a negative index of the memo", () => {
  refuses("Va\np-1\n.");
  refuses("g-1\n.");
});

// After CPython's test_misc_get.
test("load() refuses an index that nothing is at", () => {
  for (
    const pickle of [
      "g0\np0",
      "jens:",
      "hens:",
      "Np1\ng2\n.",
      "Nr\xff\xff\xff\xffj\xfe\xff\xff\xff.",
    ]
  ) {
    refuses(pickle, {}, "nothing is in the memo");
  }
  assertSame(load("((Kdtp0\nh\x00l.))"), [[100], [100]]);
});

// After CPython's test_get, test_binget, test_long_binget.
test("load() fetches by GET, BINGET and LONG_BINGET", () => {
  for (
    const pickle of [
      "((lp100000\ng100000\nt.",
      "(]q\xffh\xfft.",
      "(]r\x00\x00\x01\x00j\x00\x00\x01\x00t.",
      "(]r\xff\xff\xff\xffj\xff\xff\xff\xfft.",
      "(]\x94h\x00t.",
    ]
  ) {
    const [first, second] = load(pickle) as unknown[];
    assertSame(first, []);
    assertStrictEquals(first, second);
  }
});

// After CPython's test_dup.
test("load() pushes the same once more", () => {
  const [first, second] = load("((l2t.") as unknown[];
  assertSame(first, []);
  assertStrictEquals(first, second);
});

// After CPython's test_constants.
test("load() reads constants", () => {
  assertSame(["N.", "\x88.", "\x89.", "I01\n.", "I00\n."].map((s) => load(s)), [
    null,
    true,
    false,
    true,
    false,
  ]);
});

// After CPython's test_short_binbytes, test_binbytes, _8.
test("load() reads bytes of every length of length", () => {
  const bytes = latin1("\xe2\x82\xac\x00");
  for (
    const length of ["C\x04", "B\x04\0\0\0", "\x8e\x04\0\0\0\0\0\0\0", "\x96\x04\0\0\0\0\0\0\0"]
  ) {
    assertSame(load(`${length}\xe2\x82\xac\x00.`), bytes);
  }
  for (const length of ["\x8c\x04", "X\x04\0\0\0", "\x8d\x04\0\0\0\0\0\0\0"]) {
    assertSame(load(`${length}\xe2\x82\xac\x00.`), "\u20ac\x00");
  }
});

// After CPython's test_large_32b_binbytes8, test_negative_32b_binbytes.
test("load() refuses lengths beyond the end", () => {
  for (const opcode of ["\x8d", "\x8e", "\x96", "\x95"]) {
    refuses(`${opcode}\x04\0\0\0\x01\0\0\0\xe2\x82\xac\x00.`, {}, "cut short");
    refuses(`${opcode}\xff\xff\xff\xff\xff\xff\xff\xff\xe2\x82\xac\x00.`, {}, "cut short");
  }
  for (const opcode of ["B", "X"]) refuses(`${opcode}\xff\xff\xff\xffxyzq\x00.`, {}, "cut short");
  for (const opcode of ["T", "\x8b"]) refuses(`${opcode}\xff\xff\xff\xffxyz.`, {}, "negative");
});

// After CPython's test_frame_readline.
test("load() reads a line within a frame", () => {
  assertSame(load("\x80\x04\x95\x05\0\0\0\0\0\0\0I42\n."), 42);
});

// After CPython's test_maxint64.
test("load() reads 64-bit integers as text", () => {
  assertSame(load("I9223372036854775807\n."), 2n ** 63n - 1n);
  refuses("I9223372036854775807JUNK\n.");
});

// After CPython's test_load_python2_str_as_bytes.
test("load() reads Python 2's byte strings in the encoding given", () => {
  const spellings = [
    "S'a\\x00\\xa0'\n.",
    "U\x03a\x00\xa0.",
    "\x80\x02U\x03a\x00\xa0.",
    "T\x03\0\0\0a\x00\xa0.",
  ];
  for (const pickle of spellings) {
    assertSame(load(pickle, { encoding: "bytes" }), latin1("a\x00\xa0"));
    assertSame(load(pickle, { encoding: "latin1" }), "a\x00\xa0");
    assertSame(load(pickle, { encoding: "utf-8-or-latin1" }), "a\x00\xa0");
    refuses(pickle, {}, "not ASCII");
    refuses(pickle, { encoding: "utf-8" }, "no UTF-8");
  }
  assertSame(load("U\x03caf."), "caf");
  assertSame(load("U\x03f\xc3\xa9.", { encoding: "utf-8" }), "fé");
  assertSame(load("U\x03f\xc3\xa9.", { encoding: "utf-8-or-latin1" }), "fé");
  assertSame(load("U\x01\x80.", { encoding: "latin1" }), "\x80");
  assertSame(
    load("T\x2c\x01\0\0" + "x".repeat(300) + ".", { encoding: "bytes" }),
    latin1("x".repeat(300)),
  );
});

// After CPython's test_load_python2_unicode_as_str.
test("load() reads Python 2's unicode as text in any encoding", () => {
  for (const pickle of ["V\\u03c0\n.", "X\x02\0\0\0\xcf\x80.", "\x80\x02X\x02\0\0\0\xcf\x80."]) {
    assertSame(load(pickle, { encoding: "bytes" }), "π");
  }
});

// Further spellings of values.

test("load() reads the spellings of protocol 1", () => {
  assertSame(load("(I01\nL140735123456789L\nJ\xff\xff\xff\x7fM\x01\x02K\x05t."), [
    true,
    140735123456789,
    2147483647,
    513,
    5,
  ]);
  assertSame(
    load("c_codecs\nencode\n(X\x03\0\0\0a\xc3\xa9X\x06\0\0\0latin1tR."),
    latin1("a\xe9"),
  );
  assertSame(load("c__builtin__\nset\n(](K\x01K\x02K\x01etR."), new Set([1, 2]));
  assertSame(load("c__builtin__\nfrozenset\n((K\x01ltR."), new Set([1]));
  assertSame(load("c__builtin__\nbytes\n)R."), new Uint8Array(0));
  assertSame(load("c__builtin__\nbytearray\n(X\x01\0\0\0aX\x07\0\0\0latin-1tR."), latin1("a"));
});

test("load() keeps lone surrogates and U+FEFF, and refuses other invalid UTF-8", () => {
  assertSame(load("X\x03\0\0\0\xed\xa0\x80."), "\ud800");
  assertSame(load("X\x05\0\0\0a\xed\xbf\xbfb."), "a\udfffb");
  assertSame(load("X\x04\0\0\0\xef\xbb\xbfa."), "\ufeffa");
  assertSame(load("\x8c\x04\xf0\x9f\x98\x80."), "😀");
  for (
    const bad of [
      "\x80",
      "\xc0\x80",
      "\xe0\x80\x80",
      "\xf4\x90\x80\x80",
      "\xff",
      "\xed\xa0",
      "\xc3(",
    ]
  ) {
    refuses(`\x8c${String.fromCharCode(bad.length)}${bad}.`, {}, "no UTF-8");
  }
});

test("load() compares keys as Python does", () => {
  assertSame(load("(K\x01Va\nG\x3f\xf0\0\0\0\0\0\0Vb\nI01\nVc\nd."), new Map([[1, "c"]]));
  assertSame(load("(I01\nVa\nK\x01Vb\nd."), new Map([[true, "b"]]));
  assertSame(
    load("(V1\nVa\nK\x01Vb\nC\x011Vc\nd."),
    new Map<unknown, unknown>([["1", "a"], [1, "b"], [latin1("1"), "c"]]),
  );
  assertSame(load("((K\x01K\x02tVa\n(K\x01G\x40\0\0\0\0\0\0\0tVb\nd."), new Map([[[1, 2], "b"]]));
  for (const key of ["]", "}", "\x8f", "\x96\0\0\0\0\0\0\0\0", "(]t"]) {
    refuses(`}${key}Ns.`, {}, "unhashable");
    refuses(`\x8f(${key}\x90.`, {}, "unhashable");
    refuses(`(${key}\x91.`, {}, "unhashable");
  }
});

test("load() keeps shared and cyclic values", () => {
  const list = load("]q\x00h\x00a.") as unknown[];
  assertStrictEquals(list[0], list);
  const dict = load("}q\x00X\x01\0\0\0ah\x00s.") as { a: unknown };
  assertStrictEquals(dict.a, dict);
  // t = ([],); t[0].append(t), as pickle.dumps(t, 1) spells it.
  const tuple = load("(]q\x00(h\x00tq\x01a1h\x01.") as unknown[][];
  assertStrictEquals(tuple[0]![0], tuple);
  const set = load("\x8f\x94(K\x01\x90]h\x00a0h\x00.");
  assertSame(set, new Set([1]));
});

test("load() ignores what follows STOP, and refuses a later protocol", () => {
  assertSame(load("N.garbage"), null);
  assertSame(load("\x80\x05N."), null);
  refuses("\x80\x06N.", {}, "protocol 6");
});

// Values.

test("load() makes an object of a dict whose keys are all str, and else a Map", () => {
  assertSame(load("}."), {});
  assertSame(load("(Va\nK\x01Vb\nK\x02d."), { a: 1, b: 2 });
  assertSame(load("}(Va\nK\x01Va\nK\x02u."), { a: 2 });
  assertSame(load("}(Va\nK\x01K\x05K\x02u."), new Map<unknown, unknown>([["a", 1], [5, 2]]));
  assertSame(load("}NNs."), new Map([[null, null]]));
});

test("load() makes __proto__ and similar names own keys", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const dict = load(`}(${names.map((name) => `V${name}\nK\x01`).join("")}u.`) as object;
  assertSame(Object.keys(dict), names);
  assertStrictEquals(Object.getPrototypeOf(dict), Object.prototype);
  assertSame(Object.getOwnPropertyDescriptor(dict, "__proto__"), {
    value: 1,
    writable: true,
    enumerable: true,
    configurable: true,
  });
});

test("load() replaces a dict that becomes a Map wherever it is referred to", () => {
  // d = {"self": [d]}, then d[1] = d
  const map = load("}q\x00Vself\n]h\x00as(K\x01h\x00u.") as Map<unknown, unknown>;
  assertInstanceOf(map, Map);
  assertStrictEquals((map.get("self") as unknown[])[0], map);
  assertStrictEquals(map.get(1), map);
  const [first, second] = load("(}q\x00h\x00K\x01K\x02st.") as unknown[];
  assertSame(first, new Map([[1, 2]]));
  assertStrictEquals(first, second);
  assertSame(load("}2K\x01K\x02s0."), new Map([[1, 2]]));
  const again = load("}q\x00h\x00K\x01Ns0h\x00K\x02Ns.") as Map<unknown, unknown>;
  assertSame([...again.keys()], [1, 2]);
  const held = load("(}q\x00cm\nC\n)\x81h\x00bh\x00K\x01Nst.", { globals: "opaque" }) as unknown[];
  assertStrictEquals((held[1] as PythonObject).state, held[0]);
  assertInstanceOf(held[0], Map);
});

test("load() reads every spelling of integers", () => {
  const cases: [string, number | bigint][] = [
    ...[["I-5\n", -5], ["I 1_000 \n", 1000], ["I+7\n", 7], ["L12L\n", 12], [
      "L-12\n",
      -12,
    ]] as const,
    ...[["L9007199254740991L\n", 2 ** 53 - 1], ["L9007199254740992L\n", 2n ** 53n]] as const,
    ...[["J\xff\xff\xff\xff", -1], ["J\0\0\0\x80", -(2 ** 31)], ["K\xff", 255]] as const,
    ...[["M\xff\xff", 65535], ["\x8a\0", 0], ["\x8a\x01\xff", -1], [
      "\x8a\x02\xff\0",
      255,
    ]] as const,
    ...[["\x8a\x08\0\0\0\0\0\0\0\x80", -(2n ** 63n)], ["\x8b\x01\0\0\0\x7f", 127]] as const,
    ...[["L-0L\n", 0], ["I-0\n", 0], ["I010\n", 10]] as const,
  ].map(([pickle, value]) => [pickle, value]);
  for (const [pickle, value] of cases) assertStrictEquals(load(`${pickle}.`), value, pickle);
  for (
    const text of ["", " ", "x", "1 2", "_1", "1_", "1__0", "--1", "0x10", "1.0", "1e3", "L", "1LL"]
  ) {
    refuses(`I${text}\n.`);
    refuses(`L${text}\n.`);
  }
});

test("load() refuses integer text of more than 4,300 digits, as CPython does", () => {
  assertSame(load(`L${"9".repeat(4300)}L\n.`), 10n ** 4300n - 1n);
  assertSame(load(`I-${"9".repeat(4300)}\n.`), 1n - 10n ** 4300n);
  refuses(`L${"9".repeat(4301)}L\n.`, {}, "4300");
  refuses(`I${"0".repeat(5000)}\n.`, {}, "4300");
  refuses(`I${" ".repeat(1_000_000)}1\n.`);
});

test("load() reads every spelling of floats", () => {
  const cases: [string, number][] = [
    ...[["F1.5\n", 1.5], ["F-0.0\n", -0], ["F1e+300\n", 1e300], ["F.5\n", 0.5]] as const,
    ...[["F5.\n", 5], ["Finf\n", Infinity], ["F-inf\n", -Infinity], ["Fnan\n", NaN]] as const,
    ...[["F-Infinity\n", -Infinity], ["G\x3f\xf8\0\0\0\0\0\0", 1.5]] as const,
    ...[["G\x7f\xf0\0\0\0\0\0\0", Infinity], ["G\x7f\xf8\0\0\0\0\0\0", NaN]] as const,
  ].map(([pickle, value]) => [pickle, value]);
  for (const [pickle, value] of cases) assert(Object.is(load(`${pickle}.`), value), pickle);
  for (
    const text of ["", ".", " 1.0", "1.0 ", "1_0.0", "0x1p3", "1e", "1e999", "e5", "infin", "1.5.2"]
  ) {
    refuses(`F${text}\n.`);
  }
  refuses(`F${"1".repeat(200_000)}x\n.`);
});

test("load() copies bytes, even those of a Buffer", () => {
  const input = latin1("C\x02ab.");
  const value = new Unpickler().load(input) as Uint8Array;
  input.fill(0);
  assertSame(value, latin1("ab"));
  class Sub extends Uint8Array {
    override slice(): never {
      throw new Error("must not be called");
    }
  }
  const loaded = new Unpickler().load(Sub.from(latin1("C\x02ab."))) as Uint8Array;
  assertStrictEquals(Object.getPrototypeOf(loaded), Uint8Array.prototype);
  const shared = new Uint8Array(new SharedArrayBuffer(20));
  shared.set(latin1("\x8c\x08sp\xc3\xa4m\xe2\x82\xac."));
  assertSame(new Unpickler().load(shared), "späm€");
});

test("load() can be called again, even after an error", () => {
  const unpickler = new Unpickler({ globals: "opaque" });
  for (let i = 0; i < 3; i++) {
    assertThrows(() => unpickler.load(latin1("((}q\x00K\x01K\x02s(N\x8fo")), UnpicklingError);
    assertThrows(() => unpickler.load(latin1("h\x00.")), UnpicklingError, "nothing is in the memo");
    assertThrows(() => unpickler.load(latin1("1.")), UnpicklingError, "MARK");
    assertSame(unpickler.load(latin1("(K\x01Nd.")), new Map([[1, null]]));
  }
});

// Objects that are more than data.

test("load() refuses everything that is more than data", () => {
  const bad = [
    ...["cos\nsystem\n(S'true'\ntR.", "\x8c\x02os\x8c\x06system\x93(\x8c\x04truetR.", "cm\nC\n."],
    ...["(S'true'\nios\nsystem\n.", "(cos\nsystem\nS'true'\no.", "cm\nC\n)\x81.", "cm\nC\n)}\x92."],
    ...[
      "\x82\x01.",
      "\x83\x01\x02.",
      "\x84\x01\0\0\0.",
      "Pid\n.",
      "K\x01Q.",
      "clogging\ngetLogger\n(VA\ntR.",
    ],
    ...["c__builtin__\neval\n(V1\ntR.", "c__builtin__\nlist\n)R.", "c__builtin__\nset\n)\x81."],
    ...[
      "cbuiltins\ngetattr\n(cbuiltins\nset\nVpop\ntR.",
      "(i__builtin__\nset\n.",
      "ccodecs\nencode\n.",
    ],
  ];
  for (const pickle of bad) refuses(pickle, {}, "more than data");
  for (
    const pickle of ["N}b.", "]}b.", "}}b.", "N)R.", "])R.", "K\x01)\x81.", "\x97.", "C\x01a\x98."]
  ) {
    refuses(pickle);
    refuses(pickle, { globals: "opaque" });
  }
});

test("load() refuses a known global that is called with other arguments", () => {
  const set = "c__builtin__\nset\n";
  const encode = "c_codecs\nencode\n";
  const bytes = "c__builtin__\nbytes\n";
  const bytearray = "cbuiltins\nbytearray\n";
  const bad = [
    ...[`${set}.`, `]${set}a.`, `${set}q\x000h\x00.`, `${set}2R.`, `(${set}t.`, `}Va\n${set}s.`],
    ...[
      `${set}(K\x05tR.`,
      `${set}(]]tR.`,
      `${set}}R.`,
      `${set}]R.`,
      `${set}(](${set}etR.`,
      `${set}}b)R.`,
    ],
    ...[`${encode}(Va\ntR.`, `${encode}(Va\nVutf-8\ntR.`, `${encode}(K\x01Vlatin1\ntR.`],
    ...[`${encode}(V\\u20ac\nVlatin1\ntR.`, `${bytes}(K\x05tR.`, `${bytes}(](M\x00\x01etR.`],
    ...[`${bytearray}(K\x05tR.`, `${bytearray}(Va\nVutf-8\ntR.`, `${bytearray}(Va\ntR.`],
  ];
  for (const pickle of bad) refuses(pickle);
  assertSame(load(`${set}0N.`), null);
  assertSame(load(`(${set}1N.`), null);
  assertSame(load(`${set}q\x00)R0h\x00)R.`), new Set());
});

function opaque(pickle: string): PythonObject {
  const object = load(pickle, { globals: "opaque" });
  assertInstanceOf(object, PythonObject);
  return object;
}

test("load() with opaque globals describes classes and calls", () => {
  assertSame(opaque("cm\nC\n."), new PythonObject("m", "C", null));
  const made = new PythonObject("m", "C", [1, "a"]);
  for (
    const pickle of [
      ...["cm\nC\n(K\x01Va\ntR.", "\x8c\x01m\x8c\x01C\x93(K\x01Va\nt\x81.", "(K\x01Va\nim\nC\n."],
      ...["(cm\nC\nK\x01Va\no.", "\x8c\x01m\x8c\x01C\x93K\x01\x8c\x01a\x86R."],
    ]
  ) {
    assertSame(opaque(pickle), made);
  }
  const kwargs = new PythonObject("m", "C", [1], { eggs: 7 });
  assertSame(opaque("cm\nC\n(K\x01t}Veggs\nK\x07s\x92."), kwargs);
});

test("load() with opaque globals collects state, items and entries", () => {
  const object = opaque("cm\nC\n)R(K\x01K\x02eK\x03a(Va\nK\x04K\x05K\x06u(K\x07\x90}Vb\nK\x08sb.");
  assertSame(object.items, [1, 2, 3, 7]);
  assertSame(object.entries, [["a", 4], [5, 6]]);
  assertSame(object.state, { b: 8 });
});

test("load() with opaque globals describes persistent ids and extensions", () => {
  assertSame(opaque("Pid 1\n."), new PythonObject("pickle", "persistent_load", ["id 1"]));
  assertSame(opaque("K\x01Q."), new PythonObject("pickle", "persistent_load", [1]));
  for (const pickle of ["\x82\x05.", "\x83\x05\0.", "\x84\x05\0\0\0."]) {
    assertSame(opaque(pickle), new PythonObject("copyreg", "extension", [5]));
  }
  for (const pickle of ["\x82\0.", "\x83\0\0.", "\x84\0\0\0\0.", "\x84\xff\xff\xff\xff."]) {
    refuses(pickle, { globals: "opaque" });
  }
});

test("load() with opaque globals still makes plain data of known globals", () => {
  const options: UnpickleOptions = { globals: "opaque" };
  assertSame(load("c__builtin__\nset\n(](K\x01etR.", options), new Set([1]));
  assertSame(load("c__builtin__\nset\n.", options), new PythonObject("__builtin__", "set", null));
  assertSame(
    load("c__builtin__\nset\n(K\x05tR.", options),
    new PythonObject("__builtin__", "set", [5]),
  );
});

test("load() accepts opaque objects as keys, equal to themselves", () => {
  const map = load("}(cm\nC\n)Rq\x00K\x01cm\nC\n)RK\x02h\x00K\x03(h\x00K\x01tK\x04u.", {
    globals: "opaque",
  }) as Map<unknown, unknown>;
  assertSame([...map.values()], [3, 2, 4]);
});

// The caller.

test("load() throws a TypeError for a value that is no Uint8Array", () => {
  for (const bytes of [null, undefined, "N.", [78, 46], new ArrayBuffer(2), new Int8Array(2), {}]) {
    assertThrows(
      () => new Unpickler().load(bytes as never),
      TypeError,
      "'bytes' must be a Uint8Array",
    );
  }
});

test("load() names the position of the error", () => {
  const error = assertThrows(() => load("]K\x01ax."), UnpicklingError);
  assertSame(error.message, "Cannot unpickle as there is no opcode 0x78 (at byte 5 of 6)");
});
