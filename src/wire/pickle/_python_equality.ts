/**
 * Keys of dicts and elements of sets, which are equal if Python compares them as equal:
 * `1 == 1.0 == True`, tuples and frozensets by their items, bytes by their bytes.
 *
 * Each key has a canonical form, and two keys are equal in Python if their forms are the same to a
 * JavaScript Map. The forms of tuples and frozensets are nodes of a trie of the forms of their
 * items, each computed once: linear in the bytes that were read, however the tuples share one
 * another.
 *
 * Differs: a Map or Set holds one NaN, where Python holds one per object. Opaque objects are equal
 * only to themselves.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";
import type { Budget } from "./limits.ts";
import { PythonObject } from "./python_object.ts";
import { decodeLatin1 } from "./literals.ts";

/** A tuple or frozenset, reached along the canonical forms of its items. */
class Node {
  next: Map<unknown, Node> | undefined;
}

/** The keys of one `loads()`. */
export class PythonEquality {
  readonly #hashable: ReadonlySet<object>;
  readonly #budget: Budget;
  readonly #forms: Map<object, unknown> = new Map();
  readonly #tuples: Node = new Node();
  readonly #frozensets: Node = new Node();
  readonly #bytes: Map<string, object> = new Map();
  readonly #ids: Map<unknown, number> = new Map();
  readonly #keys: Map<object, Map<unknown, unknown>> = new Map();

  /**
   * Arrays in `hashable` are tuples, Sets are frozensets and Uint8Arrays are bytes; all others are
   * lists, sets and bytearrays. The parts of keys are counted as containers.
   */
  constructor(hashable: ReadonlySet<object>, budget: Budget) {
    this.#hashable = hashable;
    this.#budget = budget;
  }

  /**
   * Sets an entry like Python's `map[key] = value`: the first of equal keys stays, the last value
   * wins.
   */
  setItem(map: Map<unknown, unknown>, key: unknown, value: unknown): void {
    map.set(this.#existing(map, key), value);
  }

  /** Adds an element like Python's `set.add(item)`. */
  addItem(set: Set<unknown>, item: unknown): void {
    set.add(this.#existing(set, item));
  }

  /** Returns the earlier key that is equal to `key`, otherwise `key`. */
  #existing(container: Map<unknown, unknown> | Set<unknown>, key: unknown): unknown {
    if (isNumber(key)) this.#budget.spendKey(key);
    let keys = this.#keys.get(container);
    if (keys === undefined) {
      if (isItsOwnForm(key)) return key;
      keys = new Map();
      for (const present of container.keys()) keys.set(present, present);
      this.#keys.set(container, keys);
    }
    const form = this.#formOf(key);
    const present = keys.get(form);
    if (present !== undefined || keys.has(form)) return present;
    keys.set(form, key);
    return key;
  }

  #formOf(key: unknown): unknown {
    if (typeof key === "boolean") return Number(key);
    if (typeof key === "bigint") return BigInt.asIntN(1025, key) === key ? numberIfEqual(key) : key;
    if (isItsOwnForm(key)) return key;
    const root = key as object;
    const pending = [root];
    while (pending.length > 0) {
      const value = pending.at(-1)!;
      const before = pending.length;
      if (!this.#forms.has(value)) {
        if (value instanceof Uint8Array) {
          this.#forms.set(value, this.#formOfBytes(value));
        } else {
          const items = this.#itemsOf(value);
          for (const item of items) {
            if (isComposite(item) && !this.#forms.has(item)) pending.push(item);
          }
          if (pending.length > before) continue;
          this.#forms.set(value, this.#formOfItems(value, items));
        }
      }
      pending.pop();
    }
    return this.#forms.get(root);
  }

  #formOfBytes(value: Uint8Array): object {
    if (!this.#hashable.has(value)) refuseUnhashable("bytearray");
    const text = decodeLatin1(value, 0, value.length);
    let form = this.#bytes.get(text);
    if (form === undefined) this.#bytes.set(text, form = {});
    return form;
  }

  #itemsOf(value: object): Iterable<unknown> {
    if (this.#hashable.has(value)) return value as Iterable<unknown>;
    if (Array.isArray(value)) refuseUnhashable("list");
    refuseUnhashable(value instanceof Set ? "set" : "dict");
  }

  /** The items are at the bottom, or their forms are known. */
  #formOfItems(value: object, items: Iterable<unknown>): object {
    const forms: unknown[] = [];
    for (const item of items) {
      // A NaN is equal to no other value, and neither is a value that contains it.
      if (Number.isNaN(item)) return value;
      if (isNumber(item)) this.#budget.spendKey(item);
      forms.push(isComposite(item) ? this.#forms.get(item) : this.#formOf(item));
    }
    this.#budget.spendContainers(forms.length);
    if (Array.isArray(value)) return follow(this.#tuples, forms);
    const ids = forms.map((form) => this.#idOf(form)).sort((a, b) => a - b);
    return follow(this.#frozensets, ids);
  }

  #idOf(form: unknown): number {
    let id = this.#ids.get(form);
    if (id === undefined) this.#ids.set(form, id = this.#ids.size);
    return id;
  }
}

function follow(node: Node, path: unknown[]): Node {
  for (const step of path) {
    node.next ??= new Map();
    let next = node.next.get(step);
    if (next === undefined) node.next.set(step, next = new Node());
    node = next;
  }
  return node;
}

/** Returns true for a key that a Map compares as Python does. */
function isItsOwnForm(key: unknown): boolean {
  const type = typeof key;
  return type === "string" || type === "number" || key === null || key instanceof PythonObject;
}

function isNumber(key: unknown): key is number | bigint {
  return typeof key === "number" || typeof key === "bigint";
}

function isComposite(item: unknown): item is object {
  return typeof item === "object" && item !== null && !(item instanceof PythonObject);
}

/** Returns a large int as a float, if a float is exactly equal to it, otherwise the int itself. */
function numberIfEqual(key: bigint): number | bigint {
  const asNumber = Number(key);
  return Number.isFinite(asNumber) && BigInt(asNumber) === key ? asNumber : key;
}

function refuseUnhashable(type: string): never {
  throw new UnpicklingError(`Cannot unpickle as a key or element is unhashable: a ${type}`);
}
