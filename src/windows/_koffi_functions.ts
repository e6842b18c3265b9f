/**
 * The functions of Windows on Node, by the npm package `koffi`, if the user has installed it. It is
 * looked for from this file upwards, so a program finds its own package although this module is one
 * of its dependencies.
 *
 * koffi keeps the error of the last call for `GetLastError()`, whatever Node calls in between.
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

/** The part of `koffi` that is used. */
export interface Koffi {
  /** Opens a DLL. */
  load(path: string): {
    func(convention: string, name: string, result: string, parameters: string[]): unknown;
  };
  /** The address of the bytes of a typed array. */
  address(bytes: unknown): bigint;
}

const TYPES: Readonly<Record<NativeType, string>> = {
  u16: "uint16_t",
  u32: "uint32_t",
  i32: "int32_t",
  handle: "uintptr_t",
  pointer: "void *",
};

/** Loads the functions; throws where the package is missing or does not load. */
export function koffiFunctions(
  load: () => Koffi = requireKoffi,
  pathOf: LibraryPath = (library) => library,
): WindowsFunctions {
  const koffi = loaded(load);
  const calls = loadFunctions(TYPES, pathOf, (path, signatures) => {
    const library = koffi.load(path);
    const functions = Object.entries(signatures).map(([name, { parameters, result }]) => [
      name,
      // The convention matters on Windows of 32 bits alone.
      library.func("__stdcall", name, result, parameters),
    ]);
    return Object.fromEntries(functions);
  });
  return { ...calls, addressOf: (bytes) => koffi.address(bytes) };
}

function requireKoffi(): Koffi {
  return createRequire(import.meta.url)("koffi");
}

function loaded(load: () => Koffi): Koffi {
  try {
    return load();
  } catch (cause) {
    const missing = (cause as { code?: string } | null)?.code === "MODULE_NOT_FOUND";
    const why = missing
      ? "Node needs the package koffi for it: npm install koffi"
      : `the package koffi does not load on this Node (${cause}): npm install koffi`;
    throw new Error(why, { cause });
  }
}
