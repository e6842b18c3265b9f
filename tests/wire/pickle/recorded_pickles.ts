/** Bytes for the tests of pickles, and pickles that CPython wrote. */
import { readFileSync } from "node:fs";

/** The bytes of a string of characters up to U+00FF. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The characters of bytes, so that an assertion shows them. */
export function characters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Pickles of records, datetimes, sets and the like by 2.7.18 and 3.13.0, at every protocol and by
 * both picklers of each: `pickle_peer.py samples`.
 */
export function recordedPickles(): Uint8Array<ArrayBuffer>[] {
  const file = new URL("../../testdata/pickles.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as string[]).map(fromHex);
}
