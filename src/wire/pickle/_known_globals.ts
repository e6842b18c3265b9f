/**
 * The five globals by which CPython writes plain data if a protocol has no opcode for it. Each is
 * known by its name and by the exact shapes of arguments that some Python writes; it is not looked
 * up, and nothing is called.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";
import type { Budget } from "./limits.ts";
import type { PythonEquality } from "./_python_equality.ts";

const BUILTINS: readonly string[] = ["set", "frozenset", "bytes", "bytearray"];

/** The values that were read, as far as `dataOf()` needs them. */
export interface DataContext {
  /** Arrays that are tuples, Sets that are frozensets, Uint8Arrays that are bytes. */
  readonly hashable: Set<object>;
  /** Puts elements into sets. */
  readonly equality: PythonEquality;
  /** The account for copies. */
  readonly budget: Budget;
}

/** Returns true if a call of this global may mean plain data. */
export function isKnownGlobal(module: string, name: string): boolean {
  // The two are not joined into one string: they may be long, and come again and again.
  return module === "__builtin__" || module === "builtins"
    ? BUILTINS.includes(name)
    : module === "_codecs" && name === "encode";
}

/** Returns the data that a call of a known global means; undefined if it means none. */
export function dataOf(name: string, args: unknown[], context: DataContext): object | undefined {
  const { hashable, budget } = context;
  const [source, encoding] = args;
  switch (name) {
    case "set":
    case "frozenset": {
      if (args.length > 1 || args.length === 1 && !Array.isArray(source)) return undefined;
      const items = (source ?? []) as unknown[];
      budget.spendItems(items.length);
      const set = new Set();
      for (const item of items) context.equality.addItem(set, item);
      if (name === "frozenset") hashable.add(set);
      return set;
    }
    case "encode": {
      if (args.length !== 2 || typeof source !== "string" || !isLatin1(encoding)) return undefined;
      const bytes = encodeLatin1(source, budget);
      hashable.add(bytes);
      return bytes;
    }
    case "bytes":
    case "bytearray": {
      const bytes = bytesFrom(name, args, budget);
      if (name === "bytes" && bytes !== undefined) hashable.add(bytes);
      return bytes;
    }
  }
}

/**
 * `bytes()` of every Python 3, `bytes([…])` of 3.0; `bytearray()`, `bytearray(b"…")` of 3.8 and
 * later, `bytearray("…", "latin-1")` of 2.7 and 3.0 to 3.7.
 */
function bytesFrom(name: string, args: unknown[], budget: Budget): Uint8Array | undefined {
  const [source, encoding] = args;
  if (args.length === 0) return new Uint8Array(0);
  if (args.length === 1 && name === "bytes" && Array.isArray(source)) {
    budget.spendCopy(source.length);
    if (!source.every((item) => Number.isInteger(item) && item >= 0 && item <= 255)) return;
    return Uint8Array.from(source as number[]);
  }
  if (name === "bytes") return;
  if (args.length === 1 && source instanceof Uint8Array) {
    budget.spendCopy(source.length);
    return new Uint8Array(source);
  }
  if (args.length === 2 && typeof source === "string" && isLatin1(encoding)) {
    return encodeLatin1(source, budget);
  }
}

/** Returns true for a name of Latin-1, which Python 2 may have written as a byte string. */
function isLatin1(name: unknown): boolean {
  const text = name instanceof Uint8Array && name.length < 8 ? String.fromCharCode(...name) : name;
  return text === "latin1" || text === "latin-1";
}

function encodeLatin1(text: string, budget: Budget): Uint8Array {
  budget.spendCopy(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) {
      throw new UnpicklingError("Cannot unpickle as bytes are spelt by text that is not Latin-1");
    }
    bytes[i] = code;
  }
  return bytes;
}
