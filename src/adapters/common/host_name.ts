/**
 * What the machine calls itself, by `node:os`: on Node and Bun, and on Deno where it may be asked.
 *
 * @module
 */
import { hostname } from "node:os";
import { denoHostName } from "../deno/runtime.ts";

/** The machine's name; `undefined` where a permission would be asked for. */
export function hostName(): string | undefined {
  return "Deno" in globalThis ? denoHostName() : hostname();
}
