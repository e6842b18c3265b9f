import { assertEquals, assertThrows } from "@std/assert";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { Budget, DEFAULT_LIMITS } from "../../../src/wire/pickle/limits.ts";
import { loads, type UnpickleLimits } from "../../../src/wire/pickle/pickle.ts";
import { test } from "../../test.ts";
import { latin1 } from "./recorded_pickles.ts";

function overruns(limit: keyof UnpickleLimits, pickle: string, limits?: UnpickleLimits): void {
  assertThrows(() => loads(latin1(pickle), limits), UnpicklingError, `'${limit}'`);
}

test("Budget throws when more is spent than it has", () => {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxContainers: 2, maxItems: 3, maxBytes: 4 });
  for (let i = 0; i < 2; i++) {
    budget.spendContainers(2);
    budget.spendItems(3);
    budget.spendCopy(4);
    assertEquals(budget.containers, 2);
    assertThrows(() => budget.spendContainers(1), UnpicklingError, "'maxContainers', which is 2");
    assertThrows(() => budget.spendItems(1), UnpicklingError, "'maxItems', which is 3");
    assertThrows(() => budget.spendCopy(1), UnpicklingError, "'maxBytes', which is 4");
    budget.reset();
  }
});

test("loads() enforces each limit exactly", () => {
  const cases: [keyof UnpickleLimits, string, number][] = [
    ["maxBytes", "(K\x01K\x02t.", 7],
    ["maxDepth", "]]]aa.", 3],
    ["maxDepth", "N\x85\x85\x85.", 3],
    ["maxDepth", "]q\0]q\x01h\0a0]h\x01a.", 3],
    ["maxMemo", "(Va\np0\nVb\np1\nVc\np1\nt.", 2],
    ["maxContainers", "(]})\x8fC\0t.", 6],
    ["maxContainers", "}(NN\x86tNs.", 6],
    ["maxItems", "(](NNeNNt.", 5],
    ["maxItems", "}(K\x01NK\x02Nu.", 4],
    ["maxFarKeys", "}(J\0\0\0\x01NJ\0\0\0\x01NK\x01Nu.", 2],
    ["maxStringBytes", "X\x04\0\0\0abcd.", 4],
    ["maxStringBytes", "C\x04abcd.", 4],
    ["maxStringBytes", "U\x04abcd.", 4],
    ["maxStringBytes", "S'ab'\n.", 4],
    ["maxIntegerBytes", "\x8a\x04abcd.", 4],
    ["maxIntegerBytes", "\x8b\x04\0\0\0abcd.", 4],
  ];
  for (const [name, pickle, enough] of cases) {
    const roomy = { maxDepth: 100 };
    loads(latin1(pickle), { ...roomy, [name]: enough });
    overruns(name, pickle, { ...roomy, [name]: enough - 1 });
  }
});

test("loads() refuses a value 100,000 deep, by whatever opcodes", () => {
  const n = 100_000;
  const spellings = [
    "]".repeat(n) + "a".repeat(n - 1),
    "(".repeat(n) + "l".repeat(n),
    "(".repeat(n) + "t".repeat(n),
    "N" + "\x85".repeat(n),
    "}".repeat(n).replaceAll("}", "}K\x01") + "N" + "s".repeat(n),
    "(".repeat(n) + "\x91".repeat(n),
    "]q\0" + "]h\0aq\0".repeat(n),
    ")".repeat(n).replaceAll(")", "cm\nC\n") + ")" + "R\x85".repeat(n),
  ];
  for (const pickle of spellings) {
    for (const globals of ["refuse", "opaque"] as const) {
      assertThrows(() => loads(latin1(`${pickle}.`), { globals }), UnpicklingError);
    }
  }
  const roomy = { maxDepth: Infinity };
  for (const pickle of spellings.slice(0, 4)) loads(latin1(`${pickle}.`), roomy);
});

test("loads() allocates nothing for a claimed length or index", () => {
  const huge = "\xff\xff\xff\x7f";
  for (const opcode of ["B", "X", "T"]) overrunsOrCut(`${opcode}${huge}abc.`);
  for (const opcode of ["\x8d", "\x8e", "\x96", "\x95"]) {
    overrunsOrCut(`${opcode}${huge}\0\0\0\0abc.`);
  }
  overruns("maxIntegerBytes", `\x8b${huge}abc.`);
  assertEquals(loads(latin1("Nr\xff\xff\xff\xffr\xfe\xff\xff\xffp4294967295000\n.")), null);
});

function overrunsOrCut(pickle: string): void {
  assertThrows(() => loads(latin1(pickle)), UnpicklingError, "cut short");
}

test("loads() counts a value once, however often it is referred to", () => {
  // A list of lists of lists: 2^40 leaves by 40 references.
  let laughs = "]q\0";
  for (let i = 1; i <= 40; i++) laughs += `](h${chr(i - 1)}h${chr(i - 1)}eq${chr(i)}`;
  const limits = { maxContainers: 41, maxItems: 80 };
  loads(latin1(`${laughs}.`), limits);
  // The same of tuples, as a key.
  let key = ")q\0";
  for (let i = 1; i <= 40; i++) key += `h${chr(i - 1)}\x86q${chr(i)}`;
  const map = loads(latin1(`})${key.slice(1)}Ns.`)) as Map<unknown, unknown>;
  assertEquals(map.size, 1);
});

function chr(code: number): string {
  return String.fromCharCode(code);
}

test("loads() refuses a pickle that copies one long value again and again", () => {
  const items = `](${"K\x01".repeat(50_000)}eq\x01`;
  const sets = `${items}(${"c__builtin__\nset\nh\x01\x85R0".repeat(1000)}N.`;
  overruns("maxItems", sets);
  const text = `X\0\0\x01\0${"x".repeat(65536)}q\x01`;
  const bytes = `${text}(${"c_codecs\nencode\nh\x01Vlatin1\n\x86R0".repeat(1000)}N.`;
  overruns("maxBytes", bytes, { maxBytes: 1 << 21 });
  const failing = `](${"K\x01".repeat(50_000)}J\xff\xff\xff\xffeq\x01`;
  const refused = `${failing}(${"c__builtin__\nbytes\nh\x01\x85R0".repeat(1000)}N.`;
  assertThrows(
    () => loads(latin1(refused), { globals: "opaque", maxBytes: 1 << 21 }),
    UnpicklingError,
  );
  const calls = `${items}0(cm\nf\nq\x02${"h\x02h\x01\x85R0".repeat(5000)}N.`;
  assertThrows(() => loads(latin1(calls)), UnpicklingError);
  loads(latin1(calls), { globals: "opaque" });
});

test("loads() refuses a name that grows by getattr", () => {
  const name = "x".repeat(200);
  const grow = `cbuiltins\ngetattr\nq\0cm\nC\nX\xc8\0\0\0${name}q\x01` + "0q\x02";
  let pickle = `${grow}0`;
  for (let i = 0; i < 1000; i++) pickle += `h\0h\x02h\x01\x86Rq\x02`.concat("0");
  loads(latin1(`${pickle}h\x02.`), { globals: "opaque", maxDepth: Infinity });
});

test("loads() reads a long name only once", () => {
  const name = `X\0\0\x80\0${"x".repeat(1 << 23)}q\x01`;
  const calls = "h\x01h\x01\x93)R0".repeat(200_000);
  loads(latin1(`${name}0${calls}N.`), { globals: "opaque" });
});

/** Doubles that V8 hashes alike: its `ComputeLongHash()` undone, step by step. */
function colliding(count: number): Uint8Array {
  const bytes = new Uint8Array(9 * count);
  const view = new DataView(bytes.buffer);
  const mask = (1n << 64n) - 1n;
  const inverse = (odd: bigint) => {
    let x = 1n;
    for (let i = 0; i < 6; i++) x = x * (2n - odd * x) & mask;
    return x;
  };
  const unshift = (hash: bigint, by: bigint) => {
    let x = hash;
    for (let i = 0n; i < 64n; i += by) x = hash ^ x >> by;
    return x;
  };
  for (let hash = 1n, at = 0; at < bytes.length; hash++) {
    let x = unshift(hash << 30n, 22n) * inverse(65n) & mask;
    x = unshift(x, 11n) * inverse(21n) & mask;
    x = (unshift(x, 31n) + 1n) * inverse((1n << 18n) - 1n) & mask;
    view.setBigUint64(at + 1, x);
    if (Number.isNaN(view.getFloat64(at + 1))) continue;
    bytes[at] = 0x47; // BINFLOAT
    at += 9;
  }
  return bytes;
}

test("loads() refuses a pickle whose keys are numbers chosen to collide", () => {
  const floats = Array.from(colliding(11_000), (byte) => String.fromCharCode(byte)).join("");
  overruns("maxFarKeys", `\x8f(${floats}\x90.`);
  overruns("maxFarKeys", `}(${floats}tNs.`);
  let longs = "";
  for (let i = 0; i < 11_000; i++) longs += `\x8a\x0c\x05\0\0\0\0\0\0\0${latin1Of(i)}`;
  overruns("maxFarKeys", `\x8f(${longs}\x90.`);
});

test("loads() accepts any number of keys that are small integers", () => {
  const keys = Array.from({ length: 12_000 }, (_, i) => `J${latin1Of(i * 1300)}`).join("");
  const set = loads(latin1(`\x8f(${keys}\x90.`)) as Set<unknown>;
  assertEquals(set.size, 12_000);
});

function latin1Of(value: number): string {
  return String.fromCharCode(...[0, 8, 16, 24].map((shift) => value >>> shift & 0xff));
}
