/**
 * A value as LogTape's text formatters write it: by `Deno.inspect`, or by `util.inspect` of Node
 * and Bun; as JSON where there is neither (an edge worker, a browser).
 *
 * Browser compatible: looks the functions up when it is called.
 *
 * @module
 */
import { readableJson } from "../text/json_text.ts";
import { nodeUtil } from "./_node_util.ts";

type Inspect = (value: unknown, options?: object) => string;

/** Without limits, as LogTape has it: Deno's names, then Node's. */
const LIMITS = {
  strAbbreviateSize: Infinity,
  iterableLimit: Infinity,
  maxArrayLength: Infinity,
  maxStringLength: Infinity,
};

/** Returns a value as the runtime prints it. Throws what a method of the value throws. */
export function inspect(value: unknown, options?: { colors?: boolean }): string {
  return String(nativeInspect()(value, { ...LIMITS, ...options }));
}

function nativeInspect(): Inspect {
  const { Deno } = globalThis as unknown as { Deno?: { inspect?: Inspect } };
  return Deno?.inspect ?? nodeUtil()?.inspect ?? inspectAsJson;
}

/** Returns a value as JSON, on one line. Never throws. */
export function inspectAsJson(value: unknown): string {
  // JSON has no text for undefined.
  return value === undefined ? "undefined" : readableJson(value);
}
