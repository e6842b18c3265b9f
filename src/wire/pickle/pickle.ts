/**
 * `./pickle`: `dumps()` and `loads()` write and read Python's pickles of plain data. `dumps()`
 * writes what every Python from 2.7 on loads; `loads()` reads protocols 0 to 5 and executes
 * nothing.
 *
 * Choose it to exchange values with a Python program: for a queue, a cache, or a log format of
 * your own. The handlers and receivers of this package already use it.
 *
 * ## What is read
 *
 * `loads()` parses a pickle as data: numbers, texts, bytes, lists, sets and dicts, shared and
 * cyclic ones included. Nothing that the bytes name is looked up, imported or called. Five globals
 * that CPython itself uses for plain values are understood (`set`, `frozenset`, `bytearray`,
 * `bytes`, `_codecs.encode`); any other one is an `UnpicklingError`, or with
 * `{ globals: "opaque" }` an inert {@linkcode PythonObject}.
 *
 * ## Options
 *
 * - `dumps(value, { maxBytes })`: the longest pickle, 256 MiB.
 * - `loads(bytes, options)`: `globals` as above; `encoding` (`"utf-8"`, `"latin1"` or `"bytes"`)
 *   for the byte strings of Python 2, which must otherwise be ASCII; and the limits of {@linkcode
 *   UnpickleLimits} on depth, memo and sizes. The time is linear in the bytes, and no length that
 *   they claim is believed.
 *
 * ## Errors
 *
 * - `UnpicklingError`: the bytes are no pickle, ask for more than data, or go over a limit.
 *   `loads()` throws nothing else, whatever the bytes are.
 * - `PicklingError`: code of the value (a getter, a `toJSON()`) throws, the pickle is larger than
 *   `maxBytes`, or a `bigint` has more than 4,300 digits.
 *
 * The tables of {@linkcode dumps} and {@linkcode loads} say what each type becomes.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @example To Python and back
 * ```ts
 * import { dumps, loads } from "jsr:@logwire/logging/pickle";
 *
 * const bytes = dumps({ name: "spam", tags: ["eggs", 7], when: null });
 * console.assert(JSON.stringify(loads(bytes)) === '{"name":"spam","tags":["eggs",7],"when":null}');
 * ```
 *
 * @example Refuse what is no data
 * ```ts
 * import { loads, UnpicklingError } from "jsr:@logwire/logging/pickle";
 *
 * // os.system("true"), as an attacker would pickle it.
 * const bytes = new TextEncoder().encode("cos\nsystem\n(S'true'\ntR.");
 * try {
 *   loads(bytes);
 *   console.assert(false, "must not load");
 * } catch (error) {
 *   console.assert(error instanceof UnpicklingError);
 * }
 * ```
 *
 * @module
 */
import { Pickler } from "./pickler.ts";
import type { UnpickleOptions } from "./unpickle_options.ts";
import { Unpickler } from "./unpickler.ts";

export { PicklingError, UnpicklingError } from "./errors.ts";
export type { UnpickleLimits } from "./limits.ts";
export { PythonObject } from "./python_object.ts";
export type { PickleEncoding, UnpickleOptions } from "./unpickle_options.ts";

/** Options of {@linkcode dumps}. */
export interface PickleOptions {
  /**
   * The longest pickle, in bytes: a getter or a `toJSON()` could return new values without end.
   *
   * @default {268_435_456} (256 MiB)
   */
  maxBytes?: number;
}

/** Stops a getter or a `toJSON()` that returns new values without end from using all memory. */
const MAX_DEPTH = 2_000_000;

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** Kept between calls for its buffer; not shared during one, as a getter may call `dumps()`. */
let spare: Pickler | undefined;

/**
 * Pickles a value at protocol 1, byte for byte as CPython's `pickle.dumps(value, 1)` writes the
 * same dict of distinct strings, numbers and lists.
 *
 * | JavaScript | Python |
 * |---|---|
 * | safe integer `number`, `bigint` | int |
 * | other `number`, `-0` included | float |
 * | `string`, lone surrogates included | str |
 * | `boolean`; `null`, `undefined` | bool; None |
 * | `Uint8Array`, `Uint8ClampedArray`, `DataView`, `ArrayBuffer` | bytes |
 * | `Array`, `Set`, other typed arrays | list |
 * | plain object, `Map` | dict |
 * | a value with `toJSON()`, also a `Date` | the result of that: ISO 8601 str, None for no date |
 * | `Error` | str, its stack |
 * | any other object | dict of its own enumerable properties |
 * | function, symbol | str, as `String()` makes it |
 *
 * Objects that occur twice, or within themselves, do so in Python too. A Map's key that would be a
 * list or dict becomes a tuple, of items or of `(key, value)` pairs, so that Python can hash it;
 * keys that are then equal in Python (`1` and `true`) are one. `…` replaces a container that lies
 * two million deep.
 *
 * @throws {PicklingError} If code of the value throws, if the pickle takes more than `maxBytes`, or for
 * a bigint of more than 4,300 digits, which Python would refuse.
 *
 * @example
 * ```ts
 * import { dumps } from "jsr:@logwire/logging/pickle";
 *
 * const bytes = dumps({ spam: 1 });
 * console.assert(new TextDecoder("latin1").decode(bytes) === "}q\0X\x04\0\0\0spamq\x01K\x01s.");
 * ```
 */
export function dumps(value: unknown, options: PickleOptions = {}): Uint8Array<ArrayBuffer> {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  if (typeof maxBytes !== "number") {
    throw new TypeError(
      `Cannot pickle as 'maxBytes' must be a number: current value is ${typeof maxBytes}`,
    );
  }
  if (!(maxBytes >= 0)) {
    throw new RangeError(`Cannot pickle as 'maxBytes' must be >= 0: current value is ${maxBytes}`);
  }
  const pickler = spare ?? new Pickler();
  spare = undefined;
  try {
    pickler.start(0, maxBytes, MAX_DEPTH);
    pickler.writeValue(value);
    return pickler.finish().slice();
  } finally {
    pickler.start();
    spare = pickler;
  }
}

const unpickler = new Unpickler();

/**
 * Loads a pickle of any protocol from 0 to 5, as data: nothing that the bytes name is looked up,
 * imported or called.
 *
 * | Python | JavaScript |
 * |---|---|
 * | int | `number` if that is exact, otherwise `bigint` |
 * | float; bool; None | `number`; `boolean`; `null` |
 * | str | `string`, lone surrogates included |
 * | bytes, bytearray | `Uint8Array` |
 * | list, tuple | `Array` |
 * | set, frozenset | `Set` |
 * | dict whose keys are all str | object; `__proto__` is a key like any other |
 * | any other dict | `Map` |
 *
 * Keys and elements that are equal in Python (`1 == 1.0 == True`) are one: the first key stays, the
 * last value wins. A value that occurs twice, or within itself, does so in the result too. Bytes
 * after the end of the pickle are ignored.
 *
 * @throws {UnpicklingError} For bytes that are no pickle, that ask for more than data, or that exceed
 * a limit. Bytes of any kind throw no other error.
 *
 * @example
 * ```ts
 * import { loads } from "jsr:@logwire/logging/pickle";
 *
 * const value = loads(Uint8Array.of(0x80, 5, 0x4b, 42, 0x2e)) as number;
 * console.assert(value === 42);
 * ```
 */
export function loads(bytes: Uint8Array, options?: UnpickleOptions): unknown {
  return (options === undefined ? unpickler : new Unpickler(options)).load(bytes);
}
