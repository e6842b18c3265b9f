/**
 * The fields of a flat dict, as CPython's pickler writes it at protocol 1, with their positions in
 * the pickle.
 *
 * Browser compatible: imports nothing of ours outside this folder, uses no runtime global.
 *
 * @module
 */
import { startsWith } from "@std/bytes";
import * as op from "./opcodes.ts";
import { PlainInput } from "./_plain_input.ts";

/**
 * CPython has 21 fields; each value may need a number of the memo, which has one byte.
 */
const MAX_FIELDS = 64;

/** EMPTY_DICT, BINPUT 0, MARK; SETITEMS, STOP. */
const BEGINNING = /* @__PURE__ */ Uint8Array.of(op.EMPTY_DICT, op.BINPUT, 0, op.MARK);
const END = /* @__PURE__ */ Uint8Array.of(op.SETITEMS, op.STOP);

/** An entry of the dict, with the position of its value in the pickle, from `start` to `end`. */
export interface DictField {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** The number of the value in the memo; 0, that of the dict, for a value without a number. */
  readonly put: number;
  /** The index of the field whose value this refers to; -1 for a value that is written in full. */
  readonly same: number;
}

/** Returns the fields of a pickle; undefined if it is no flat dict, or has bytes behind it. */
export function fieldsOf(bytes: Uint8Array<ArrayBuffer>): DictField[] | undefined {
  const fields: DictField[] = [];
  /** The index of the field whose value has that number in the memo; -1 for the number of a key. */
  const memo: number[] = [-1];
  const input = new PlainInput();
  if (!input.begin(bytes) || !skips(input, BEGINNING)) return undefined;
  while (!skips(input, END)) {
    const key = input.text(memo.length);
    if (key === undefined || key in Object.prototype || fields.length === MAX_FIELDS) return;
    memo.push(-1);
    const start = input.position;
    let put = 0;
    let same = -1;
    if (bytes[start] === op.BINUNICODE) {
      put = memo.length;
      if (input.text(put) === undefined) return undefined;
      memo.push(fields.length);
    } else if (bytes[start] === op.BINGET) {
      const number = bytes[start + 1] ?? 0;
      if (number === 0 || number >= memo.length) return undefined;
      same = memo[number]!;
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
