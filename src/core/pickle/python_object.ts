/**
 * What stands for a Python object that is more than data: nothing is looked up, imported or
 * called, the object is only described.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** Longer dotted names are not built up: a pickle could make them grow without end. */
const MAX_NAME_LENGTH = 1000;

/**
 * An inert description of a Python object that `loads()` with `{ globals: "opaque" }` met: a class
 * or function where `args` is null, otherwise what was to be made by calling it.
 *
 * `datetime.timedelta(1)` is `{ module: "datetime", name: "timedelta", args: [1, 0, 0] }`; a class
 * is named as the sender names it (Python 2 says `__builtin__` where Python 3 says `builtins`).
 * An object of one's own class is `{ module, name, args: [], state }`, with any protocol.
 *
 * A persistent id is a call of `pickle.persistent_load`, an extension code a call of
 * `copyreg.extension`, and what is neither a class nor a function and is called nevertheless, a
 * call of `__builtin__.apply`.
 *
 * @example
 * ```ts
 * import { loads, PythonObject } from "jsr:@logwire/logging/pickle";
 *
 * const bytes = new TextEncoder().encode("cdecimal\nDecimal\n(V1.50\ntR.");
 * const value = loads(bytes, { globals: "opaque" });
 * console.assert(value instanceof PythonObject);
 * console.assert(String(value) === "<Python object decimal.Decimal>");
 * ```
 */
export class PythonObject {
  /** The module that the class or function was defined in. */
  readonly module: string;
  /** Its name in that module, dotted where it is nested. */
  readonly name: string;
  /** The positional arguments that it was to be called with; null for the class itself. */
  readonly args: unknown[] | null;
  /** The keyword arguments, where there were any. */
  readonly kwargs: unknown;
  /** What its `__setstate__` or `__dict__` was to be given; null if nothing. */
  state: unknown = null;
  /** What was to be appended or added to it; null if nothing. */
  items: unknown[] | null = null;
  /** The `[key, value]` pairs that were to be set on it; null if none. */
  entries: [key: unknown, value: unknown][] | null = null;

  /** Describes an object. */
  constructor(module: string, name: string, args: unknown[] | null, kwargs: unknown = null) {
    this.module = module;
    this.name = name;
    this.args = args;
    this.kwargs = kwargs;
  }

  /** `<Python object module.name>`. */
  toString(): string {
    return `<Python object ${this.module}.${this.name}>`;
  }
}

/** What calling `callee` with `args` would have made. */
export function callOf(callee: PythonObject, args: unknown[], kwargs: unknown): PythonObject {
  return callee.args === null
    ? new PythonObject(callee.module, callee.name, args, kwargs)
    : new PythonObject("__builtin__", "apply", [callee, args], kwargs);
}

/**
 * What REDUCE of `callee` with `args` would have made, where the two functions that CPython itself
 * uses to spell other things are seen through: `copyreg._reconstructor(cls, base, state)`, an
 * object of an own class below protocol 2, and `getattr(cls, name)`, a nested class or an enum
 * member.
 */
export function reductionOf(callee: PythonObject, args: unknown[]): PythonObject {
  const [owner, second, third] = args;
  const isOfClass = callee.args === null && owner instanceof PythonObject && owner.args === null;
  if (!isOfClass) return callOf(callee, args, null);
  const { module, name } = owner;
  if (isReconstructor(callee) && args.length === 3) {
    return new PythonObject(module, name, third === null ? [] : [third]);
  }
  const isMember = isGetattr(callee) && args.length === 2 && typeof second === "string";
  if (isMember && name.length + second.length < MAX_NAME_LENGTH) {
    return new PythonObject(module, `${name}.${second}`, null);
  }
  return callOf(callee, args, null);
}

function isReconstructor({ module, name }: PythonObject): boolean {
  return (module === "copy_reg" || module === "copyreg") && name === "_reconstructor";
}

function isGetattr({ module, name }: PythonObject): boolean {
  return (module === "__builtin__" || module === "builtins") && name === "getattr";
}
