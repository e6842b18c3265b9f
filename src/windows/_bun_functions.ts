/**
 * The functions of Windows on Bun, by `bun:ffi`.
 *
 * @module
 */
import { createRequire } from "node:module";
import {
  type LibraryPath,
  loadFunctions,
  type NativeType,
  type WindowsFunctions,
} from "./_windows_functions.ts";

/** The part of `bun:ffi` that is used. */
export interface BunFfi {
  /** Opens a DLL. */
  dlopen(
    path: string,
    functions: Record<string, { args: string[]; returns: string }>,
  ): { symbols: Record<string, unknown> };
  /** The address of the bytes of a typed array. */
  ptr(bytes: unknown): number;
}

const TYPES: Readonly<Record<NativeType, string>> = {
  u16: "u16",
  u32: "u32",
  i32: "i32",
  handle: "u64",
  pointer: "ptr",
};

/** Loads the functions. */
export function bunFunctions(
  load: () => BunFfi = requireFfi,
  pathOf: LibraryPath = (library) => library,
): WindowsFunctions {
  const ffi = load();
  const calls = loadFunctions(TYPES, pathOf, (path, signatures) => {
    const functions = Object.entries(signatures).map(([name, { parameters, result }]) => [
      name,
      { args: parameters, returns: result },
    ]);
    return ffi.dlopen(path, Object.fromEntries(functions)).symbols;
  });
  return { ...calls, addressOf: (bytes) => ffi.ptr(bytes) };
}

function requireFfi(): BunFfi {
  return createRequire(import.meta.url)("bun:ffi");
}
