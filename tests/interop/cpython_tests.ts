/** The tests of logging that a CPython brings along, as data. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Python, pythons } from "./python.ts";
import type { ZoneTraces } from "./rollover_traces.ts";

const script = fileURLToPath(new URL("cpython_tests.py", import.meta.url));

function ask<Item = string>({ path }: Python, ...args: string[]): Item[] | null {
  const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
  return JSON.parse(execFileSync(path, [script, ...args], { stdio }).toString());
}

/**
 * Returns the newest CPython of these minor versions, such as `"3.14"`, that has its tests, with the
 * names of the test methods, `Class.method`; `undefined` if there is none.
 */
export function cpythonWithTests(
  ...minors: string[]
): { python: Python; methods: string[] } | undefined {
  for (const python of pythons().toReversed()) {
    if (!minors.some((minor) => python.version.startsWith(`${minor}.`))) continue;
    const methods = ask(python, "names");
    if (methods !== null) return { python, methods };
  }
  return undefined;
}

/** Returns the calls of `computeRollover()` in the tests, with CPython's answers. */
export function rolloversOf(python: Python): ZoneTraces["computed"] {
  return ask<ZoneTraces["computed"][number]>(python, "rollovers") ?? [];
}

/** Returns the texts that stand in the code of a test method. */
export function textsOf(python: Python, className: string, method: string): string[] {
  return ask(python, "texts", className, method) ?? [];
}
