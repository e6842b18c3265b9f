/**
 * Asks `node:os` for the name of the machine: on Node and Bun, and on Deno where that is permitted.
 *
 * @module
 */
import { hostname } from "node:os";
import { isPermitted } from "../../net/deno_permission.ts";

/** The machine's name; `undefined` where Deno would ask for a permission. */
export function hostName(): string | undefined {
  return isPermitted({ name: "sys", kind: "hostname" }) ? hostname() : undefined;
}
