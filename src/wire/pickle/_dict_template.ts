/**
 * A template: a loaded dict with its pickle, by which similar dicts are loaded. The records of one
 * logger differ in a few values: all bytes are compared with those of the template, four at a time,
 * and only a value that differs is decoded.
 *
 * A template is a dict as CPython's `makePickle` writes it: str keys; values that are str, numbers,
 * booleans or None; each str put into the memo under the next number, or fetched from there. It
 * reads a pickle that differs only in the values, each put under the same number or under none; so
 * the result is that of the unpickler. At any other difference it reads nothing.
 *
 * Browser compatible: imports nothing of ours outside this folder, uses no runtime global.
 *
 * @module
 */
import { startsWith } from "@std/bytes";
import * as op from "./opcodes.ts";
import { PlainInput } from "./_plain_input.ts";

/**
 * A record takes a kilobyte. The template of a short record also reads a long message or traceback.
 */
const MAX_BYTES = 4096;

/**
 * CPython has 21 fields; each value may need a number of the memo, which has one byte.
 */
const MAX_FIELDS = 64;

/** EMPTY_DICT, BINPUT 0, MARK; SETITEMS, STOP. */
const BEGINNING = /* @__PURE__ */ Uint8Array.of(op.EMPTY_DICT, op.BINPUT, 0, op.MARK);
const END = /* @__PURE__ */ Uint8Array.of(op.SETITEMS, op.STOP);

/** An entry of the dict, with the position of its value in the pickle, from `start` to `end`. */
interface Field {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** The number of the value in the memo; 0, that of the dict, for a value without a number. */
  readonly put: number;
  /** The key whose value this refers to; undefined for a value that is written in full. */
  readonly same: string | undefined;
}

/** The values that differ in the dict that is being read. */
const changedKeys: string[] = [];
const changedValues: unknown[] = [];

/** The dict and its pickle. */
export class DictTemplate {
  readonly #dict: Record<string, unknown>;
  readonly #bytes: Uint8Array;
  /** The same bytes, in fours, little-endian. */
  readonly #words: Int32Array;
  readonly #fields: readonly Field[];
  /** The fields that refer to the value of another. */
  readonly #fetched: readonly Field[];

  /** Use `of()`. */
  constructor(
    dict: Record<string, unknown>,
    bytes: Uint8Array<ArrayBuffer>,
    fields: Field[],
  ) {
    this.#dict = dict;
    this.#bytes = bytes;
    const view = new DataView(bytes.buffer);
    this.#words = new Int32Array(bytes.length >> 2);
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = view.getInt32(4 * i, true);
    this.#fetched = fields.filter(({ same }) => same !== undefined);
    // If all bytes are equal, the search for a field ends here.
    this.#fields = [...fields, {
      key: "",
      start: Infinity,
      end: Infinity,
      put: 0,
      same: undefined,
    }];
  }

  /** Makes a template of a loaded dict; undefined if the dict cannot be one. */
  static of(pickle: Uint8Array, dict: Record<string, unknown>): DictTemplate | undefined {
    if (pickle.length > MAX_BYTES) return undefined;
    const bytes = new Uint8Array(pickle);
    const fields = fieldsOf(bytes);
    if (fields === undefined) return undefined;
    // Keys that are repeated, or are integers, have another order in the dict.
    const keys = Object.keys(dict);
    if (fields.length !== keys.length || !fields.every(({ key }, i) => key === keys[i])) return;
    // No spread: V8 keeps a dict that was built key by key, and its copies, in slow mode.
    const fast = Object.fromEntries(keys.map((key) => [key, dict[key]]));
    return new DictTemplate(fast, bytes, fields);
  }

  /** Reads the dict that begins at `input.position`, if it differs only in values. */
  read(input: PlainInput): Record<string, unknown> | undefined {
    const { view, end } = input;
    const fields = this.#fields;
    const { length } = this.#bytes;
    let changes = 0;
    let position = input.position;
    for (let at = 0, next = 0;;) {
      const stop = Math.min(length, at + end - position);
      const difference = this.#differs(at, stop, view, position);
      position += difference - at;
      at = difference;
      if (at === length) break;
      while (fields[next]!.end <= at) next++;
      const field = fields[next++]!;
      if (at < field.start || field.same !== undefined) return forget(changes);
      input.position = position - (at - field.start);
      const value = field.put === 0 ? input.scalar() : input.text(field.put);
      if (value === undefined) return forget(changes);
      changedKeys[changes] = field.key;
      changedValues[changes++] = value;
      position = input.position;
      at = field.end;
    }
    const dict = { ...this.#dict };
    for (let i = 0; i < changes; i++) dict[changedKeys[i]!] = changedValues[i];
    for (const { key, same } of this.#fetched) dict[key] = dict[same!];
    forget(changes);
    return dict;
  }

  /** Returns where the bytes from `at` on first differ from those at `position` on, or `stop`. */
  #differs(at: number, stop: number, view: DataView<ArrayBuffer>, position: number): number {
    const bytes = this.#bytes;
    const words = this.#words;
    for (; (at & 3) !== 0; at++, position++) {
      if (at >= stop || bytes[at] !== view.getUint8(position)) return at;
    }
    for (; at + 16 <= stop; at += 16, position += 16) {
      const word = at >> 2;
      const difference = words[word]! ^ view.getInt32(position, true) |
        words[word + 1]! ^ view.getInt32(position + 4, true) |
        words[word + 2]! ^ view.getInt32(position + 8, true) |
        words[word + 3]! ^ view.getInt32(position + 12, true);
      if (difference !== 0) break;
    }
    while (at < stop && bytes[at] === view.getUint8(position)) {
      at++;
      position++;
    }
    return at;
  }
}

/** Drops the values that were read: a message may have megabytes. */
function forget(changes: number): undefined {
  for (let i = 0; i < changes; i++) changedValues[i] = undefined;
}

/** Returns the fields of a pickle that can be a template. */
function fieldsOf(bytes: Uint8Array<ArrayBuffer>): Field[] | undefined {
  const fields: Field[] = [];
  /** The key whose value has that number in the memo; undefined if the number is that of a key. */
  const memo: (string | undefined)[] = [undefined];
  const input = new PlainInput();
  if (!input.begin(bytes) || !skips(input, BEGINNING)) return undefined;
  while (!skips(input, END)) {
    const key = input.text(memo.length);
    if (key === undefined || key in Object.prototype || fields.length === MAX_FIELDS) return;
    memo.push(undefined);
    const start = input.position;
    let put = 0;
    let same: string | undefined;
    if (bytes[start] === op.BINUNICODE) {
      put = memo.length;
      if (input.text(put) === undefined) return undefined;
      memo.push(key);
    } else if (bytes[start] === op.BINGET) {
      const number = bytes[start + 1] ?? 0;
      if (number === 0 || number >= memo.length) return undefined;
      same = memo[number];
      input.position += 2;
    } else if (input.scalar() === undefined) {
      return undefined;
    }
    fields.push({ key, start, end: input.position, put, same });
  }
  return input.position === bytes.length ? fields : undefined;
}

/** Skips these bytes, if they come next. */
function skips(input: PlainInput, expected: Uint8Array): boolean {
  if (!startsWith(input.bytes.subarray(input.position), expected)) return false;
  input.position += expected.length;
  return true;
}
