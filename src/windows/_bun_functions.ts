/**
 * The functions of Windows on Bun, by `bun:ffi`.
 *
 * @module
 */
import { createRequire } from "node:module";
import {
  functionsOf,
  LIBRARIES,
  type LibraryPath,
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
  const symbols = LIBRARIES.map((name) =>
    ffi.dlopen(
      pathOf(name),
      Object.fromEntries(
        functionsOf(name).map(([symbol, { parameters, result }]) => [
          symbol,
          { args: parameters.map((type) => TYPES[type]), returns: TYPES[result] },
        ]),
      ),
    ).symbols
  );
  return {
    ...Object.assign({}, ...symbols) as WindowsFunctions,
    addressOf: (bytes) => ffi.ptr(bytes),
  };
}

function requireFfi(): BunFfi {
  return createRequire(import.meta.url)("bun:ffi");
}
