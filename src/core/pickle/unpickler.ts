/**
 * Reads pickles of protocols 0 to 5: one loop over the opcodes, as `load()` of CPython's
 * `Modules/_pickle.c`, that builds data and executes nothing. No global is ever looked up.
 *
 * Never recursive, never quadratic; nothing is sized from a length before that many bytes are
 * known to be there.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";
import { dataOf, isKnownGlobal } from "./known_globals.ts";
import { Budget, DEFAULT_LIMITS, exceed, type UnpickleLimits } from "./limits.ts";
import { Memo } from "./memo.ts";
import * as op from "./opcodes.ts";
import { PythonEquality } from "./python_equality.ts";
import { callOf, PythonObject, reductionOf } from "./python_object.ts";
import * as text from "./text.ts";
import { checkDepth, replaceMoved } from "./value_graph.ts";

/** A stack that grew beyond this is let go after the load. */
const MAX_KEPT_STACK = 1024;

/** The most of a hostile name that an error message shows. */
const MAX_SHOWN = 100;

/** How Python 2's byte strings are read. */
export type PickleEncoding = "ASCII" | "utf-8" | "latin1" | "bytes" | "utf-8-or-latin1";

const ENCODINGS: readonly unknown[] = ["ASCII", "utf-8", "latin1", "bytes", "utf-8-or-latin1"];

/** Options of {@linkcode loads}. */
export interface UnpickleOptions extends UnpickleLimits {
  /**
   * What becomes of a pickle that asks for more than data: `"refuse"` throws an
   * `UnpicklingError`, `"opaque"` puts an inert `PythonObject` in its place.
   *
   * @default {"refuse"}
   */
  globals?: "refuse" | "opaque";
  /**
   * How the byte strings of Python 2 become text, as the option of `pickle.loads`: `"ASCII"`
   * throws for any other byte, `"bytes"` leaves them as Uint8Array, `"utf-8-or-latin1"` takes
   * Latin-1 for what is no UTF-8 and so never throws.
   *
   * @default {"ASCII"}
   */
  encoding?: PickleEncoding;
}

const OPTIONS: readonly string[] = [...Object.keys(DEFAULT_LIMITS), "globals", "encoding"];

const float = new DataView(new ArrayBuffer(8));

/** A loader with its options checked once, to be used for many pickles, one after another. */
export class Unpickler {
  readonly #limits: Required<UnpickleLimits>;
  readonly #opaque: boolean;
  readonly #encoding: PickleEncoding;
  readonly #budget: Budget;
  readonly #memo: Memo;

  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #stack: unknown[] = [];
  #height = 0;
  #marks: number[] = [];
  /** The height at the last mark, below which nothing may be popped. */
  #fence = 0;

  /** Arrays that are tuples, Sets that are frozensets, Uint8Arrays that are bytes. */
  #hashable: Set<object> = new Set();
  #equality: PythonEquality | undefined;
  /** Dicts that were objects until a key came that is no str. */
  #moved: Map<object, Map<unknown, unknown>> | undefined;
  /** Whether GET or DUP made a second way to some object. */
  #shared = false;
  /** Known globals pushed and not yet called, where an opaque object may not remain. */
  #uncalled = 0;

  /** Checks the options: a TypeError or RangeError names the one that is wrong. */
  constructor(options: UnpickleOptions = {}) {
    const { globals = "refuse", encoding = "ASCII", ...limits } = options;
    for (const name of Object.keys(options)) {
      if (!OPTIONS.includes(name)) {
        throw new TypeError(`Cannot unpickle as there is no option '${name}'`);
      }
    }
    if (globals !== "refuse" && globals !== "opaque") {
      refuseOption("globals", '"refuse" or "opaque"', globals);
    }
    if (!ENCODINGS.includes(encoding)) {
      refuseOption("encoding", `one of ${ENCODINGS.join(", ")}`, encoding);
    }
    this.#limits = { ...DEFAULT_LIMITS };
    for (const name of Object.keys(limits) as (keyof UnpickleLimits)[]) {
      const limit = limits[name];
      if (limit === undefined) continue;
      if (typeof limit !== "number") refuseOption(name, "a number", limit);
      if (!(limit >= 0 && (Number.isInteger(limit) || limit === Infinity))) {
        throw new RangeError(optionMessage(name, "an integer >= 0, or Infinity", limit));
      }
      this.#limits[name] = limit;
    }
    this.#opaque = globals === "opaque";
    this.#encoding = encoding;
    this.#budget = new Budget(this.#limits);
    this.#memo = new Memo(this.#limits.maxMemo);
  }

  /** Loads one pickle; what follows it is ignored, as CPython does. */
  load(bytes: Uint8Array): unknown {
    if (!ArrayBuffer.isView(bytes) || bytes[Symbol.toStringTag] !== "Uint8Array") {
      refuseOption("bytes", "a Uint8Array", bytes);
    }
    try {
      if (bytes.length > this.#limits.maxBytes) exceed("maxBytes", this.#limits.maxBytes);
      this.#bytes = ownView(bytes);
      return this.#finish(this.#run());
    } catch (error) {
      // What else can come are the engine's own limits, on the length of a string or a Map.
      const known = error instanceof UnpicklingError
        ? error
        : new UnpicklingError("Cannot unpickle as a value is too large", { cause: error });
      known.message += ` (at byte ${this.#position} of ${bytes.length})`;
      throw known;
    } finally {
      this.#reset();
    }
  }

  #finish(value: unknown): unknown {
    if (this.#uncalled > 0) this.#refuseUnlessOpaque("a class that is not called");
    if (this.#moved !== undefined && this.#shared) {
      value = this.#current(value);
      replaceMoved(value, this.#moved);
    }
    const { maxDepth } = this.#limits;
    if (this.#budget.containers > maxDepth) checkDepth(value, maxDepth);
    return value;
  }

  #reset(): void {
    this.#bytes = new Uint8Array(0);
    this.#position = 0;
    if (this.#stack.length > MAX_KEPT_STACK) this.#stack = [];
    else this.#stack.fill(undefined);
    this.#height = 0;
    if (this.#marks.length > 0) this.#marks = [];
    this.#fence = 0;
    this.#memo.clear();
    this.#budget.reset();
    if (this.#hashable.size > 0) this.#hashable = new Set();
    this.#equality = undefined;
    this.#moved = undefined;
    this.#shared = false;
    this.#uncalled = 0;
  }

  #run(): unknown {
    const bytes = this.#bytes;
    for (;;) {
      const opcode = bytes[this.#position++];
      // The opcodes of records come first, the order of the others is that of the protocols.
      switch (opcode) {
        case op.BINUNICODE:
          this.#push(this.#unicode(this.#uint32()));
          break;
        case op.BINPUT:
          this.#put(this.#uint8());
          break;
        case op.SHORT_BINUNICODE:
          this.#push(this.#unicode(this.#uint8()));
          break;
        case op.MEMOIZE:
          this.#put(this.#memo.size);
          break;
        case op.NONE:
          this.#push(null);
          break;
        case op.BININT1:
          this.#push(this.#uint8());
          break;
        case op.BININT2: {
          const at = this.#take(2);
          this.#push(bytes[at]! | bytes[at + 1]! << 8);
          break;
        }
        case op.BININT:
          this.#push(this.#uint32() | 0);
          break;
        case op.BINFLOAT:
          this.#push(this.#float());
          break;
        case op.BINGET:
          this.#get(this.#uint8());
          break;
        case op.SETITEMS:
          this.#setItems(this.#popMark());
          break;
        case op.MARK:
          this.#fence = this.#height;
          this.#marks.push(this.#height);
          break;
        case op.EMPTY_DICT:
          this.#budget.spendContainers(1);
          this.#push({});
          break;
        case op.STOP:
          return this.#pop();

        // Numbers and constants.
        case op.LONG: {
          const start = this.#position;
          let end = this.#line();
          if (end > start && bytes[end - 1] === 0x4c) end--;
          this.#push(text.parseInteger(bytes, start, end));
          break;
        }
        case op.INT:
          this.#push(this.#intText());
          break;
        case op.FLOAT:
          this.#push(text.parseFloatText(this.#lineText()));
          break;
        case op.LONG1:
          this.#push(this.#long(this.#uint8()));
          break;
        case op.LONG4:
          this.#push(this.#long(this.#int32()));
          break;
        case op.NEWTRUE:
          this.#push(true);
          break;
        case op.NEWFALSE:
          this.#push(false);
          break;

        // Text and bytes.
        case op.STRING: {
          const literal = text.decodeQuoted(this.#lineText());
          this.#push(this.#byteString(literal, 0, literal.length));
          break;
        }
        case op.BINSTRING:
          this.#push(this.#binString(this.#int32()));
          break;
        case op.SHORT_BINSTRING:
          this.#push(this.#binString(this.#uint8()));
          break;
        case op.UNICODE:
          this.#push(text.decodeRawUnicodeEscape(this.#lineText()));
          break;
        case op.BINUNICODE8:
          this.#push(this.#unicode(this.#uint64()));
          break;
        case op.SHORT_BINBYTES:
          this.#push(this.#byteArray(this.#uint8(), true));
          break;
        case op.BINBYTES:
          this.#push(this.#byteArray(this.#uint32(), true));
          break;
        case op.BINBYTES8:
          this.#push(this.#byteArray(this.#uint64(), true));
          break;
        case op.BYTEARRAY8:
          this.#push(this.#byteArray(this.#uint64(), false));
          break;

        // Containers.
        case op.EMPTY_LIST:
          this.#budget.spendContainers(1);
          this.#push([]);
          break;
        case op.APPEND:
          this.#require(1);
          this.#append(this.#height - 1);
          break;
        case op.APPENDS:
          this.#append(this.#popMark());
          break;
        case op.LIST:
          this.#pushItems(this.#popMark(), false);
          break;
        case op.EMPTY_TUPLE:
          this.#pushItems(this.#height, true);
          break;
        case op.TUPLE:
          this.#pushItems(this.#popMark(), true);
          break;
        case op.TUPLE1:
        case op.TUPLE2:
        case op.TUPLE3: {
          const size = opcode - op.TUPLE1 + 1;
          this.#require(size);
          this.#pushItems(this.#height - size, true);
          break;
        }
        case op.DICT: {
          const start = this.#popMark();
          this.#budget.spendContainers(1);
          const items = this.#stack.slice(start, this.#height);
          this.#height = start;
          this.#push({});
          for (const item of items) this.#push(item);
          this.#setItems(start + 1);
          break;
        }
        case op.SETITEM:
          this.#require(2);
          this.#setItems(this.#height - 2);
          break;
        case op.EMPTY_SET:
          this.#budget.spendContainers(1);
          this.#push(new Set());
          break;
        case op.ADDITEMS:
          this.#addItems(this.#popMark());
          break;
        case op.FROZENSET: {
          const start = this.#popMark();
          this.#budget.spendContainers(1);
          const set = new Set<unknown>();
          this.#hashable.add(set);
          this.#addTo(set, start);
          this.#push(set);
          break;
        }

        // The stack and the memo.
        case op.POP:
          this.#discard();
          break;
        case op.POP_MARK: {
          const start = this.#popMark();
          while (this.#height > start) this.#forget(this.#stack[--this.#height]);
          break;
        }
        case op.DUP:
          this.#require(1);
          this.#fetched(this.#stack[this.#height - 1]);
          break;
        case op.PUT:
          this.#put(this.#index());
          break;
        case op.LONG_BINPUT:
          this.#put(this.#uint32());
          break;
        case op.GET:
          this.#get(this.#index());
          break;
        case op.LONG_BINGET:
          this.#get(this.#uint32());
          break;

        // What is more than data.
        case op.GLOBAL: {
          const module = this.#name();
          this.#global(module, this.#name());
          break;
        }
        case op.STACK_GLOBAL: {
          const name = this.#pop();
          const module = this.#pop();
          if (typeof module !== "string" || typeof name !== "string") {
            this.#fail("STACK_GLOBAL needs two strings");
          }
          this.#global(module, name);
          break;
        }
        case op.REDUCE:
          this.#reduce();
          break;
        case op.BUILD: {
          const state = this.#pop();
          this.#opaqueAt(this.#height - 1, "BUILD").state = state;
          break;
        }
        case op.NEWOBJ: {
          const args = this.#popTuple();
          this.#construct(this.#pop(), args, null);
          break;
        }
        case op.NEWOBJ_EX: {
          const kwargs = this.#current(this.#pop());
          if (!isDict(kwargs) && !(kwargs instanceof Map)) this.#fail("NEWOBJ_EX needs a dict");
          const args = this.#popTuple();
          this.#construct(this.#pop(), args, kwargs);
          break;
        }
        case op.INST: {
          const module = this.#name();
          const object = new PythonObject(module, this.#name(), null);
          this.#pushItems(this.#popMark(), true);
          this.#construct(object, this.#pop() as unknown[], null);
          break;
        }
        case op.OBJ: {
          const start = this.#popMark();
          if (start === this.#height) this.#underflow();
          this.#pushItems(start + 1, true);
          const args = this.#pop() as unknown[];
          this.#construct(this.#pop(), args, null);
          break;
        }
        case op.EXT1:
          this.#extension(this.#uint8());
          break;
        case op.EXT2: {
          const at = this.#take(2);
          this.#extension(bytes[at]! | bytes[at + 1]! << 8);
          break;
        }
        case op.EXT4:
          this.#extension(this.#int32());
          break;
        case op.PERSID:
          this.#describe("pickle", "persistent_load", [this.#lineText()]);
          break;
        case op.BINPERSID:
          this.#describe("pickle", "persistent_load", [this.#pop()]);
          break;

        // The pickle itself.
        case op.PROTO: {
          const protocol = this.#uint8();
          if (protocol > op.HIGHEST_PROTOCOL) this.#fail(`there is no protocol ${protocol} yet`);
          break;
        }
        case op.FRAME: {
          // A frame is where a reader of a file may read ahead; its length is checked and no more.
          const length = this.#uint64();
          if (length > bytes.length - this.#position) this.#truncated();
          break;
        }
        case op.NEXT_BUFFER:
        case op.READONLY_BUFFER:
          this.#fail("it refers to a buffer that is not in it");
          break;
        case undefined:
          this.#position--;
          this.#truncated();
          break;
        default:
          this.#fail(`there is no opcode 0x${opcode!.toString(16).padStart(2, "0")}`);
      }
    }
  }

  // Reading.

  /** Steps over `count` bytes and returns where they start. */
  #take(count: number): number {
    const at = this.#position;
    if (count > this.#bytes.length - at) this.#truncated();
    this.#position = at + count;
    return at;
  }

  #uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  #uint32(): number {
    const at = this.#take(4);
    const bytes = this.#bytes;
    return (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24) >>> 0;
  }

  /** A length that was written as a signed number. */
  #int32(): number {
    const value = this.#uint32() | 0;
    if (value < 0) this.#fail(`a length or code is negative: ${value}`);
    return value;
  }

  /** A length; beyond 2^53 it is inexact, and beyond any limit. */
  #uint64(): number {
    const low = this.#uint32();
    return this.#uint32() * 2 ** 32 + low;
  }

  #float(): number {
    const at = this.#take(8);
    for (let i = 0; i < 8; i++) float.setUint8(i, this.#bytes[at + i]!);
    return float.getFloat64(0);
  }

  #long(size: number): number | bigint {
    if (size > this.#limits.maxIntegerBytes) {
      exceed("maxIntegerBytes", this.#limits.maxIntegerBytes);
    }
    const at = this.#take(size);
    return text.decodeLong(this.#bytes, at, at + size);
  }

  /** Steps over a line and returns where it ends. */
  #line(): number {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) this.#truncated();
    if (end - this.#position > this.#limits.maxStringBytes) {
      exceed("maxStringBytes", this.#limits.maxStringBytes);
    }
    this.#position = end + 1;
    return end;
  }

  #lineText(): string {
    const start = this.#position;
    return text.decodeLatin1(this.#bytes, start, this.#line());
  }

  #intText(): unknown {
    const start = this.#position;
    const end = this.#line();
    if (end - start === 2 && this.#bytes[start] === 0x30) {
      const digit = this.#bytes[start + 1]! - 0x30;
      if (digit === 0 || digit === 1) return digit === 1;
    }
    return text.parseInteger(this.#bytes, start, end);
  }

  /** The argument of PUT and GET. */
  #index(): number {
    const start = this.#position;
    const index = text.parseInteger(this.#bytes, start, this.#line());
    if (typeof index !== "number" || index < 0) this.#fail(`${index} is no index of the memo`);
    return index;
  }

  #unicode(size: number): string {
    const at = this.#takeString(size);
    const value = text.decodeUtf8(this.#bytes, at, at + size);
    if (value === undefined) this.#fail("a str is no UTF-8");
    return value;
  }

  #takeString(size: number): number {
    const at = this.#take(size);
    if (size > this.#limits.maxStringBytes) exceed("maxStringBytes", this.#limits.maxStringBytes);
    return at;
  }

  #byteArray(size: number, hashable: boolean): Uint8Array {
    const at = this.#takeString(size);
    this.#budget.spendContainers(1);
    const value = this.#bytes.slice(at, at + size);
    if (hashable) this.#hashable.add(value);
    return value;
  }

  #binString(size: number): unknown {
    const at = this.#takeString(size);
    return this.#byteString(this.#bytes, at, at + size);
  }

  /** What the encoding makes of a byte string of Python 2. */
  #byteString(bytes: Uint8Array, start: number, end: number): unknown {
    switch (this.#encoding) {
      case "ASCII":
        if (!text.isAscii(bytes, start, end)) {
          this.#fail("a byte string of Python 2 is not ASCII, and no other encoding is given");
        }
        return text.decodeUtf8(bytes, start, end);
      case "latin1":
        return text.decodeLatin1(bytes, start, end);
      case "bytes": {
        this.#budget.spendContainers(1);
        const value = bytes.slice(start, end);
        this.#hashable.add(value);
        return value;
      }
    }
    const value = text.decodeUtf8(bytes, start, end);
    if (value !== undefined) return value;
    if (this.#encoding === "utf-8") this.#fail("a byte string of Python 2 is no UTF-8");
    return text.decodeLatin1(bytes, start, end);
  }

  #name(): string {
    const start = this.#position;
    const name = text.decodeUtf8(this.#bytes, start, this.#line());
    if (name === undefined || name === "") this.#fail("the name of a global is empty or no UTF-8");
    return name;
  }

  // The stack.

  #push(value: unknown): void {
    this.#stack[this.#height++] = value;
  }

  #pop(): unknown {
    this.#require(1);
    return this.#stack[--this.#height];
  }

  #require(count: number): void {
    if (this.#height - count < this.#fence) this.#underflow();
  }

  /** Takes the last mark off and returns the height that it had. */
  #popMark(): number {
    const start = this.#marks.pop();
    if (start === undefined) this.#fail("a MARK is missing");
    this.#fence = this.#marks.at(-1) ?? 0;
    return start;
  }

  /** POP takes the mark off where one is on top (`load_pop`). */
  #discard(): void {
    if (this.#marks.length > 0 && this.#fence === this.#height) this.#popMark();
    else this.#forget(this.#pop());
  }

  #forget(value: unknown): void {
    if (!this.#opaque && value instanceof PythonObject) this.#uncalled--;
  }

  #put(index: number): void {
    this.#require(1);
    this.#memo.put(index, this.#stack[this.#height - 1]);
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.#fail(`nothing is in the memo at ${index}`);
    this.#fetched(value);
  }

  /** Pushes what is elsewhere too. */
  #fetched(value: unknown): void {
    if (typeof value === "object" && value !== null) {
      this.#shared = true;
      value = this.#current(value);
      if (!this.#opaque && value instanceof PythonObject) this.#uncalled++;
    }
    this.#push(value);
  }

  #current(value: unknown): unknown {
    return this.#moved?.get(value as object) ?? value;
  }

  // Containers.

  #isTuple(value: unknown): value is unknown[] {
    return Array.isArray(value) && this.#hashable.has(value);
  }

  /** Makes one array of the items from `start` on. */
  #pushItems(start: number, isTuple: boolean): void {
    this.#budget.spendContainers(1);
    this.#budget.spendItems(this.#height - start);
    const items = this.#stack.slice(start, this.#height);
    if (isTuple) this.#hashable.add(items);
    this.#height = start;
    this.#push(items);
  }

  /** The container below the items from `start` on. */
  #target(start: number): unknown {
    if (start <= this.#fence) this.#underflow();
    return this.#current(this.#stack[start - 1]);
  }

  #append(start: number): void {
    const target = this.#target(start);
    const items = this.#isList(target)
      ? target
      : (this.#opaqueAt(start - 1, "APPEND").items ??= []);
    this.#appendTo(items, start);
  }

  #isList(value: unknown): value is unknown[] {
    return Array.isArray(value) && !this.#hashable.has(value);
  }

  #appendTo(items: unknown[], start: number): void {
    this.#budget.spendItems(this.#height - start);
    for (let i = start; i < this.#height; i++) items.push(this.#stack[i]);
    this.#height = start;
  }

  #addItems(start: number): void {
    const target = this.#target(start);
    if (target instanceof Set && !this.#hashable.has(target)) this.#addTo(target, start);
    else this.#appendTo(this.#opaqueAt(start - 1, "ADDITEMS").items ??= [], start);
  }

  #addTo(set: Set<unknown>, start: number): void {
    this.#budget.spendItems(this.#height - start);
    const equality = this.#keys();
    for (let i = start; i < this.#height; i++) equality.addItem(set, this.#stack[i]);
    this.#height = start;
  }

  #setItems(start: number): void {
    const stack = this.#stack;
    const end = this.#height;
    if ((end - start) % 2 !== 0) this.#fail("a key has no value");
    this.#budget.spendItems(end - start);
    let target = this.#target(start);
    if (isDict(target)) {
      let i = start;
      while (i < end && typeof stack[i] === "string") i += 2;
      if (i >= end) {
        for (i = start; i < end; i += 2) setOwn(target, stack[i] as string, stack[i + 1]);
        this.#height = start;
        return;
      }
      target = this.#becomeMap(target);
      stack[start - 1] = target;
    }
    if (target instanceof Map) {
      const equality = this.#keys();
      for (let i = start; i < end; i += 2) equality.setItem(target, stack[i], stack[i + 1]);
    } else {
      const entries = this.#opaqueAt(start - 1, "SETITEM").entries ??= [];
      this.#budget.spendContainers((end - start) / 2);
      for (let i = start; i < end; i += 2) entries.push([stack[i], stack[i + 1]]);
    }
    this.#height = start;
  }

  #becomeMap(dict: Record<string, unknown>): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>(Object.entries(dict));
    this.#moved ??= new Map();
    this.#moved.set(dict, map);
    return map;
  }

  #keys(): PythonEquality {
    return this.#equality ??= new PythonEquality(this.#hashable, this.#budget);
  }

  // What is more than data.

  #global(module: string, name: string): void {
    if (isKnownGlobal(module, name)) {
      if (!this.#opaque) this.#uncalled++;
    } else {
      this.#refuseUnlessOpaque(`'${module}.${name}'`);
    }
    this.#budget.spendContainers(1);
    this.#push(new PythonObject(module, name, null));
  }

  #reduce(): void {
    const args = this.#popTuple();
    const callee = this.#pop();
    if (!(callee instanceof PythonObject)) this.#fail("REDUCE calls what is no global");
    this.#forget(callee);
    this.#budget.spendContainers(1);
    const { module, name } = callee;
    if (callee.args === null && isKnownGlobal(module, name)) {
      const context = { hashable: this.#hashable, equality: this.#keys(), budget: this.#budget };
      const data = dataOf(name, args, context);
      if (data !== undefined) return this.#push(data);
    }
    this.#refuseUnlessOpaque(`'${module}.${name}' of other arguments than data needs`);
    this.#push(reductionOf(callee, args));
  }

  #construct(type: unknown, args: unknown[], kwargs: unknown): void {
    if (!(type instanceof PythonObject)) this.#fail("it makes an object of what is no class");
    this.#refuseUnlessOpaque(`'${type.module}.${type.name}'`);
    this.#budget.spendContainers(1);
    this.#push(callOf(type, args, kwargs));
  }

  #extension(code: number): void {
    if (code === 0) this.#fail("the code of an extension is not positive");
    this.#describe("copyreg", "extension", [code]);
  }

  #describe(module: string, name: string, args: unknown[]): void {
    this.#refuseUnlessOpaque(`${module}.${name}()`);
    this.#budget.spendContainers(2);
    this.#push(new PythonObject(module, name, args));
  }

  #popTuple(): unknown[] {
    const args = this.#pop();
    if (!this.#isTuple(args)) this.#fail("arguments are no tuple");
    return args;
  }

  #opaqueAt(index: number, opcode: string): PythonObject {
    if (index < this.#fence) this.#underflow();
    const object = this.#stack[index];
    if (!this.#opaque || !(object instanceof PythonObject)) {
      this.#fail(`${opcode} is for what has no such thing`);
    }
    return object;
  }

  // Failing.

  #refuseUnlessOpaque(what: string): void {
    if (!this.#opaque) this.#fail(`it asks for more than data: ${what.slice(0, MAX_SHOWN)}`);
  }

  #underflow(): never {
    this.#fail("it takes more than there is on the stack");
  }

  #truncated(): never {
    this.#fail("it is cut short");
  }

  #fail(why: string): never {
    throw new UnpicklingError(`Cannot unpickle as ${why}`);
  }
}

/** A plain Uint8Array of our own over the same bytes: `slice()` of Node's Buffer does not copy. */
function ownView(bytes: Uint8Array): Uint8Array {
  if (!(bytes.buffer instanceof ArrayBuffer)) return new Uint8Array(bytes); // TextDecoder's wish
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isDict(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

/** Sets an own property, whatever `Object.prototype` has under that name. */
function setOwn(dict: Record<string, unknown>, key: string, value: unknown): void {
  if (key in Object.prototype) {
    Object.defineProperty(dict, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    dict[key] = value;
  }
}

function optionMessage(name: string, expected: string, value: unknown): string {
  const shown = typeof value === "number" ? String(value) : typeof value;
  return `Cannot unpickle as '${name}' must be ${expected}: current value is ${shown}`;
}

function refuseOption(name: string, expected: string, value: unknown): never {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, MAX_SHOWN)) : value;
  throw new TypeError(optionMessage(name, expected, shown));
}
