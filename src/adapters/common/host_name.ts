/**
 * Asks `node:os` for the name of the machine: on Node and Bun, and on Deno where that is permitted.
 *
 * @module
 */
import { hostname } from "node:os";
import { denoHostName } from "../deno/runtime.ts";

/** The machine's name; `undefined` where Deno would ask for a permission. */
export function hostName(): string | undefined {
  return "Deno" in globalThis ? denoHostName() : hostname();
}
