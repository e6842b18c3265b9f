/**
 * Node's `node:util`, where the runtime has it: on Node from 20.16 and 22.3 on, on Deno, on Bun and
 * on Cloudflare Workers with `nodejs_compat`.
 *
 * Browser compatible: an edge bundle holds no Node module, as the runtime itself is asked.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";

/** The functions of `node:util` that write values as text. */
export interface NodeUtil {
  /** Writes a value. Throws what a method of the value throws. */
  inspect(value: unknown, options?: object): string;
  /** Writes the arguments of a call of the console. Throws what a method of a value throws. */
  format(...args: readonly unknown[]): string;
}

interface Host {
  process?: { getBuiltinModule?: (name: string) => NodeUtil | undefined };
}

/** Returns `node:util`, or undefined where there is none. Never throws. */
export function nodeUtil(): NodeUtil | undefined {
  const { process } = globalThis as unknown as Host;
  return withFallback(() => process?.getBuiltinModule?.("node:util"), undefined);
}
