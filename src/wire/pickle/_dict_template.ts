/**
 * A template: a loaded dict with its pickle, by which similar dicts are loaded. The records of one
 * logger differ in a few values. A template knows which values have differed so far: it decodes
 * those, and compares all other bytes with its own.
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
import { ConstantBytes } from "./_constant_bytes.ts";
import { type DictField, fieldsOf } from "./_dict_fields.ts";
import { DictShape } from "./dict_shape.ts";
import type { PlainInput } from "./_plain_input.ts";

/**
 * A record takes a kilobyte. The template of a short record also reads a long message or traceback.
 */
const MAX_BYTES = 4096;

/** A value that differs cannot be read. */
const NEVER = -1;

/** The dict and its pickle. */
export class DictTemplate {
  /** The keys. */
  readonly shape: DictShape;
  /** The values of the pickle that was read last, one for each key. */
  readonly values: unknown[];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #fields: readonly DictField[];
  /** The fields, by index, that refer to the value of another. */
  readonly #references: readonly number[];
  /** The fields, by index, whose values have differed; each once, in order. */
  #changing: number[] = [];
  /** The bytes before, between and behind the values that have differed. */
  #constants: ConstantBytes[] = [];

  /** Use `of()`. */
  constructor(
    shape: DictShape,
    values: unknown[],
    bytes: Uint8Array<ArrayBuffer>,
    fields: readonly DictField[],
  ) {
    this.shape = shape;
    this.values = values;
    this.#bytes = bytes;
    this.#fields = fields;
    this.#references = [...fields.keys()].filter((i) => fields[i]!.same >= 0);
    this.#cut();
  }

  /** Makes a template of a loaded dict; undefined if the dict cannot be one. */
  static of(pickle: Uint8Array, dict: Record<string, unknown>): DictTemplate | undefined {
    const [bytes, fields] = parse(pickle);
    if (fields === undefined) return undefined;
    // Keys that are repeated, or are integers, have another order in the dict.
    const keys = Object.keys(dict);
    if (fields.length !== keys.length || !fields.every(({ key }, i) => key === keys[i])) return;
    return new DictTemplate(new DictShape(keys), keys.map((key) => dict[key]), bytes, fields);
  }

  /** Makes a template of the pickle that was read last; undefined if that is too long. */
  renewed(pickle: Uint8Array): DictTemplate | undefined {
    const [bytes, fields] = parse(pickle);
    return fields && new DictTemplate(this.shape, this.values.slice(), bytes, fields);
  }

  /**
   * Reads the dict that begins at `input.position` to `values`; false if it differs in more than
   * values.
   */
  read(input: PlainInput): boolean {
    const start = input.position;
    const equal = this.#readChanging(input);
    if (equal === this.#constants.length) return true;
    if (!this.#findChanges(input, equal)) return false;
    this.#cut();
    input.position = start;
    return this.#readChanging(input) === this.#constants.length;
  }

  /** Forgets the values that differ. */
  forget(): void {
    for (const index of this.#changing) this.values[index] = null;
    for (const index of this.#references) this.values[index] = null;
  }

  /**
   * Reads the values that have differed; returns how many of the constants are equal. If the next
   * one is not, `input.position` is at its beginning.
   */
  #readChanging(input: PlainInput): number {
    const { view, end } = input;
    const { values } = this;
    const fields = this.#fields;
    const constants = this.#constants;
    const changing = this.#changing;
    const last = changing.length;
    for (let i = 0;; i++) {
      const constant = constants[i]!;
      const { position } = input;
      const after = position + constant.length;
      if (after > end || !constant.equals(view, position)) return i;
      input.position = after;
      if (i === last) break;
      const index = changing[i]!;
      const { put } = fields[index]!;
      const value = put === 0 ? input.scalar() : input.text(put);
      if (value === undefined) return NEVER;
      values[index] = value;
    }
    for (const index of this.#references) values[index] = values[fields[index]!.same];
    return constants.length;
  }

  /**
   * Adds to the changing fields those that differ from `input.position` on, where the constant of
   * that index is not equal; false if more differs than values.
   */
  #findChanges(input: PlainInput, constant: number): boolean {
    if (constant === NEVER) return false;
    const fields = this.#fields;
    const changing = this.#changing;
    const found = changing.slice(0, constant);
    let next = constant;
    let index = constant === 0 ? 0 : changing[constant - 1]! + 1;
    let at = index === 0 ? 0 : fields[index - 1]!.end;
    for (; index < fields.length; index++) {
      const { start, end, put, same } = fields[index]!;
      if (this.#equal(at, start, input) < start) return false;
      const { position } = input;
      at = end;
      const known = changing[next] === index;
      if (known) next++;
      else if (this.#equal(start, end, input) === end) continue;
      if (same >= 0) return false;
      input.position = position;
      if ((put === 0 ? input.scalar() : input.text(put)) === undefined) return false;
      found.push(index);
    }
    if (this.#equal(at, this.#bytes.length, input) < this.#bytes.length) return false;
    this.#changing = found;
    return true;
  }

  /** Skips the bytes that equal those from `at` to `stop`; returns where the first other one is. */
  #equal(at: number, stop: number, input: PlainInput): number {
    const { bytes, end } = input;
    const own = this.#bytes;
    let { position } = input;
    while (at < stop && position < end && own[at] === bytes[position]) {
      at++;
      position++;
    }
    input.position = position;
    return at;
  }

  /** Cuts the constants out of the bytes. */
  #cut(): void {
    const bytes = this.#bytes;
    const changing = this.#changing.map((index) => this.#fields[index]!);
    this.#constants = [...changing, undefined].map((field, i) =>
      new ConstantBytes(bytes.subarray(changing[i - 1]?.end ?? 0, field?.start ?? bytes.length))
    );
  }
}

/** Returns a copy of the pickle, and its fields if it can be a template. */
function parse(pickle: Uint8Array): [Uint8Array<ArrayBuffer>, DictField[] | undefined] {
  if (pickle.length > MAX_BYTES) return [new Uint8Array(0), undefined];
  const bytes = new Uint8Array(pickle);
  return [bytes, fieldsOf(bytes)];
}
