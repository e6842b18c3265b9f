/**
 * Deno's permissions, asked without a prompt: a program that logs must not stop at a question of its
 * terminal. Every runtime but Deno permits everything.
 *
 * Browser compatible: looks `Deno` up.
 *
 * @module
 */
import { ConnectionError } from "./connection_error.ts";

/** A permission: `net` of a host, with or without its port, or of all hosts; the others of a path. */
export type DenoPermission =
  | { name: "net"; host?: string }
  | { name: "read" | "write"; path: string }
  | { name: "sys"; kind: "hostname" | "networkInterfaces" };

/** The permission to read a variable of the environment. */
export interface EnvironmentPermission {
  name: "env";
  variable: string;
}

interface Host {
  Deno?: {
    permissions: { querySync(wanted: DenoPermission | EnvironmentPermission): { state: string } };
  };
}

/** Returns true if the program has the permission. Never prompts. */
export function isPermitted(wanted: DenoPermission | EnvironmentPermission): boolean {
  const { Deno } = globalThis as Host;
  if (Deno === undefined) return true;
  try {
    return Deno.permissions.querySync(wanted).state === "granted";
  } catch {
    // A host that the syntax of the flag has no form for: the flag for all hosts permits it.
    return wanted.name === "net" && wanted.host !== undefined && isPermitted({ name: "net" });
  }
}

/** Throws `denied` unless the program has all of these; names the flags that it lacks. */
export function demandPermissions(doing: string, ...wanted: DenoPermission[]): void {
  const missing = wanted.filter((one) => !isPermitted(one));
  if (missing.length === 0) return;
  const flags = [...new Set(missing.map(({ name }) => name))].map((name) => flagOf(name, missing));
  throw new ConnectionError("denied", `${doing}: Deno must be run with ${flags.join(" ")}`);
}

/** The flag for all of these that have this name. */
function flagOf(name: string, missing: readonly DenoPermission[]): string {
  const values = missing.filter((one) => one.name === name).map(valueOf);
  return `--allow-${name}${values.includes(undefined) ? "" : `=${values.join()}`}`;
}

function valueOf(wanted: DenoPermission): string | undefined {
  return "path" in wanted ? wanted.path : "kind" in wanted ? wanted.kind : wanted.host;
}

/** Throws `denied` unless the program may fetch from this URL. */
export function demandUrl(url: string): void {
  const { hostname, port, protocol } = new URL(url);
  const host = `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
  demandPermissions(`Cannot fetch from ${host}`, { name: "net", host });
}
