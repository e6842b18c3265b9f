/**
 * What stands for a Python object that is more than data: nothing is looked up, imported or
 * called, the object is only described. Those of some classes are shown as Python shows them.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { knownValue } from "./_known_values.ts";
import { type PythonValue, type Repr, scalarRepr } from "./_python_value.ts";

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
 * Objects of these classes have Python's text and number, worked out from the description alone:
 * `datetime`, `date`, `time`, `timedelta`, `timezone`, `ZoneInfo`, zones of pytz; `Decimal`,
 * `Fraction`, `complex`, scalars of numpy; `UUID`, `ipaddress`, `pathlib`; `http.HTTPStatus` and
 * other enumerations of the standard library; `range`, `slice`, the exceptions of Python itself;
 * `OrderedDict`, `defaultdict`, `Counter`, `deque`. All others, and those whose data are not as
 * Python writes them, are shown as `<Python object module.name>`. The text is that of Python 3.13.
 * The offset of a `ZoneInfo`, of which a pickle holds only the key, is looked up in `Intl`.
 *
 * The methods with Python's names are those that formatting asks any value for.
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

  /** Python's `str()` of an object of a known class, otherwise `<Python object module.name>`. */
  toString(): string {
    return textOf(knownValue(this, asObject)) ?? `<Python object ${this.module}.${this.name}>`;
  }

  /**
   * An object of a known class as JSON and as what is sent on: its number (a Decimal or a Fraction
   * where a number is exactly that), the dict or list that it stands for, otherwise its text. Of any
   * other object its description.
   */
  toJSON(): unknown {
    const value = knownValue(this, asObject);
    return value?.json ?? textOf(value) ?? { ...this };
  }

  /**
   * Python's `str()`, where it is known and is not `repr()`.
   *
   * @param repr Shows a value inside this one.
   */
  __str__(repr: (value: unknown) => string): string | undefined {
    return knownValue(this, asObject)?.str?.(repr);
  }

  /**
   * Python's `repr()`, where it is known.
   *
   * @param repr Shows a value inside this one.
   */
  __repr__(repr: (value: unknown) => string): string | undefined {
    return knownValue(this, asObject)?.repr(repr);
  }

  /** Python's `format()` with a specification, where it is no text's and no number's. */
  __format__(spec: string): string | undefined {
    return knownValue(this, asObject)?.format?.(spec);
  }

  /** The integer that it is, where it is one. */
  __index__(): number | bigint | undefined {
    return knownValue(this, asObject)?.index;
  }

  /** Python's `int()`, where it has one; a number with decimals is still to be truncated. */
  __int__(): number | bigint | undefined {
    return knownValue(this, asObject)?.int;
  }

  /** Python's `float()`, where it has one. */
  __float__(): number | undefined {
    return knownValue(this, asObject)?.float;
  }
}

function asObject(value: unknown): PythonObject | undefined {
  return value instanceof PythonObject ? value : undefined;
}

/** The text of a value without a formatter to show what is in it; `undefined` where it needs one. */
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
