/**
 * Reads a configuration dictionary, and follows the `cfg://` and `ext://` references in it, after
 * CPython's `BaseConfigurator`. It never changes the dictionary.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { type Dialect, DICTIONARY } from "./_dialect.ts";
import { pathTo, refuseAt } from "./_path_error.ts";

/** A dictionary of the configuration: a plain object. */
export type Dictionary = Readonly<Record<string, unknown>>;

/** Finds the formatter, filter or handler of an entry; `undefined` if there is none. */
export type Lookup = (section: string, name: string) => unknown;

/** A reference may lead to another so often: a longer chain is a circle. */
const MAX_HOPS = 32;

/** No written dictionary is nearly so deep; an object that holds itself is deeper. */
const MAX_DEPTH = 100;

/** A reference; it is one from the first character on. */
export const REFERENCE: RegExp = /^(cfg|ext):\/\/(.*)$/s;
const FIRST = /^\s*([\p{L}\p{N}_]+)\s*/u;
const STEP = /^(?:\.\s*([\p{L}\p{N}_]+)|\[([^[\]]*)\])\s*/u;

/** Reads one dictionary. */
export class DictionaryReader {
  readonly #config: Dictionary;
  readonly #externals: Dictionary;
  readonly #made: Lookup;
  readonly #dialect: Dialect;

  /** `ext://` names are looked up in `externals`, and the objects of entries by `made`. */
  constructor(
    config: Dictionary,
    externals: Dictionary,
    made: Lookup,
    dialect: Dialect = DICTIONARY,
  ) {
    this.#config = config;
    this.#externals = externals;
    this.#made = made;
    this.#dialect = dialect;
  }

  /** A section, such as `handlers`; an empty one if there is none. */
  section(name: string): Dictionary {
    return this.dictionary(this.#config[name] ?? {}, name);
  }

  /** A dictionary, or the one that a reference leads to; the references in it are not followed. */
  dictionary(value: unknown, path: string): Dictionary {
    const found = this.resolve(value, path);
    return isPlainObject(found) ? found : refuseAt(path, "a dictionary", found);
  }

  /** A value in which every reference, however deep, is followed; the same value if none is. */
  value(value: unknown, path: string, depth: number = 0): unknown {
    if (depth > MAX_DEPTH) refuseAt(path, "nested less deeply", value);
    const found = this.resolve(value, path);
    const next = (item: unknown, key: string) => this.value(item, pathTo(path, key), depth + 1);
    if (Array.isArray(found)) {
      const items = found.map((item, index) => next(item, String(index)));
      return items.every((item, index) => item === found[index]) ? found : items;
    }
    if (!isData(found)) return found;
    const entries = Object.entries(found).map(([key, item]) => [key, next(item, key)] as const);
    return entries.every(([key, item]) => item === found[key])
      ? found
      : Object.fromEntries(entries);
  }

  /** The value that a reference leads to; any other value itself. */
  resolve(value: unknown, path: string, hops: number = 0): unknown {
    if (typeof value !== "string" || !this.#dialect.hasReferences) return value;
    const [, protocol, rest = ""] = REFERENCE.exec(value) ?? [];
    if (protocol === undefined) return value;
    if (hops > MAX_HOPS) refuseAt(path, "a reference that does not lead back to itself", value);
    if (protocol === "cfg") return this.#lookUp(rest, path, value, hops);
    if (Object.hasOwn(this.#externals, rest)) return this.#externals[rest];
    return refuseAt(path, "an ext:// name that 'externals' has, as nothing is imported", value);
  }

  /** After CPython's `cfg_convert`: `cfg://word.word[index]`. */
  #lookUp(reference: string, path: string, value: unknown, hops: number): unknown {
    const keys: string[] = [];
    for (let rest = reference; rest !== "" || keys.length === 0;) {
      const step = (keys.length === 0 ? FIRST : STEP).exec(rest);
      if (step === null) return refuseAt(path, "a reference such as cfg://handlers.console", value);
      keys.push(step[1] ?? step[2] ?? "");
      rest = rest.slice(step[0].length);
    }
    const made = keys.length === 2 ? this.#made(keys[0]!, keys[1]!) : undefined;
    if (made !== undefined) return made;
    let found: unknown = this.#config;
    for (const key of keys) {
      if (!(isPlainObject(found) || Array.isArray(found)) || !Object.hasOwn(found, key)) {
        return refuseAt(path, "a reference to an existing entry", value);
      }
      found = this.resolve((found as Dictionary)[key], path, hops + 1);
    }
    return found;
  }
}

/**
 * True for an object that was written as data: one with functions is the program's, say a stream.
 */
function isData(value: unknown): value is Record<string, unknown> {
  return isPlainObject(value) && Object.values(value).every((item) => typeof item !== "function");
}
