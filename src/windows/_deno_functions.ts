/**
 * The functions of Windows on Deno, by `Deno.dlopen()`, which needs `--allow-ffi`.
 *
 * @module
 */
import {
  type LibraryPath,
  loadFunctions,
  type NativeType,
  type WindowsFunctions,
} from "./_windows_functions.ts";

/** The part of `Deno` that is used. */
export interface DenoFfi {
  /** Opens a DLL. */
  dlopen(
    path: string,
    symbols: Record<string, { parameters: string[]; result: string }>,
  ): { symbols: Record<string, unknown> };
  UnsafePointer: {
    /** A pointer to the bytes of a typed array. */
    of(bytes: unknown): unknown;
    /** The address of a pointer. */
    value(pointer: unknown): bigint;
  };
  permissions: {
    /** The state of a permission, without a question on the terminal. */
    querySync(wanted: { name: "ffi" }): { state: string };
  };
}

const TYPES: Readonly<Record<NativeType, string>> = {
  u16: "u16",
  u32: "u32",
  i32: "i32",
  handle: "usize",
  pointer: "buffer",
};

/** Loads the functions; throws without the permission. */
export function denoFunctions(
  deno: DenoFfi,
  pathOf: LibraryPath = (library) => library,
): WindowsFunctions {
  if (deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    throw new Error("Deno must be run with --allow-ffi for it");
  }
  const calls = loadFunctions(
    TYPES,
    pathOf,
    (path, signatures) => deno.dlopen(path, signatures).symbols,
  );
  const { UnsafePointer } = deno;
  return { ...calls, addressOf: (bytes) => UnsafePointer.value(UnsafePointer.of(bytes)) };
}
