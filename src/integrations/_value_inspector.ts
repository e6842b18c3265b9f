/**
 * A value as the runtime prints it: `Deno.inspect`, or `util.inspect` of Node and Bun; as JSON
 * where there is neither (an edge worker, a browser). LogTape's text formatters print values so.
 *
 * Browser compatible: looks the functions up when it is first called.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";
import { readableJson } from "../text/json_text.ts";

/** Returns a value as text. */
export type Inspect = (value: unknown, options?: { colors?: boolean }) => string;

interface Host {
  Deno?: { inspect?: Inspect };
  process?: { getBuiltinModule?: (name: string) => { inspect?: Inspect } | undefined };
}

/** Without limits, as LogTape has it: Deno's names, then Node's. */
const LIMITS = {
  strAbbreviateSize: Infinity,
  iterableLimit: Infinity,
  maxArrayLength: Infinity,
  maxStringLength: Infinity,
};

let native: Inspect | undefined;

/** Returns a value as the runtime prints it. Throws what a method of the value throws. */
export function inspect(value: unknown, options?: { colors?: boolean }): string {
  native ??= nativeInspect();
  return String(native(value, { ...LIMITS, ...options }));
}

function nativeInspect(): Inspect {
  const { Deno, process } = globalThis as unknown as Host;
  if (typeof Deno?.inspect === "function") return Deno.inspect;
  const util = withFallback(() => process?.getBuiltinModule?.("node:util"), undefined);
  return typeof util?.inspect === "function" ? util.inspect : inspectAsJson;
}

/** JSON has no text for undefined. */
function inspectAsJson(value: unknown): string {
  return value === undefined ? "undefined" : readableJson(value);
}
