/**
 * The functions of Windows, by the FFI of the runtime that runs this program: loaded once for all
 * handlers.
 *
 * @module
 */
import process from "node:process";
import { bunFunctions } from "./_bun_functions.ts";
import { type DenoFfi, denoFunctions } from "./_deno_functions.ts";
import { koffiFunctions } from "./_koffi_functions.ts";
import type { WindowsFunctions } from "./_windows_functions.ts";

interface Host {
  Bun?: unknown;
  Deno?: DenoFfi;
}

let functions: WindowsFunctions | undefined;

/** Loads the functions; throws the reason where there are none. */
export function systemFunctions(): WindowsFunctions {
  return functions ??= load();
}

function load(): WindowsFunctions {
  if (process.platform !== "win32") throw new Error(`this system is ${process.platform}`);
  const { Bun, Deno } = globalThis as Host;
  if (Deno !== undefined) return denoFunctions(Deno);
  return Bun !== undefined ? bunFunctions() : koffiFunctions();
}
