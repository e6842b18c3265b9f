/**
 * The stack machine whose programs are pickles: values, marks between them, the memo, and
 * containers that are built of the values on top (`Pdata` and the `load_…` functions of CPython's
 * `Modules/_pickle.c`).
 *
 * Lists and tuples are both Arrays here, sets and frozensets both Sets, bytes and bytearrays both
 * Uint8Arrays; while loading, a set remembers which of them Python could hash. A dict
 * begins as an object and is replaced by a Map when a key comes that is no str.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";
import { dataOf } from "./_known_globals.ts";
import { Budget, type UnpickleLimits } from "./limits.ts";
import { Memo } from "./_memo.ts";
import { PythonEquality } from "./_python_equality.ts";
import { PythonObject } from "./python_object.ts";
import { checkDepth, replaceMoved } from "./_value_graph.ts";

/** A stack that grew beyond this is dropped after the load. */
const MAX_KEPT_STACK = 1024;

/** The values of one load after another. */
export class ValueStack {
  /** The account of this load. */
  readonly budget: Budget;
  readonly #memo: Memo;
  readonly #maxDepth: number;
  readonly #opaque: boolean;

  #values: unknown[] = [];
  #height = 0;
  #marks: number[] = [];
  /** The height at the last mark, below which nothing may be popped. */
  #fence = 0;

  /** Arrays that are tuples, Sets that are frozensets, Uint8Arrays that are bytes. */
  #hashable: Set<object> = new Set();
  #equality: PythonEquality | undefined;
  /** Dicts that were objects until a key came that is no str. */
  #moved: Map<object, Map<unknown, unknown>> | undefined;
  /** True if there may be a second path to some object. */
  #shared = false;
  /**
   * The number of classes and calls that were pushed and not popped: without any, the result has
   * none.
   */
  #described = 0;

  /** An empty stack, for loads within these limits; `opaque` if descriptions may remain. */
  constructor(limits: Required<UnpickleLimits>, opaque: boolean) {
    this.#opaque = opaque;
    this.budget = new Budget(limits);
    this.#memo = new Memo(limits.maxMemo);
    this.#maxDepth = limits.maxDepth;
  }

  /** The index of the next MEMOIZE. */
  get memoSize(): number {
    return this.#memo.size;
  }

  /** Removes everything. */
  reset(): void {
    if (this.#values.length > MAX_KEPT_STACK) this.#values = [];
    else this.#values.fill(undefined);
    this.#height = 0;
    if (this.#marks.length > 0) this.#marks = [];
    this.#fence = 0;
    this.#memo.clear();
    this.budget.reset();
    if (this.#hashable.size > 0) this.#hashable = new Set();
    this.#equality = undefined;
    this.#moved = undefined;
    this.#shared = false;
    this.#described = 0;
  }

  /** Pops the loaded value and makes it ready for the caller. */
  finish(): unknown {
    if (this.#described > 0 && !this.#opaque) {
      fail("it asks for more than data: a class that is not called");
    }
    const value = this.#current(this.pop());
    if (this.#moved !== undefined && this.#shared) replaceMoved(value, this.#moved);
    if (this.budget.containers > this.#maxDepth) checkDepth(value, this.#maxDepth);
    return value;
  }

  // Values and marks.

  /** Pushes a value. */
  push(value: unknown): void {
    this.#values[this.#height++] = value;
  }

  /** Pushes a class or a call. */
  pushDescription(object: PythonObject): void {
    this.budget.spendContainers(1);
    this.#described++;
    this.push(object);
  }

  /** Pushes bytes. */
  pushBytes(bytes: Uint8Array, hashable: boolean): void {
    this.budget.spendContainers(1);
    if (hashable) this.#hashable.add(bytes);
    this.push(bytes);
  }

  /** Pops the value on top. */
  pop(): unknown {
    this.#require(1);
    const value = this.#values[--this.#height];
    if (value instanceof PythonObject) this.#described--;
    return value;
  }

  /** Pops a tuple: the arguments of a call. */
  popTuple(): unknown[] {
    const args = this.pop();
    if (!Array.isArray(args) || !this.#hashable.has(args)) fail("the arguments are no tuple");
    return args;
  }

  /** Pops a dict: the keyword arguments of a call. */
  popDict(): unknown {
    const dict = this.#current(this.pop());
    if (!isDict(dict) && !(dict instanceof Map)) fail("the keyword arguments are no dict");
    return dict;
  }

  /** MARK. */
  mark(): void {
    this.#fence = this.#height;
    this.#marks.push(this.#height);
  }

  /** Removes the last mark and returns its height. */
  popMark(): number {
    const start = this.#marks.pop();
    if (start === undefined) fail("a MARK is missing");
    this.#fence = this.#marks.at(-1) ?? 0;
    return start;
  }

  /** POP, which removes a mark if one is on top. */
  discard(): void {
    if (this.#marks.length > 0 && this.#fence === this.#height) this.popMark();
    else this.pop();
  }

  /** POP_MARK. */
  discardToMark(): void {
    const start = this.popMark();
    while (this.#height > start) this.pop();
  }

  /** DUP. */
  duplicate(): void {
    this.#require(1);
    this.#pushAgain(this.#values[this.#height - 1]);
  }

  // The memo.

  /** PUT. */
  put(index: number): void {
    this.#require(1);
    this.#memo.put(index, this.#values[this.#height - 1]);
  }

  /** GET. */
  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) fail(`nothing is in the memo at ${index}`);
    this.#pushAgain(value);
  }

  #pushAgain(value: unknown): void {
    if (typeof value === "object" && value !== null) {
      this.#shared = true;
      value = this.#current(value);
      if (value instanceof PythonObject) this.#described++;
    }
    this.push(value);
  }

  // Containers.

  /** EMPTY_DICT. */
  pushDict(): void {
    this.budget.spendContainers(1);
    this.push({});
  }

  /** EMPTY_LIST. */
  pushList(): void {
    this.budget.spendContainers(1);
    this.push([]);
  }

  /** EMPTY_SET. */
  pushSet(): void {
    this.budget.spendContainers(1);
    this.push(new Set());
  }

  /** LIST. */
  makeList(): void {
    this.#makeArray(this.popMark());
  }

  /** TUPLE, which returns the array. */
  makeTuple(): unknown[] {
    return this.#makeTuple(this.popMark());
  }

  /** EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3. */
  makeTupleOf(size: number): void {
    this.#require(size);
    this.#makeTuple(this.#height - size);
  }

  #makeTuple(start: number): unknown[] {
    const items = this.#makeArray(start);
    this.#hashable.add(items);
    return items;
  }

  #makeArray(start: number): unknown[] {
    this.budget.spendContainers(1);
    this.budget.spendItems(this.#height - start);
    const items = this.#values.slice(start, this.#height);
    this.#height = start;
    this.push(items);
    return items;
  }

  /** DICT. */
  makeDict(): void {
    const start = this.popMark();
    const items = this.#values.slice(start, this.#height);
    this.#height = start;
    this.pushDict();
    for (const item of items) this.push(item);
    this.setItems(start + 1);
  }

  /** FROZENSET. */
  makeFrozenset(): void {
    const start = this.popMark();
    this.budget.spendContainers(1);
    const set = new Set<unknown>();
    this.#hashable.add(set);
    this.#addTo(set, start);
    this.push(set);
  }

  /** APPEND. */
  append(): void {
    this.#require(1);
    this.appendItems(this.#height - 1);
  }

  /** SETITEM. */
  setItem(): void {
    this.#require(2);
    this.setItems(this.#height - 2);
  }

  /** APPENDS, to the container below `start`. */
  appendItems(start: number): void {
    const target = this.#target(start);
    const isList = Array.isArray(target) && !this.#hashable.has(target);
    this.#appendTo(isList ? target : (this.#describedBy(target, "APPEND").items ??= []), start);
  }

  /** ADDITEMS, to the container below `start`. */
  addItems(start: number): void {
    const target = this.#target(start);
    if (target instanceof Set && !this.#hashable.has(target)) this.#addTo(target, start);
    else this.#appendTo(this.#describedBy(target, "ADDITEMS").items ??= [], start);
  }

  /** SETITEMS, on the container below `start`. */
  setItems(start: number): void {
    const values = this.#values;
    const end = this.#height;
    if ((end - start) % 2 !== 0) fail("a key has no value");
    let target = this.#target(start);
    this.budget.spendItems(end - start);
    this.#height = start;
    if (isDict(target)) {
      let i = start;
      while (i < end && typeof values[i] === "string") i += 2;
      if (i >= end) {
        for (i = start; i < end; i += 2) setOwn(target, values[i] as string, values[i + 1]);
        return;
      }
      target = values[start - 1] = this.#becomeMap(target);
    }
    if (target instanceof Map) {
      const equality = this.#equals();
      for (let i = start; i < end; i += 2) equality.setItem(target, values[i], values[i + 1]);
    } else {
      const entries = this.#describedBy(target, "SETITEM").entries ??= [];
      this.budget.spendContainers((end - start) / 2);
      for (let i = start; i < end; i += 2) entries.push([values[i], values[i + 1]]);
    }
  }

  /** BUILD. */
  setState(): void {
    this.#require(2);
    const object = this.#describedBy(this.#values[this.#height - 2], "BUILD");
    object.state = this.pop();
  }

  /** Pushes the data that a call of a known global means; false if it means no data. */
  pushDataOf(name: string, args: unknown[]): boolean {
    const context = { hashable: this.#hashable, equality: this.#equals(), budget: this.budget };
    const data = dataOf(name, args, context);
    if (data === undefined) return false;
    this.budget.spendContainers(1);
    this.push(data);
    return true;
  }

  /** Returns the object for an opcode that describes more than data. */
  #describedBy(value: unknown, opcode: string): PythonObject {
    if (!this.#opaque || !(value instanceof PythonObject)) {
      fail(`${opcode} needs an object, and the value is data`);
    }
    return value;
  }

  #require(count: number): void {
    if (this.#height - count < this.#fence) underflow();
  }

  /** Returns the container below the items from `start` on. */
  #target(start: number): unknown {
    if (start <= this.#fence) underflow();
    return this.#current(this.#values[start - 1]);
  }

  #appendTo(items: unknown[], start: number): void {
    this.budget.spendItems(this.#height - start);
    for (let i = start; i < this.#height; i++) items.push(this.#values[i]);
    this.#height = start;
  }

  #addTo(set: Set<unknown>, start: number): void {
    this.budget.spendItems(this.#height - start);
    const equality = this.#equals();
    for (let i = start; i < this.#height; i++) equality.addItem(set, this.#values[i]);
    this.#height = start;
  }

  #equals(): PythonEquality {
    return this.#equality ??= new PythonEquality(this.#hashable, this.budget);
  }

  #becomeMap(dict: Record<string, unknown>): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>(Object.entries(dict));
    this.#moved ??= new Map();
    this.#moved.set(dict, map);
    return map;
  }

  #current(value: unknown): unknown {
    return this.#moved?.get(value as object) ?? value;
  }
}

function isDict(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

/** Sets an own property, even if `Object.prototype` has that name. */
function setOwn(dict: Record<string, unknown>, key: string, value: unknown): void {
  if (key in Object.prototype) {
    const attributes = { writable: true, enumerable: true, configurable: true };
    Object.defineProperty(dict, key, { value, ...attributes });
  } else {
    dict[key] = value;
  }
}

function underflow(): never {
  fail("it takes more than there is on the stack");
}

function fail(why: string): never {
  throw new UnpicklingError(`Cannot unpickle as ${why}`);
}
