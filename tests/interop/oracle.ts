/**
 * Asks a real CPython for its results of many cases, in one process, and compares them with those
 * of the port. Error messages are compared where that CPython is the version we follow, 3.13.
 */
import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { pythons, withoutPython } from "./python.ts";

/** A function of the script, and its arguments. */
export type Case = readonly [name: string, ...args: unknown[]];

type Outcome = { ok: string } | { error: string; message: string };

/** Python's exceptions and our classes for them. */
const classes: Record<string, string> = {
  TypeError: "TypeError",
  AttributeError: "TypeError",
  ValueError: "RangeError",
  OverflowError: "RangeError",
  IndexError: "RangeError",
  KeyError: "KeyError",
};

const followed = pythons().find(({ version }) => version.startsWith("3.13."));
const newest = pythons().findLast(({ version }) => version.startsWith("3."));
const asked = followed ?? newest;

/** The minor version of the Python 3 that is asked. */
const minor = Number(asked?.version.split(".")[1] ?? 0);

/** True if the interpreter knows `z` in a format specification: from 3.11. */
export const knowsNegativeZero: boolean = minor >= 11;

/** True if a file for `fileConfig()` may give the `defaults` of a formatter: from 3.12. */
export const knowsDefaults: boolean = minor >= 12;

/** Why a test of files in ConfigParser's grammar is skipped here; `false` if it is not. */
export function withoutConfigParser(): string | false {
  const without = withoutPython();
  // Before 3.10 a section ended at the first bracket.
  return without || minor >= 11 ? without : "it needs CPython 3.11: pyenv install 3.13";
}

/** Results of a Python script of this folder that reads JSON from stdin and writes JSON. */
export function askPython(
  script: string,
  input: unknown,
  env: Record<string, string> = {},
): unknown {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const output = execFileSync(asked?.path ?? "python3", [path], {
    input: JSON.stringify(input, encoded),
    env: { ...process.env, PYTHONHASHSEED: "0", LC_ALL: "C.UTF-8", ...env },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output.toString());
}

/** Fails for the first cases whose outcome differs from CPython's. */
export function compare(
  cases: readonly Case[],
  run: (...args: never[]) => string,
  env: Record<string, string> = {},
): void {
  const expected = askPython("format_oracle.py", cases, env) as Outcome[];
  const differences: string[] = [];
  cases.forEach(([, ...args], at) => {
    const ours = show(outcomeOf(() => run(...args as never[])));
    const theirs = show(expected[at]!);
    if (ours !== theirs) {
      differences.push(`${JSON.stringify(args, encoded)}\n  ours:   ${ours}\n  python: ${theirs}`);
    }
  });
  const shown = differences.slice(0, 10).join("\n");
  assertEquals(differences.length, 0, `${differences.length} of ${cases.length} differ:\n${shown}`);
}

function outcomeOf(run: () => string): Outcome {
  try {
    return { ok: run() };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, message };
  }
}

function show(outcome: Outcome): string {
  if ("ok" in outcome) return JSON.stringify(outcome.ok);
  const name = classes[outcome.error] ?? outcome.error;
  return followed === undefined ? name : `${name}: ${outcome.message}`;
}

/** Values that JSON lacks or changes, written as `{"$kind": …}`. */
function encoded(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  if (typeof value === "number" && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
    return { $float: Object.is(value, -0) ? "-0.0" : String(value).replace("Infinity", "inf") };
  }
  return value ?? null;
}

/** A generator of numbers in [0, 1) with a fixed seed. */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks from lists and ranges, by a generator with a fixed seed. */
export class Chooser {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** One of them. */
  of<T>(items: ArrayLike<T>): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  /** An integer from `least` to `most`. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** True in so many of a hundred. */
  chance(percent: number): boolean {
    return this.#random() * 100 < percent;
  }

  /** `count` results of `make`. */
  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}
