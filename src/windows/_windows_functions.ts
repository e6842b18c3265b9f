/**
 * The functions of Windows that the event log needs: one table, which the FFI of each runtime turns
 * into its own declarations.
 *
 * @module
 */

/**
 * A type of C: integers of 16 and 32 bits (`WORD`, `DWORD`; `BOOL` and `LSTATUS` are signed), a
 * `HANDLE` or `HKEY`, and a pointer to the bytes of a typed array.
 */
export type NativeType = "u16" | "u32" | "i32" | "handle" | "pointer";

/** The declaration of a function. */
export interface NativeFunction {
  /** The DLL that has it. */
  readonly library: string;
  /** The types of its parameters. */
  readonly parameters: readonly NativeType[];
  /** The type of its result. */
  readonly result: NativeType;
}

/** A number, or a bigint where the runtime makes one of 64 bits. */
export type Handle = number | bigint;

/** The bytes of a pointer; `null` is C's `NULL`. */
export type Bytes = Uint16Array | Uint32Array | BigUint64Array | null;

/** The declarations, as in `winreg.h` and `winbase.h`. */
export const WINDOWS_FUNCTIONS: Readonly<Record<keyof NativeCalls, NativeFunction>> = {
  RegCreateKeyExW: {
    library: "advapi32.dll",
    parameters: [
      ...["handle", "pointer", "u32", "pointer", "u32", "u32", "pointer"] as const,
      ...["pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  RegSetValueExW: {
    library: "advapi32.dll",
    parameters: ["handle", "pointer", "u32", "u32", "pointer", "u32"],
    result: "i32",
  },
  RegCloseKey: {
    library: "advapi32.dll",
    parameters: ["handle"],
    result: "i32",
  },
  RegisterEventSourceW: {
    library: "advapi32.dll",
    parameters: ["pointer", "pointer"],
    result: "handle",
  },
  ReportEventW: {
    library: "advapi32.dll",
    parameters: [
      ...["handle", "u16", "u16", "u32", "pointer", "u16", "u32", "pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  DeregisterEventSource: {
    library: "advapi32.dll",
    parameters: ["handle"],
    result: "i32",
  },
  GetLastError: {
    library: "kernel32.dll",
    parameters: [],
    result: "u32",
  },
};

/** The functions of the table, as they are called. */
export interface NativeCalls {
  /** Opens a key of the registry, and makes it where there is none; 0, or the error. */
  RegCreateKeyExW(
    parent: Handle,
    path: Bytes,
    reserved: 0,
    className: null,
    options: number,
    access: number,
    security: null,
    key: Bytes,
    disposition: null,
  ): number;
  /** Sets a value of a key; 0, or the error. */
  RegSetValueExW(
    key: Handle,
    name: Bytes,
    reserved: 0,
    type: number,
    data: Bytes,
    size: number,
  ): number;
  /** Closes a key; 0, or the error. */
  RegCloseKey(key: Handle): number;
  /** Opens an event source on a server (`null`: this machine); 0 where that fails. */
  RegisterEventSourceW(server: null, name: Bytes): Handle;
  /** Writes an event; 0 where that fails. */
  ReportEventW(
    source: Handle,
    type: number,
    category: number,
    id: number,
    user: null,
    stringCount: number,
    dataSize: 0,
    strings: Bytes,
    data: null,
  ): number;
  /** Closes an event source; 0 where that fails. */
  DeregisterEventSource(source: Handle): number;
  /** The error of the last function that failed on this thread. */
  GetLastError(): number;
}

/** The functions of a runtime, and the address of bytes for a pointer to pointers. */
export interface WindowsFunctions extends NativeCalls {
  /** The address of the bytes, which stay where they are as long as the array is referred to. */
  addressOf(bytes: Exclude<Bytes, null>): Handle;
}

/** Opens a DLL by this name: the name itself, but for tests. */
export type LibraryPath = (library: string) => string;

/** The declaration of a function, in the names that a runtime has for the types. */
export interface Signature {
  readonly parameters: string[];
  readonly result: string;
}

/**
 * Loads the functions of the table.
 *
 * @param types the runtime's names of the types
 * @param open opens a DLL and returns its functions, under their names
 */
export function loadFunctions(
  types: Readonly<Record<NativeType, string>>,
  pathOf: LibraryPath,
  open: (path: string, signatures: Record<string, Signature>) => Record<string, unknown>,
): NativeCalls {
  const libraries = new Map<string, Record<string, Signature>>();
  for (const [name, { library, parameters, result }] of Object.entries(WINDOWS_FUNCTIONS)) {
    const signatures = libraries.get(library) ?? {};
    signatures[name] = {
      parameters: parameters.map((type) => types[type]),
      result: types[result],
    };
    libraries.set(library, signatures);
  }
  const opened = Array.from(libraries, ([name, signatures]) => open(pathOf(name), signatures));
  return Object.assign({}, ...opened);
}
