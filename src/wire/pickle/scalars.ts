/**
 * Writes values without parts into a buffer with room for them, by the opcodes that CPython chooses
 * at protocol 1. Every function takes the position to write at, and returns the end.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { encodeUtf8 } from "../../text/utf8.ts";
import * as op from "./opcodes.ts";

/** The bytes of the opcode of a text and of the length behind it. */
export const TEXT_HEADER = 5;

/**
 * The most bytes of a value, with its memo index, without the three bytes for each character of a
 * text: the longest is an integer, `L-9007199254740991L\n`.
 */
export const MAX_VALUE_BYTES = 20;

/** Writes text, without a memo index. */
export function writeText(text: string, out: Uint8Array, view: DataView, at: number): number {
  out[at] = op.BINUNICODE;
  at += TEXT_HEADER;
  const end = encodeUtf8(text, out, at);
  view.setUint32(at - 4, end - at, true);
  return end;
}

/** Writes a value that is no text. */
export function writePlain(
  value: number | boolean | null | undefined,
  out: Uint8Array,
  view: DataView,
  at: number,
): number {
  if (value === null || value === undefined) {
    out[at++] = op.NONE;
  } else if (typeof value === "boolean") {
    // `I00\n` or `I01\n`.
    out[at] = op.INT;
    out[at + 1] = 0x30;
    out[at + 2] = value ? 0x31 : 0x30;
    out[at + 3] = 0x0a;
    at += 4;
  } else if ((value | 0) !== value || Object.is(value, -0)) {
    if (!Number.isSafeInteger(value) || value === 0) return writeFloat(value, out, view, at);
    at = encodeUtf8(`L${value}L\n`, out, at);
  } else if (value >>> 8 === 0) {
    out[at++] = op.BININT1;
    out[at++] = value;
  } else if (value >>> 16 === 0) {
    out[at] = op.BININT2;
    view.setUint16(at + 1, value, true);
    at += 3;
  } else {
    out[at] = op.BININT;
    view.setInt32(at + 1, value, true);
    at += 5;
  }
  return at;
}

/** Writes a float, even if the number is whole. */
export function writeFloat(value: number, out: Uint8Array, view: DataView, at: number): number {
  out[at] = op.BINFLOAT;
  view.setFloat64(at + 1, value);
  return at + 9;
}
