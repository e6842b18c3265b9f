/** The call table, and the declarations that each runtime's FFI gets from it. */
import { assertEquals, assertThrows } from "@std/assert";
import { bunFunctions } from "../../src/windows/_bun_functions.ts";
import { type DenoFfi, denoFunctions } from "../../src/windows/_deno_functions.ts";
import { koffiFunctions } from "../../src/windows/_koffi_functions.ts";
import { systemFunctions } from "../../src/windows/_system_functions.ts";
import { WINDOWS_FUNCTIONS } from "../../src/windows/_windows_functions.ts";
import process from "node:process";
import { test } from "../test.ts";

const names = Object.keys(WINDOWS_FUNCTIONS);

/** The DLLs of the table. */
const libraries = [...new Set(Object.values(WINDOWS_FUNCTIONS).map(({ library }) => library))];

/** Calls every function with numbers in order, and returns the calls as an FFI got them. */
function callAll(functions: object): unknown[] {
  return Object.entries(WINDOWS_FUNCTIONS).map(([name, { parameters }]) =>
    (functions as Record<string, (...args: unknown[]) => unknown>)[name]!(...parameters.keys())
  );
}

/** The results of {@linkcode callAll} if each function gets its own arguments. */
const expected = Object.entries(WINDOWS_FUNCTIONS).map(([name, { parameters }]) => [
  name,
  ...parameters.keys(),
]);

const echo = (name: string) => (...args: unknown[]) => [name, ...args];

function echoes(declared: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(declared).map((name) => [name, echo(name)]));
}

test("the table has the functions of winreg.h and winbase.h, as Windows of 64 bits has them", () => {
  const text = Object.entries(WINDOWS_FUNCTIONS).map(([name, { library, parameters, result }]) =>
    `${library} ${result} ${name}(${parameters.join(" ")})`
  );
  assertEquals(text, [
    "advapi32.dll i32 RegCreateKeyExW(handle pointer u32 pointer u32 u32 pointer pointer pointer)",
    "advapi32.dll i32 RegSetValueExW(handle pointer u32 u32 pointer u32)",
    "advapi32.dll i32 RegCloseKey(handle)",
    "advapi32.dll handle RegisterEventSourceW(pointer pointer)",
    "advapi32.dll i32 ReportEventW(handle u16 u16 u32 pointer u16 u32 pointer pointer)",
    "advapi32.dll i32 DeregisterEventSource(handle)",
    "kernel32.dll u32 GetLastError()",
  ]);
});

test("koffiFunctions() declares the table to koffi, and calls each function", () => {
  const declared: string[] = [];
  const functions = koffiFunctions(() => ({
    load: (path) => ({
      func(convention, name, result, parameters) {
        declared.push(`${path} ${convention} ${result} ${name}(${parameters.join(", ")})`);
        return echo(name);
      },
    }),
    address: () => 0x1234n,
  }));
  assertEquals(
    declared.find((line) => line.includes("ReportEventW")),
    [
      "advapi32.dll __stdcall int32_t ReportEventW(uintptr_t, uint16_t, uint16_t, uint32_t, void *,",
      "uint16_t, uint32_t, void *, void *)",
    ].join(" "),
  );
  assertEquals(
    declared.find((line) => line.includes("RegisterEventSourceW")),
    [
      "advapi32.dll __stdcall uintptr_t RegisterEventSourceW(void *, void *)",
    ].join(""),
  );
  assertEquals(declared.length, names.length);
  assertEquals(callAll(functions), expected);
  assertEquals(functions.addressOf(new Uint16Array(1)), 0x1234n);
});

test("koffiFunctions() says that koffi is missing, or why it does not load", () => {
  const missing = () => {
    throw Object.assign(new Error("Cannot find module 'koffi'"), { code: "MODULE_NOT_FOUND" });
  };
  assertThrows(() => koffiFunctions(missing), Error, "needs the package koffi for it: npm install");
  const broken = () => {
    throw new Error("no prebuilt binary");
  };
  assertThrows(() => koffiFunctions(broken), Error, "does not load on this Node (Error: no pre");
});

function scriptedDeno(state: string, opened: Record<string, object> = {}): DenoFfi {
  return {
    dlopen(path, symbols) {
      opened[path] = symbols;
      return { symbols: echoes(symbols) };
    },
    UnsafePointer: { of: (bytes) => ({ bytes }), value: () => 0x1234n },
    permissions: { querySync: () => ({ state }) },
  };
}

test("denoFunctions() declares the table to Deno.dlopen(), and calls each function", () => {
  const opened: Record<string, object> = {};
  const functions = denoFunctions(scriptedDeno("granted", opened));
  assertEquals(Object.keys(opened), libraries);
  assertEquals((opened["advapi32.dll"] as Record<string, unknown>).ReportEventW, {
    parameters: ["usize", "u16", "u16", "u32", "buffer", "u16", "u32", "buffer", "buffer"],
    result: "i32",
  });
  assertEquals(opened["kernel32.dll"], { GetLastError: { parameters: [], result: "u32" } });
  assertEquals(callAll(functions), expected);
  assertEquals(functions.addressOf(new Uint16Array(1)), 0x1234n);
});

test("denoFunctions() opens nothing and asks nothing without --allow-ffi", () => {
  for (const state of ["prompt", "denied"]) {
    const opened = {};
    assertThrows(() => denoFunctions(scriptedDeno(state, opened)), Error, "--allow-ffi");
    assertEquals(opened, {});
  }
});

test("bunFunctions() declares the table to bun:ffi, and calls each function", () => {
  const opened: Record<string, object> = {};
  const functions = bunFunctions(() => ({
    dlopen(path, symbols) {
      opened[path] = symbols;
      return { symbols: echoes(symbols) };
    },
    ptr: () => 0x1234,
  }));
  assertEquals(Object.keys(opened), libraries);
  assertEquals((opened["advapi32.dll"] as Record<string, unknown>).ReportEventW, {
    args: ["u64", "u16", "u16", "u32", "ptr", "u16", "u32", "ptr", "ptr"],
    returns: "i32",
  });
  assertEquals(callAll(functions), expected);
  assertEquals(functions.addressOf(new Uint16Array(1)), 0x1234);
});

test("systemFunctions() names the system where it is not Windows", () => {
  assertThrows(systemFunctions, Error, `this system is ${process.platform}`);
}, { skip: process.platform === "win32" && "this is Windows" });
