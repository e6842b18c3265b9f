/**
 * The encodings of text files that need no table: UTF-8, UTF-16, UTF-32, ASCII and Latin-1, under all
 * names that Python has for them. The bytes are those of CPython's codecs on a little-endian machine.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { encodeUtf8 } from "../text/utf8.ts";
import { type Charset, encodeText, type TextErrors } from "./text_errors.ts";

/** An encoding of a text file. */
export interface TextEncoding {
  /** The name, such as Python's `"utf-16"`. */
  readonly name: string;
  /** The byte order mark in front of the first record of an empty file. @default none */
  readonly mark?: Uint8Array;
  /** The bytes of a code unit: 1, 2 or 4. @default {1} */
  readonly unitBytes?: number;
  /**
   * Returns a text in the encoding, without a mark; a string is written as UTF-8. A text is a whole
   * record with its terminator.
   *
   * @throws {RangeError} for a character that the encoding lacks and `errors` does not allow
   */
  encode(text: string, errors: TextErrors): string | Uint8Array;
}

const SURROGATE = /\p{Surrogate}/gu;
// deno-lint-ignore no-control-regex -- ASCII begins with them
const NO_ASCII = /[^\x00-\x7f]/g;
// deno-lint-ignore no-control-regex -- Latin-1 begins with them
const NO_LATIN1 = /[^\x00-\xff]/g;

/** Finds the first match of a global pattern. */
function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}

const utf8: Charset = {
  name: "utf-8",
  findLacking: (text, from) => text.isWellFormed() ? -1 : find(SURROGATE, text, from),
  toBytes: (text) => text,
  takesBytes: true,
  surrogateBytes: (surrogate) => {
    const bytes = new Uint8Array(3);
    return bytes.subarray(0, encodeUtf8(surrogate, bytes, 0));
  },
};

const ascii: Charset = {
  name: "ascii",
  findLacking: (text, from) => find(NO_ASCII, text, from),
  toBytes: (text) => text,
  takesBytes: true,
};

const latin1: Charset = {
  name: "latin-1",
  findLacking: (text, from) => find(NO_LATIN1, text, from),
  toBytes: (text) => Buffer.from(text, "latin1"),
  takesBytes: true,
};

/** A charset of all characters but lone surrogates, whose `toBytes()` has bytes for them, too. */
function wide(name: string, toBytes: (text: string) => Uint8Array): Charset {
  return {
    name,
    findLacking: (text, from) => text.isWellFormed() ? -1 : find(SURROGATE, text, from),
    toBytes,
    takesBytes: false,
    surrogateBytes: toBytes,
  };
}

const utf16le = (text: string): Uint8Array => Buffer.from(text, "utf16le");
const utf16be = (text: string): Uint8Array => Buffer.from(text, "utf16le").swap16();
const utf32 = (isLittle: boolean) => (text: string): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(4 * text.length));
  let end = 0;
  for (const character of text) {
    bytes.setUint32(end, character.codePointAt(0)!, isLittle);
    end += 4;
  }
  return new Uint8Array(bytes.buffer, 0, end);
};

/** Makes an encoding of a charset. */
export function encodingOf(
  charset: Charset,
  more: Pick<TextEncoding, "mark" | "unitBytes"> = {},
): TextEncoding {
  return {
    name: charset.name,
    ...more,
    encode: (text, errors) => encodeText(charset, text, errors),
  };
}

/** UTF-8, the default. */
export const UTF_8: TextEncoding = {
  name: utf8.name,
  // Nearly every text is well-formed.
  encode: (text, errors) => text.isWellFormed() ? text : encodeText(utf8, text, errors),
};

/** The encodings, each with Python's names for it: the name of its module, then the aliases. */
const ENCODINGS: readonly (readonly [names: string, encoding: TextEncoding])[] = [
  ["utf_8 u8 utf utf8 utf8_ucs2 utf8_ucs4 cp65001", UTF_8],
  [
    "utf_8_sig",
    encodingOf({ ...utf8, name: "utf-8-sig" }, { mark: Uint8Array.of(0xef, 0xbb, 0xbf) }),
  ],
  [
    "ascii 646 ansi_x3.4_1968 ansi_x3_4_1968 ansi_x3.4_1986 cp367 csascii ibm367 iso646_us " +
    "iso_646.irv_1991 iso_ir_6 us us_ascii",
    encodingOf(ascii),
  ],
  [
    "latin_1 8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 " +
    "l1 latin latin1",
    encodingOf(latin1),
  ],
  [
    "utf_16 u16 utf16",
    encodingOf(wide("utf-16", utf16le), { mark: Uint8Array.of(0xff, 0xfe), unitBytes: 2 }),
  ],
  [
    "utf_16_le unicodelittleunmarked utf_16le",
    encodingOf(wide("utf-16-le", utf16le), { unitBytes: 2 }),
  ],
  [
    "utf_16_be unicodebigunmarked utf_16be",
    encodingOf(wide("utf-16-be", utf16be), { unitBytes: 2 }),
  ],
  [
    "utf_32 u32 utf32",
    encodingOf(wide("utf-32", utf32(true)), {
      mark: Uint8Array.of(0xff, 0xfe, 0, 0),
      unitBytes: 4,
    }),
  ],
  ["utf_32_le utf_32le", encodingOf(wide("utf-32-le", utf32(true)), { unitBytes: 4 })],
  ["utf_32_be utf_32be", encodingOf(wide("utf-32-be", utf32(false)), { unitBytes: 4 })],
];

const byName = new Map(
  ENCODINGS.flatMap(([names, encoding]) => names.split(" ").map((name) => [name, encoding])),
);

/** Returns the key of a name in tables of names: as CPython's `encodings.normalize_encoding()`. */
export function encodingKey(name: string): string {
  return name.replace(/[^\p{L}\p{N}.]+/gu, "_").replace(/^_|_$/g, "").toLowerCase();
}

/** Returns the encoding of a name, in any of Python's spellings; `undefined`: there is none. */
export function findEncoding(name: string): TextEncoding | undefined {
  return byName.get(encodingKey(name));
}
