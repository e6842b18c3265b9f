/**
 * The literals of text and numbers in pickles, read as CPython reads them.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { UnpicklingError } from "./errors.ts";

/**
 * The longest interned text: field names of records are shorter, and longer texts seldom repeat.
 */
const MAX_INTERNED = 32;

/** The number of slots for interned text, and its power of two. */
const SLOTS = 512;
const SLOT_BITS = 9;

/** The number of arguments that `String.fromCharCode()` accepts on every runtime. */
const PART = 8192;

/** CPython's `sys.int_info.default_max_str_digits`, its guard against quadratic conversion. */
const MAX_INTEGER_DIGITS = 4300;

/** An integer of this many digits is always a safe integer. */
export const SAFE_DIGITS = 15;

const interned: (string | undefined)[] = /* @__PURE__ */ Array.from({ length: SLOTS });
/** The characters of one short text: arguments from an array are faster than from bytes. */
const codes: number[] = [];
const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const INTEGER = /^[ \t\r\v\f]*([+-]?)(\d+(?:_\d+)*)[ \t\r\v\f]*$/;
const FLOAT = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** Returns true if every byte from `start` to `end` is ASCII. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= bytes[i]!;
  return bits < 0x80;
}

/** Decodes UTF-8 and keeps lone surrogates (`surrogatepass`); undefined for other bytes. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= MAX_INTERNED) {
    const text = internAscii(bytes, start, end);
    if (text !== undefined) return text;
  }
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    return decodeSurrogates(bytes, start, end);
  }
}

/** Decodes short ASCII text to the same string each time, until another text takes its slot. */
function internAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0) return "";
  const ends = bytes[start]! | bytes[end - 1]! << 8 | bytes[start + (length >> 1)]! << 16;
  const slot = Math.imul(ends + length, 0x9e3779b1) >>> 32 - SLOT_BITS;
  const known = interned[slot];
  if (known !== undefined && known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
    if (i === length) return known;
  }
  if (codes.length !== length) codes.length = length;
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= codes[i] = bytes[start + i]!;
  if (bits >= 0x80) return undefined;
  return interned[slot] = String.fromCharCode(...codes);
}

/** Decodes Latin-1, each byte to a character. (TextDecoder's "latin1" is windows-1252.) */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i += PART) {
    text += fromCharCodes(bytes.subarray(i, Math.min(i + PART, end)));
  }
  return text;
}

function fromCharCodes(codes: Uint8Array | Uint16Array): string {
  return String.fromCharCode.apply(null, codes as unknown as number[]);
}

/** Decodes UTF-8 strictly except for surrogates, after the table of RFC 3629 section 4. */
function decodeSurrogates(bytes: Uint8Array, start: number, end: number): string | undefined {
  const units = new Uint16Array(Math.min(PART, end - start) + 1);
  let used = 0;
  let text = "";
  for (let i = start; i < end;) {
    const lead = bytes[i++]!;
    let code = lead;
    if (lead >= 0x80) {
      const more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
      if (more === 0 || i + more > end) return undefined;
      code = lead & 0x3f >>> more;
      for (const next = i + more; i < next; i++) {
        const byte = bytes[i]!;
        if ((byte & 0xc0) !== 0x80) return undefined;
        code = code << 6 | byte & 0x3f;
      }
      if (more === 2 && code < 0x800) return undefined;
      if (more === 3 && (code < 0x10000 || code > 0x10ffff)) return undefined;
    }
    if (code >= 0x10000) {
      units[used++] = 0xd7c0 + (code >>> 10);
      units[used++] = 0xdc00 | code & 0x3ff;
    } else {
      units[used++] = code;
    }
    if (used >= PART) {
      text += fromCharCodes(units.subarray(0, used));
      used = 0;
    }
  }
  return text + fromCharCodes(units.subarray(0, used));
}

/** Decodes UNICODE's argument: Latin-1 with `\uXXXX` and `\UXXXXXXXX` (`raw-unicode-escape`). */
export function decodeRawUnicodeEscape(line: string): string {
  return line.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g,
    (whole, short: string | undefined, long: string | undefined, other: string | undefined) => {
      const hex = short ?? long;
      const code = hex === undefined ? -1 : parseInt(hex, 16);
      if (other === "u" || other === "U" || code > 0x10ffff) {
        throw new UnpicklingError("Cannot unpickle as a \\u escape is cut short or out of range");
      }
      return hex === undefined ? whole : String.fromCodePoint(code);
    },
  );
}

const ESCAPES: Record<string, number> = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  "b": 8,
  "f": 12,
  "t": 9,
  "n": 10,
  "r": 13,
  "v": 11,
  "a": 7,
};

/** Decodes STRING's argument, a quoted literal of Python 2, to bytes. */
export function decodeQuoted(line: string): Uint8Array {
  const quote = line[0];
  if (line.length < 2 || quote !== line.at(-1) || quote !== "'" && quote !== '"') {
    throw new UnpicklingError("Cannot unpickle as the argument of STRING must be quoted");
  }
  const end = line.length - 1;
  const bytes = new Uint8Array(end);
  let used = 0;
  for (let i = 1; i < end; i++) {
    const code = line.charCodeAt(i);
    if (code !== 0x5c) {
      bytes[used++] = code;
      continue;
    }
    if (++i === end) {
      throw new UnpicklingError("Cannot unpickle as the argument of STRING ends in a backslash");
    }
    const character = line[i]!;
    const escaped = ESCAPES[character];
    if (escaped !== undefined) {
      bytes[used++] = escaped;
    } else if (character >= "0" && character <= "7") {
      const [digits] = /^[0-7]{1,3}/.exec(line.slice(i, Math.min(i + 3, end)))!;
      bytes[used++] = parseInt(digits, 8);
      i += digits.length - 1;
    } else if (character === "x") {
      const digits = line.slice(i + 1, Math.min(i + 3, end));
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
        throw new UnpicklingError("Cannot unpickle as an \\x escape lacks its two digits");
      }
      bytes[used++] = parseInt(digits, 16);
      i += 2;
    } else {
      bytes[used++] = 0x5c;
      bytes[used++] = line.charCodeAt(i);
    }
  }
  return bytes.slice(0, used);
}

/**
 * Parses the decimal text of INT and LONG like Python's `int()`: spaces around it, a sign, single
 * underscores between digits. Differs: CPython before 3.14 also reads hexadecimal there, by an
 * oversight, though nothing writes it.
 */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number | bigint {
  const negative = bytes[start] === 0x2d;
  const first = negative ? start + 1 : start;
  if (end > first && end - first <= SAFE_DIGITS) {
    let value = 0;
    let i = first;
    for (; i < end; i++) {
      const digit = bytes[i]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
    }
    if (i === end) return negative && value !== 0 ? -value : value;
  }
  // Underscores and spaces make a text of an allowed length at most four times as long.
  if (end - start > 4 * MAX_INTEGER_DIGITS) refuseInteger();
  const match = INTEGER.exec(decodeLatin1(bytes, start, end));
  if (match === null) throw new UnpicklingError("Cannot unpickle as the text of an int is no int");
  const digits = match[2]!.replaceAll("_", "");
  if (digits.length > MAX_INTEGER_DIGITS) refuseInteger();
  return normalizeInteger(match[1] === "-" ? -BigInt(digits) : BigInt(digits));
}

function refuseInteger(): never {
  throw new UnpicklingError(
    `Cannot unpickle as the text of an int has more than ${MAX_INTEGER_DIGITS} digits`,
  );
}

/** Parses the text of FLOAT like `PyOS_string_to_double`: no spaces, no overflow. */
export function parseFloatText(text: string): number {
  if (!FLOAT.test(text)) {
    throw new UnpicklingError("Cannot unpickle as the text of a float is no float");
  }
  if (/nan/i.test(text)) return NaN;
  if (/inf/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new UnpicklingError("Cannot unpickle as the text of a float is out of range");
  }
  return value;
}

/** Decodes a little-endian integer in two's complement, of any length (LONG1, LONG4). */
export function decodeLong(bytes: Uint8Array, start: number, end: number): number | bigint {
  if (start === end) return 0;
  let hex = "0x";
  for (let i = end - 1; i >= start; i--) hex += bytes[i]!.toString(16).padStart(2, "0");
  return normalizeInteger(BigInt.asIntN(8 * (end - start), BigInt(hex)));
}

/** Returns a number if that is exact, otherwise a bigint. */
function normalizeInteger(value: bigint): number | bigint {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}
