/**
 * The values without parts, written where there is room for them, with the opcodes that CPython
 * chooses at protocol 1. Every function takes where to write and returns where it ended.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import * as op from "./opcodes.ts";
import { encodeUtf8 } from "../../text/utf8.ts";

/** What has no parts and, but for text, a bounded size. */
export type Scalar = string | number | boolean | null | undefined;

/** The opcode of a text and the length behind it. */
export const TEXT_HEADER = 5;

/**
 * The room that a value needs, with its place in the memo, next to three bytes a character: the
 * longest is an integer, `L-9007199254740991L\n`.
 */
export const MAX_VALUE_BYTES = 20;

/** Whether a value is one of these. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "string" || typeof value === "number" ||
    typeof value === "boolean" || value === undefined;
}

/** Writes text that does not come into the memo. */
export function writeText(text: string, out: Uint8Array, view: DataView, at: number): number {
  out[at] = op.BINUNICODE;
  at += TEXT_HEADER;
  const end = encodeUtf8(text, out, at);
  view.setUint32(at - 4, end - at, true);
  return end;
}

/** Writes what is no text. */
export function writePlain(
  value: number | boolean | null | undefined,
  out: Uint8Array,
  view: DataView,
  at: number,
): number {
  if (value === null || value === undefined) {
    out[at++] = op.NONE;
  } else if (typeof value === "boolean") {
    at = encodeUtf8(value ? "I01\n" : "I00\n", out, at);
  } else if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    return writeFloat(value, out, view, at);
  } else if ((value | 0) !== value) {
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

/** Writes a float, also where the number is whole. */
export function writeFloat(value: number, out: Uint8Array, view: DataView, at: number): number {
  out[at] = op.BINFLOAT;
  view.setFloat64(at + 1, value);
  return at + 9;
}
