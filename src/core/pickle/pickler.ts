/**
 * Writes pickles: the opcodes of protocol 1, as CPython's C pickler orders them at protocol 1, so
 * that a plain dict gets the very bytes of `pickle.dumps(d, 1)` (`Modules/_pickle.c`: `save`,
 * `batch_list_exact`, `batch_dict_exact`, `memo_put`, `save_bytes`).
 *
 * Differs: equal strings are written out each time, as JavaScript has no identity of strings.
 * Objects and arrays keep theirs, so shared and cyclic values are exact.
 *
 * No value makes the reading side look up a global, with the one exception that CPython itself
 * makes: before protocol 3 there is no opcode for bytes, and `_codecs.encode(str, "latin1")` is the
 * only spelling that every Python from 2.7 on loads as equal bytes.
 *
 * Never recursive: a value may be as deep as memory allows.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { ByteWriter } from "./byte_writer.ts";
import { PicklingError } from "./errors.ts";
import * as op from "./opcodes.ts";

/** CPython's BATCHSIZE: items are appended at most this many at a time. */
const BATCH_SIZE = 1000;

/** Keeps a getter or a `toJSON()` that makes up ever more from taking all memory. */
const MAX_DEPTH = 2_000_000;

/** A memo beyond this is let go rather than emptied, which would keep its table. */
const MAX_KEPT_MEMO = 1024;

/** Python refuses to turn longer text into an int (`sys.get_int_max_str_digits()`). */
const MAX_INTEGER_DIGITS = 4300;

/** A bigint of more bits has more digits, which is known without writing them out. */
const MAX_INTEGER_BITS = Math.ceil(MAX_INTEGER_DIGITS * Math.log2(10));

/** In the memo of tuples: begun, and not yet to be referred to. */
const UNFINISHED = -1;

type Kind = "list" | "dict" | "tuple";

/** A container that is being written. The items of a dict are its keys and values in turn. */
interface Frame {
  readonly kind: Kind;
  readonly value: object;
  /** What `toJSON()` of the value returned, or the value itself. */
  readonly source: object;
  readonly items: ArrayLike<unknown>;
  readonly length: number;
  index: number;
  /** Elements of a Float32Array are floats even where they are whole. */
  readonly floats: boolean;
}

/**
 * Writes values one after another into one buffer: `start()`, any `write…()`, `finish()`. It may
 * be used again after that, and after an error. While it writes, a value's own code (a getter, a
 * `toJSON()`) may run, which must not use the same Pickler.
 */
export class Pickler {
  readonly #out = new ByteWriter();
  /** How many objects the reading side has in its memo by now. */
  #memoized = 0;
  #lists: Map<object, number> = new Map();
  #tuples: Map<object, number> | undefined;
  #encode = -1;
  #latin1 = -1;
  #bytes = -1;
  #entries = 0;

  /**
   * Begins a pickle, dropping whatever was written.
   *
   * @param reserved Bytes left free in front of it, for a length prefix.
   * @param maxBytes The longest that the pickle may become, a PicklingError beyond it.
   */
  start(reserved = 0, maxBytes: number = Infinity): void {
    this.#out.reset(reserved, reserved + maxBytes);
    this.#memoized = 0;
    this.#encode = this.#latin1 = this.#bytes = -1;
    if (this.#lists.size > MAX_KEPT_MEMO) this.#lists = new Map();
    else if (this.#lists.size > 0) this.#lists.clear();
    this.#tuples = undefined;
  }

  /** How many bytes were written, what was reserved included. */
  get length(): number {
    return this.#out.length;
  }

  /** How many objects the reading side will have in its memo. */
  get memoized(): number {
    return this.#memoized;
  }

  /** The bytes so far, valid until more are written. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#out.bytes.subarray(0, this.#out.length);
  }

  /** Ends the pickle; the bytes, what was reserved included, are valid until the next `start()`. */
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

  /** Writes the key of the next entry of the dict begun; its value is to follow. */
  writeKey(key: string): void {
    if (this.#entries === BATCH_SIZE) {
      this.#out.byte(op.SETITEMS);
      this.#out.byte(op.MARK);
      this.#entries = 0;
    }
    this.#entries++;
    this.writeString(key);
  }

  /** Ends the dict begun. */
  endDict(): void {
    this.#out.byte(op.SETITEMS);
  }

  /** Writes None. */
  writeNone(): void {
    this.#out.byte(op.NONE);
  }

  /** Writes True or False. */
  writeBoolean(value: boolean): void {
    this.#out.ascii(value ? "I01\n" : "I00\n");
  }

  /** Writes a float, also where the number is whole. */
  writeFloat(value: number): void {
    this.#out.byte(op.BINFLOAT);
    this.#out.float64(value);
  }

  /** Writes an int for a safe integer, otherwise a float. */
  writeNumber(value: number): void {
    if ((value | 0) !== value) {
      if (Number.isSafeInteger(value)) this.#writeLong(value);
      else this.writeFloat(value);
    } else if (value === 0 && Object.is(value, -0)) {
      this.writeFloat(value);
    } else if (value >>> 8 === 0) {
      this.#out.byte(op.BININT1);
      this.#out.byte(value);
    } else if (value >>> 16 === 0) {
      this.#out.byte(op.BININT2);
      this.#out.byte(value);
      this.#out.byte(value >>> 8);
    } else {
      this.#out.opcodeUint32(op.BININT, value);
    }
  }

  /** Writes an int. */
  writeBigInt(value: bigint): void {
    const asNumber = Number(value);
    if (Number.isSafeInteger(asNumber)) this.writeNumber(asNumber);
    else if (BigInt.asIntN(MAX_INTEGER_BITS + 1, value) !== value) refuseLong();
    else this.#writeLong(value);
  }

  #writeLong(value: number | bigint): void {
    const digits = String(value);
    if (digits.length - (value < 0 ? 1 : 0) > MAX_INTEGER_DIGITS) refuseLong();
    this.#out.byte(op.LONG);
    this.#out.ascii(digits);
    this.#out.ascii("L\n");
  }

  /** Writes a str; its place in the reading side's memo. */
  writeString(value: string): number {
    this.#writeText(value);
    return this.#put();
  }

  /** Writes the object that has this place in the reading side's memo. */
  writeAgain(index: number): void {
    this.#get(index);
  }

  #writeText(value: string): void {
    const out = this.#out;
    out.reserve(5);
    const start = out.length;
    out.length += 5;
    out.utf8(value);
    out.setOpcodeUint32(start, op.BINUNICODE, out.length - start - 5);
  }

  /** Writes bytes, as CPython does below protocol 3 (`save_bytes`). */
  writeBytes(value: Uint8Array): void {
    const out = this.#out;
    if (value.length === 0) {
      this.#bytes = this.#global(this.#bytes, "c__builtin__\nbytes\n");
      out.byte(op.EMPTY_TUPLE);
    } else {
      this.#encode = this.#global(this.#encode, "c_codecs\nencode\n");
      out.byte(op.MARK);
      out.reserve(5);
      const start = out.length;
      out.length += 5;
      out.latin1AsUtf8(value);
      out.setOpcodeUint32(start, op.BINUNICODE, out.length - start - 5);
      this.#put();
      if (this.#latin1 < 0) {
        this.#writeText("latin1");
        this.#latin1 = this.#put();
      } else {
        this.#get(this.#latin1);
      }
      out.byte(op.TUPLE);
      this.#put();
    }
    out.byte(op.REDUCE);
    this.#put();
  }

  #global(index: number, line: string): number {
    if (index >= 0) {
      this.#get(index);
      return index;
    }
    this.#out.ascii(line);
    return this.#put();
  }

  /** Writes any value, by the table of the `dumps()` documentation. */
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

  /** Writes a value that has no parts; false for one that may have. */
  #writeScalar(value: unknown): boolean {
    switch (typeof value) {
      case "string":
        this.writeString(value);
        return true;
      case "number":
        this.writeNumber(value);
        return true;
      case "boolean":
        this.writeBoolean(value);
        return true;
      case "undefined":
        this.writeNone();
        return true;
      case "bigint":
        this.writeBigInt(value);
        return true;
      case "object":
        if (value !== null) return false;
        this.writeNone();
        return true;
      default: // a function or a symbol
        this.writeString(String(value));
        return true;
    }
  }

  #writeObject(root: object): void {
    const enclosing: Frame[] = [];
    let frame = this.#open(root, false);
    while (frame !== undefined) {
      if (!this.#advance(frame)) {
        frame = enclosing.pop();
        continue;
      }
      const index = frame.index++;
      const item = frame.items[index];
      if (frame.floats) {
        this.writeFloat(Number(item));
      } else if (!this.#writeScalar(item)) {
        const isKey = frame.kind === "tuple" || frame.kind === "dict" && index % 2 === 0;
        const inner = this.#open(item as object, isKey);
        if (inner === undefined) continue;
        if (enclosing.push(frame) > MAX_DEPTH) {
          throw new PicklingError(`Cannot pickle the value as it is over ${MAX_DEPTH} deep`);
        }
        frame = inner;
      }
    }
  }

  /** Writes what stands between the items of a container; false after the last. */
  #advance({ kind, value, source, length, index }: Frame): boolean {
    const out = this.#out;
    if (kind === "tuple") {
      if (index < length) return true;
      out.byte(op.TUPLE);
      this.#remember(this.#tuples!, value, source, this.#put());
      return false;
    }
    const single = kind === "dict" ? 2 : 1;
    if (length <= single) {
      if (index < length) return true;
      if (length > 0) out.byte(kind === "dict" ? op.SETITEM : op.APPEND);
      return false;
    }
    const ended = index === length;
    const atBatch = index % (single * BATCH_SIZE) === 0;
    if (index > 0 && (ended || atBatch)) out.byte(kind === "dict" ? op.SETITEMS : op.APPENDS);
    if (!ended) {
      if (atBatch) out.byte(op.MARK);
      return true;
    }
    // CPython learns that a dict is at its end only after it has begun another batch.
    if (atBatch && kind === "dict") {
      out.byte(op.MARK);
      out.byte(op.SETITEMS);
    }
    return false;
  }

  /** Writes an object that is no container, or begins one. */
  #open(value: object, isKey: boolean): Frame | undefined {
    if (this.#writeReference(value, isKey)) return;
    if (this.#writeBytesOf(value)) return;
    let source = value;
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") {
      const json: unknown = toJSON.call(value, "");
      if (this.#writeScalar(json)) return;
      source = json as object;
      if (source !== value && this.#writeReference(source, isKey)) return;
      if (this.#writeBytesOf(source)) return;
    }
    if (Array.isArray(source)) return this.#begin("list", isKey, value, source, source);
    if (ArrayBuffer.isView(source)) {
      const floats = viewName(source).startsWith("Float");
      const items = source as unknown as ArrayLike<unknown>;
      return this.#begin("list", isKey, value, source, items, floats);
    }
    if (source instanceof Map) {
      const items: unknown[] = [];
      Map.prototype.forEach.call(source, (value, key) => {
        if (isKey) items.push([key, value]);
        else items.push(key, value);
      });
      return this.#begin("dict", isKey, value, source, items);
    }
    if (source instanceof Set) {
      const items: unknown[] = [];
      Set.prototype.forEach.call(source, (item) => items.push(item));
      return this.#begin("list", isKey, value, source, items);
    }
    if (isError(source)) {
      const { stack } = source;
      this.writeString(typeof stack === "string" ? stack : String(source));
      return;
    }
    if (
      source instanceof Number || source instanceof String || source instanceof Boolean ||
      source instanceof BigInt
    ) {
      this.#writeScalar(source.valueOf());
      return;
    }
    const items: unknown[] = [];
    for (const key of Object.keys(source)) {
      const item = (source as Record<string, unknown>)[key];
      if (isKey) items.push([key, item]);
      else items.push(key, item);
    }
    return this.#begin("dict", isKey, value, source, items);
  }

  /** Begins a container; as a key of a dict it must be a tuple, for Python hashes no other. */
  #begin(
    kind: Kind,
    isKey: boolean,
    value: object,
    source: object,
    items: ArrayLike<unknown>,
    floats = false,
  ): Frame | undefined {
    const { length } = items;
    if (!isKey) {
      this.#out.byte(kind === "dict" ? op.EMPTY_DICT : op.EMPTY_LIST);
      this.#remember(this.#lists, value, source, this.#put());
      return { kind, value, source, items, length, index: 0, floats };
    }
    if (length === 0) {
      this.#out.byte(op.EMPTY_TUPLE);
      return;
    }
    this.#remember(this.#tuples ??= new Map(), value, source, UNFINISHED);
    this.#out.byte(op.MARK);
    return { kind: "tuple", value, source, items, length, index: 0, floats };
  }

  #remember(memo: Map<object, number>, value: object, source: object, index: number): void {
    memo.set(source, index);
    if (value !== source) memo.set(value, index);
  }

  #writeReference(value: object, isKey: boolean): boolean {
    const index = isKey ? this.#tuples?.get(value) : this.#lists.get(value);
    if (index === undefined) return false;
    if (index === UNFINISHED) {
      throw new PicklingError("Cannot pickle the value as a key of a Map contains itself");
    }
    this.#get(index);
    return true;
  }

  #writeBytesOf(value: object): boolean {
    const bytes = bytesOf(value);
    if (bytes === undefined) return false;
    this.writeBytes(bytes);
    this.#lists.set(value, this.#memoized - 1);
    return true;
  }

  /** Stores the object written last in the reading side's memo, as all but scalars are. */
  #put(): number {
    const index = this.#memoized++;
    if (index < 256) {
      const out = this.#out;
      out.reserve(2);
      out.bytes[out.length] = op.BINPUT;
      out.bytes[out.length + 1] = index;
      out.length += 2;
    } else {
      this.#out.opcodeUint32(op.LONG_BINPUT, index);
    }
    return index;
  }

  #get(index: number): void {
    if (index < 256) {
      this.#out.byte(op.BINGET);
      this.#out.byte(index);
    } else {
      this.#out.opcodeUint32(op.LONG_BINGET, index);
    }
  }
}

function refuseLong(): never {
  throw new PicklingError(
    `Cannot pickle a bigint as Python loads none of more than ${MAX_INTEGER_DIGITS} digits`,
  );
}

function viewName(view: ArrayBufferView): string {
  return (view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
}

/** The bytes of a buffer, and of a view that stands for bytes rather than for numbers. */
function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    switch (viewName(value)) {
      case "Uint8Array":
      case "Uint8ClampedArray":
      case "DataView":
        return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    }
  } else if (
    value instanceof ArrayBuffer ||
    typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer
  ) {
    return new Uint8Array(value);
  }
}

/** Errors of another realm (a test runner's, a frame's) are no instances of our own Error. */
function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
