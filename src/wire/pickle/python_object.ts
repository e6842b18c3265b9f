/**
 * The description of a Python object that is more than data: nothing is looked up, imported or
 * called. Objects of some classes are formatted as Python formats them.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { knownValue } from "./_known_values.ts";
import { type PythonValue, type Repr, scalarRepr } from "./_python_value.ts";

/** The longest dotted name that is built: a pickle could make it grow without end. */
const MAX_NAME_LENGTH = 1000;

/**
 * An inert description of a Python object in a pickle, which `loads()` with `{ globals: "opaque" }`
 * returns: a class or function if `args` is null, otherwise the object that a call of it would
 * make.
 *
 * `datetime.timedelta(1)` is `{ module: "datetime", name: "timedelta", args: [1, 0, 0] }`; a class
 * is named as the sender names it (Python 2 says `__builtin__` where Python 3 says `builtins`).
 * An object of a program's class is `{ module, name, args: [], state }`, with any protocol.
 *
 * A persistent id is a call of `pickle.persistent_load`, an extension code a call of
 * `copyreg.extension`, and a call of anything that is neither a class nor a function a call of
 * `__builtin__.apply`.
 *
 * Objects of these classes have Python's text and number, computed from the description alone:
 * `datetime`, `date`, `time`, `timedelta`, `timezone`, `ZoneInfo`, zones of pytz; `Decimal`,
 * `Fraction`, `complex`, scalars of numpy; `UUID`, `ipaddress`, `pathlib`; `http.HTTPStatus` and
 * other enumerations of the standard library; `range`, `slice`, the exceptions of Python itself;
 * `OrderedDict`, `defaultdict`, `Counter`, `deque`. An object of another class that is pickled as
 * arguments alone has the text of that call: a member of a program's `Enum` is `Color(1)`, because
 * its pickle has the value and not the name. All others, and objects with data that Python does not
 * write, have the text `<Python object module.name>`. The text is that of Python 3.13. The
 * offset of a `ZoneInfo`, of which a pickle holds only the key, is looked up in `Intl`.
 *
 * Formatting calls the methods with Python's names, as it does on any value.
 *
 * @example
 * ```ts
 * import { loads, PythonObject } from "jsr:@logwire/logging/pickle";
 *
 * const bytes = new TextEncoder().encode("cdecimal\nDecimal\n(V1.50\ntR.");
 * const value = loads(bytes, { globals: "opaque" });
 * console.assert(value instanceof PythonObject);
 * console.assert(String(value) === "1.50" && JSON.stringify({ value }) === '{"value":1.5}');
 * ```
 */
export class PythonObject {
  /** The module of the class or function. */
  readonly module: string;
  /** Its name in that module, with dots if it is nested. */
  readonly name: string;
  /** The positional arguments of the call; null for the class itself. */
  readonly args: unknown[] | null;
  /** The keyword arguments of the call, or null. */
  readonly kwargs: unknown;
  /** The state for its `__setstate__` or `__dict__`; null if there is none. */
  state: unknown = null;
  /** The items that would be appended or added to it; null if there are none. */
  items: unknown[] | null = null;
  /** The `[key, value]` pairs that would be set on it; null if there are none. */
  entries: [key: unknown, value: unknown][] | null = null;

  /** Describes an object. */
  constructor(module: string, name: string, args: unknown[] | null, kwargs: unknown = null) {
    this.module = module;
    this.name = name;
    this.args = args;
    this.kwargs = kwargs;
  }

  /**
   * Returns Python's `str()` of an object of a known class, otherwise `<Python object
   * module.name>`.
   */
  toString(): string {
    return textOf(knownValue(this, asObject)) ?? `<Python object ${this.module}.${this.name}>`;
  }

  /**
   * Returns the value for JSON and for new pickles. An object of a known class is its number (a
   * Decimal or a Fraction only if a number is exactly equal), the dict or list that it stands for,
   * or its text. Any other object is its description.
   */
  toJSON(): unknown {
    const value = knownValue(this, asObject);
    return value?.json ?? textOf(value) ?? { ...this };
  }

  /**
   * Returns Python's `str()`, if it is known and is not `repr()`.
   *
   * @param repr returns the `repr()` of a value inside this one
   */
  __str__(repr: (value: unknown) => string): string | undefined {
    return knownValue(this, asObject)?.str?.(repr);
  }

  /**
   * Returns Python's `repr()`, if it is known.
   *
   * @param repr returns the `repr()` of a value inside this one
   */
  __repr__(repr: (value: unknown) => string): string | undefined {
    return knownValue(this, asObject)?.repr(repr);
  }

  /**
   * Returns Python's `format()` with a specification, if that is neither of its text nor of its
   * number.
   */
  __format__(spec: string): string | undefined {
    return knownValue(this, asObject)?.format?.(spec);
  }

  /** Returns the integer that it is, if it is one. */
  __index__(): number | bigint | undefined {
    return knownValue(this, asObject)?.index;
  }

  /** Returns Python's `int()`, if it has one; the caller truncates a number with decimals. */
  __int__(): number | bigint | undefined {
    return knownValue(this, asObject)?.int;
  }

  /** Returns Python's `float()`, if it has one. */
  __float__(): number | undefined {
    return knownValue(this, asObject)?.float;
  }
}

function asObject(value: unknown): PythonObject | undefined {
  return value instanceof PythonObject ? value : undefined;
}

/** Returns the text of a value that contains no other values; `undefined` for one that does. */
function textOf(value: PythonValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  let isWhole = true;
  const orNothing = (text: string | undefined) => {
    if (text === undefined) isWhole = false;
    return text ?? "";
  };
  // One level deep: objects may share their parts, so that all levels together have no end.
  const ofScalar: Repr = (item) => orNothing(scalarRepr(item));
  const repr: Repr = (item) => {
    const object = asObject(item);
    const known = object && knownValue(object, asObject);
    return known?.repr(ofScalar) ?? ofScalar(item);
  };
  const text = value.str?.(repr) ?? value.repr(repr);
  return isWhole ? text : undefined;
}

/** Describes the object that a call of `callee` with `args` would make. */
export function callOf(callee: PythonObject, args: unknown[], kwargs: unknown): PythonObject {
  return callee.args === null
    ? new PythonObject(callee.module, callee.name, args, kwargs)
    : new PythonObject("__builtin__", "apply", [callee, args], kwargs);
}

/**
 * Describes the object that REDUCE of `callee` with `args` would make. Two functions by which
 * CPython itself writes other objects are resolved: `copyreg._reconstructor(cls, base, state)`, an
 * object of a program's class below protocol 2, and `getattr(cls, name)`, a nested class or an enum
 * member.
 */
export function reductionOf(callee: PythonObject, args: unknown[]): PythonObject {
  const [owner, second, third] = args;
  const isOfClass = callee.args === null && owner instanceof PythonObject && owner.args === null;
  if (!isOfClass) return callOf(callee, args, null);
  const { module, name } = owner;
  if (isReconstructor(callee) && args.length === 3) {
    // The items of a named tuple are its arguments, as they are from protocol 2 on.
    if (isTuple(second) && Array.isArray(third)) return new PythonObject(module, name, third);
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

function isTuple(value: unknown): boolean {
  return value instanceof PythonObject && value.args === null && value.name === "tuple" &&
    (value.module === "__builtin__" || value.module === "builtins");
}

function isGetattr({ module, name }: PythonObject): boolean {
  return (module === "__builtin__" || module === "builtins") && name === "getattr";
}
