/**
 * Writes pickles: the opcodes of protocol 1, as CPython's C pickler orders them at protocol 1, so
 * that a plain dict has exactly the bytes of `pickle.dumps(d, 1)` (`Modules/_pickle.c`: `save`,
 * `batch_list_exact`, `batch_dict_exact`, `memo_put`, `save_bytes`).
 *
 * Differs: equal strings are written in full each time, except long ones, which are written once,
 * as strings of JavaScript have no identity. Objects and arrays have one, so shared and cyclic
 * values are exact.
 *
 * No value makes the receiver look up a global, with the one exception that CPython itself
 * makes: before protocol 3 there is no opcode for bytes, and `_codecs.encode(str, "latin1")` is the
 * only call that every Python from 2.7 on loads as equal bytes.
 *
 * Never recursive: a value may be as deep as memory allows, unless limits are given.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { ByteWriter } from "./_byte_writer.ts";
import { PicklingError } from "./errors.ts";
import { CONTAINER_ITEMS, FAR_KEY_ITEMS, isFarKey } from "./limits.ts";
import * as op from "./opcodes.ts";
import { isScalar } from "../../text/scalar.ts";
import { decodeLatin1 } from "./literals.ts";

/** CPython's BATCHSIZE: items are appended at most this many at a time. */
const BATCH_SIZE = 1000;

/** Python turns no text with more digits into an int (`sys.get_int_max_str_digits()`). */
const TOO_LARGE = 10n ** 4300n;

/**
 * Longer texts are written once: a text that a value contains many times is mostly the same str.
 */
const LONG_TEXT = 1000;

/** The text in place of a container that is too deep for the receiver. */
const TOO_DEEP = "…";

/** In the memo of keys: a tuple that is begun, to which nothing may refer yet. */
const UNFINISHED = -1;

/** A container that is being written. */
interface Frame {
  /** True for a dict. */
  readonly isDict: boolean;
  /** True for a tuple, which is a key and is written after its items; others are written empty. */
  readonly isTuple: boolean;
  readonly value: object;
  /** The result of `toJSON()`, or the value itself. */
  readonly source: object;
  /** The items; those of a dict are pairs. */
  readonly items: ArrayLike<unknown>;
  /** The number of values: a dict has twice as many as items. */
  readonly length: number;
  index: number;
  /** Its index in the receiver's memo. */
  place: number;
  /** The number of nested containers, from the deepest to this one. */
  height: number;
  /** True for a Float32Array and the like, whose elements are floats even if they are whole. */
  readonly floats: boolean;
}

/**
 * Writes values one after another into one buffer: `start()`, any `write…()`, `finish()`. It can be
 * used again after that, and after an error. While it writes, code of the value (a getter, a
 * `toJSON()`) may run, which must not use the same Pickler.
 */
export class Pickler {
  readonly #out = new ByteWriter();
  /** The number of objects in the receiver's memo so far. */
  #memoized = 0;
  /**
   * The indexes in the receiver's memo of objects, and of texts that are written repeatedly.
   */
  #memo = new Map<unknown, number>();
  /** The same for objects that are keys, and so tuples. */
  #keys = new Map<unknown, number>();
  #entries = 0;
  #maxDepth = 0;
  #maxItems = 0;
  /** The items that the receiver has spent so far. */
  #spent = 0;
  /** The nesting of containers in the receiver's memo, by index, if it is not 1. */
  readonly #heights: number[] = [];

  /**
   * Begins a pickle, and drops all bytes before.
   *
   * @param reserved the number of free bytes in front of it, for a length prefix
   * @param maxBytes the longest pickle; a longer one is a PicklingError
   * @param maxDepth how deep containers may nest; `…` replaces deeper ones
   * @param maxItems the items that the receiver may spend; more are a PicklingError
   */
  start(
    reserved = 0,
    maxBytes: number = Infinity,
    maxDepth: number = Infinity,
    maxItems: number = Infinity,
  ): void {
    this.#out.reset(reserved, reserved + maxBytes);
    this.#maxDepth = maxDepth;
    this.#maxItems = maxItems;
    this.#spent = this.#memoized = 0;
    if (this.#heights.length > 0) this.#heights.length = 0;
    if (this.#memo.size > 0) this.#memo = new Map();
    if (this.#keys.size > 0) this.#keys = new Map();
  }

  /** The number of bytes, with the reserved ones. */
  get length(): number {
    return this.#out.length;
  }

  /** The number of objects that the receiver will have in its memo. */
  get memoized(): number {
    return this.#memoized;
  }

  /** The bytes so far, valid until more are written. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#out.bytes.subarray(0, this.#out.length);
  }

  /** Ends the pickle; its bytes, with the reserved ones, are valid until the next `start()`. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#out.byte(op.STOP);
    this.#out.checkLength();
    return this.written;
  }

  /** Begins a dict that is written key by key with `writeKey()`; such dicts do not nest. */
  beginDict(): void {
    this.#out.byte(op.EMPTY_DICT);
    this.#put();
    this.#out.byte(op.MARK);
    this.#entries = 0;
  }

  /** Writes the key of the next entry of the dict; the caller then writes its value. */
  writeKey(key: string): void {
    if (this.#entries++ === BATCH_SIZE) {
      this.endDict();
      this.#out.byte(op.MARK);
      this.#entries = 1;
    }
    this.writeString(key);
  }

  /** Ends the dict. */
  endDict(): void {
    this.#out.byte(op.SETITEMS);
  }

  /** Writes a float, even if the number is whole. */
  writeFloat(value: number): void {
    this.#out.float(value);
  }

  /** Writes a str, and returns its index in the receiver's memo. */
  writeString(value: string): number {
    const isLong = value.length > LONG_TEXT;
    let index = isLong ? this.#memo.get(value) : undefined;
    if (index !== undefined) {
      this.writeAgain(index);
    } else {
      this.#out.text(value);
      index = this.#put();
      if (isLong) this.#memo.set(value, index);
    }
    return index;
  }

  /** Writes a reference to the object with this index in the receiver's memo. */
  writeAgain(index: number): void {
    this.#out.index(op.BINGET, op.LONG_BINGET, index);
  }

  /** Counts items that the receiver makes. */
  #spend(items: number): void {
    if ((this.#spent += items) > this.#maxItems) {
      throw new PicklingError("Cannot pickle the value as it has too many parts");
    }
  }

  /** Writes `…` for a container that is too deep; false for others. */
  #skip(depth: number): boolean {
    if (depth <= this.#maxDepth) return false;
    this.writeString(TOO_DEEP);
    return true;
  }

  /** Puts the object written last into the receiver's memo, as CPython does for all but scalars. */
  #put(): number {
    this.#out.index(op.BINPUT, op.LONG_BINPUT, this.#memoized);
    return this.#memoized++;
  }

  /** Writes an int. */
  #writeBigInt(value: bigint): void {
    const asNumber = Number(value);
    if (Number.isSafeInteger(asNumber)) return this.#out.plain(asNumber);
    if (value >= TOO_LARGE || value <= -TOO_LARGE) {
      throw new PicklingError(
        "Cannot pickle a bigint as Python loads none of more than 4300 digits",
      );
    }
    this.#out.utf8(`L${value}L\n`);
  }

  /** Writes bytes, as CPython does below protocol 3 (`save_bytes`). */
  #writeBytes(value: Uint8Array): void {
    const out = this.#out;
    this.#spend(2 * CONTAINER_ITEMS);
    if (value.length === 0) {
      this.#writeGlobal("c__builtin__\nbytes\n");
      out.byte(op.EMPTY_TUPLE);
    } else {
      this.#writeGlobal("c_codecs\nencode\n");
      out.byte(op.MARK);
      this.writeString(decodeLatin1(value, 0, value.length));
      if (this.#refer("latin1") < 0) this.#memo.set("latin1", this.writeString("latin1"));
      out.byte(op.TUPLE);
      this.#put();
    }
    out.byte(op.REDUCE);
    this.#put();
  }

  #writeGlobal(line: string): void {
    if (this.#refer(line) >= 0) return;
    this.#out.utf8(line);
    this.#memo.set(line, this.#put());
  }

  /** Writes any value, by the table in the documentation of `dumps()`. */
  writeValue(value: unknown): void {
    try {
      if (!this.#writeScalar(value)) this.#writeObject(value as object);
    } catch (error) {
      if (error instanceof PicklingError) throw error;
      throw new PicklingError("Cannot pickle the value as reading it threw: see 'cause'", {
        cause: error,
      });
    }
  }

  /** Writes a value that has no parts; false for one that may have some. */
  #writeScalar(value: unknown): boolean {
    if (isScalar(value)) {
      if (typeof value === "string") this.writeString(value);
      else this.#out.plain(value);
    } else if (typeof value === "bigint") this.#writeBigInt(value);
    else if (typeof value === "object") return false;
    else this.writeString(String(value)); // a function or a symbol
    return true;
  }

  #writeObject(root: object): void {
    // It lies inside the dict of a record.
    const begun = this.#open(root, false, 2);
    if (typeof begun === "number") return;
    const enclosing: Frame[] = [];
    for (let frame: Frame = begun;;) {
      if (!this.#advance(frame)) {
        const { height, place } = frame;
        if (height > 1) this.#heights[place] = height;
        const outer = enclosing.pop();
        if (outer === undefined) return;
        if (height >= outer.height) outer.height = height + 1;
        frame = outer;
        continue;
      }
      const { isDict, isTuple, items } = frame;
      const index = frame.index++;
      const item = isDict ? (items[index >> 1] as readonly unknown[])[index & 1] : items[index];
      if (frame.floats) {
        this.#out.float(Number(item));
        continue;
      }
      const isKey = isTuple || isDict && index % 2 === 0;
      if (isKey && typeof item !== "string" && isFarKey(item)) this.#spend(FAR_KEY_ITEMS);
      if (this.#writeScalar(item)) continue;
      const inner = this.#open(item as object, isKey, enclosing.length + 3);
      if (typeof inner === "object") {
        enclosing.push(frame);
        frame = inner;
      } else if (inner >= frame.height) {
        frame.height = inner + 1;
      }
    }
  }

  /** Writes the opcodes between the items of a container; false after the last item. */
  #advance(frame: Frame): boolean {
    const out = this.#out;
    const { isDict, isTuple, length, index } = frame;
    const ended = index === length;
    const width = isDict ? 2 : 1;
    const many = isDict ? op.SETITEMS : op.APPENDS;
    if (isTuple) {
      if (ended) {
        out.byte(op.TUPLE);
        this.#remember(this.#keys, frame, this.#put());
      }
    } else if (length <= width) {
      if (ended && length > 0) out.byte(isDict ? op.SETITEM : op.APPEND);
    } else {
      const atBatch = index % (width * BATCH_SIZE) === 0;
      if (index > 0 && (ended || atBatch)) out.byte(many);
      // CPython learns that a dict is at its end only after it has begun another batch.
      if (atBatch && (!ended || isDict)) {
        out.byte(op.MARK);
        if (ended) out.byte(many);
      }
    }
    return !ended;
  }

  /**
   * Begins a container that lies `depth` deep. Any other value is written in full: returns the
   * number of containers nested in it.
   */
  #open(value: object, isKey: boolean, depth: number, source: object = value): Frame | number {
    const height = this.#refer(source, isKey, depth);
    if (height >= 0) return height;
    const bytes = bytesOf(source);
    if (bytes !== undefined) {
      this.#writeBytes(bytes);
      this.#memo.set(source, this.#memoized - 1);
      return 0;
    }
    if (source === value) {
      const { toJSON } = value as { toJSON?: unknown };
      const json: unknown = typeof toJSON === "function" ? toJSON.call(value, "") : value;
      if (this.#writeScalar(json)) return 0;
      if (json !== value) return this.#open(value, isKey, depth, json as object);
    }
    let isDict = false;
    let items: ArrayLike<unknown>;
    let floats = false;
    if (Array.isArray(source)) {
      items = source;
    } else if (ArrayBuffer.isView(source)) {
      items = source as unknown as ArrayLike<unknown>;
      floats = viewName(source).startsWith("Float");
    } else if (source instanceof Set) {
      items = [...Set.prototype.values.call(source)];
    } else if (isError(source)) {
      const { stack } = source;
      this.writeString(typeof stack === "string" ? stack : String(source));
      return 0;
    } else if (
      source instanceof Number || source instanceof String || source instanceof Boolean ||
      source instanceof BigInt
    ) {
      this.#writeScalar(source.valueOf());
      return 0;
    } else {
      isDict = true;
      items = source instanceof Map
        ? [...Map.prototype.entries.call(source)]
        : Object.entries(source);
    }
    // A container that is a key must be a tuple, since Python hashes no other container.
    const length = isKey ? items.length : items.length * (isDict ? 2 : 1);
    if (this.#skip(depth)) return 0;
    // For a tuple that is a key the receiver makes a second container, by which it compares keys.
    this.#spend(CONTAINER_ITEMS * (isKey ? 1 + length : 1) + length);
    const frame = {
      isDict: isDict && !isKey,
      isTuple: isKey,
      value,
      source,
      items,
      length,
      index: 0,
      place: UNFINISHED,
      height: 1,
      floats,
    };
    if (!isKey) {
      this.#out.byte(isDict ? op.EMPTY_DICT : op.EMPTY_LIST);
      this.#remember(this.#memo, frame, this.#put());
    } else if (length === 0) {
      this.#out.byte(op.EMPTY_TUPLE);
      return 1;
    } else {
      this.#out.byte(op.MARK);
      this.#remember(this.#keys, frame, UNFINISHED);
    }
    return frame;
  }

  #remember(memo: Map<unknown, number>, frame: Frame, index: number): void {
    frame.place = index;
    memo.set(frame.source, index);
    if (frame.value !== frame.source) memo.set(frame.value, index);
  }

  /** Writes a reference, if the value is in the memo, and returns its nesting; otherwise -1. */
  #refer(value: unknown, isKey = false, depth = 0): number {
    const index = (isKey ? this.#keys : this.#memo).get(value);
    if (index === undefined) return -1;
    if (index === UNFINISHED) {
      throw new PicklingError("Cannot pickle the value as a key of a Map contains itself");
    }
    const height = this.#heights[index] ?? 1;
    if (this.#skip(depth + height - 1)) return 0;
    this.writeAgain(index);
    return height;
  }
}

function viewName(view: ArrayBufferView): string {
  return (view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
}

/** Returns the bytes of a buffer, or of a view that holds bytes rather than numbers. */
function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    if (!/^Uint8|Data/.test(viewName(value))) return;
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (
    value instanceof ArrayBuffer ||
    typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer
  ) {
    return new Uint8Array(value);
  }
}

/**
 * Returns true for an error; one of another realm (a test runner's, a frame's) is no instance of
 * Error.
 */
function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
