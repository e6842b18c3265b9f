/**
 * Text as bytes of an encoding, and the treatment of characters that the encoding lacks: Python's
 * `errors` of `open()`.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/**
 * How a character is written that the encoding of a file lacks; UTF-8, UTF-16 and UTF-32 lack only lone
 * surrogates. As an error (`strict`), not at all, as `?`, as `\xe9` or `\udc80`, as `&#233;`, as the
 * byte that a lone surrogate stands for (`surrogateescape`), or as the surrogate itself
 * (`surrogatepass`, in UTF-8, UTF-16 and UTF-32). `namereplace` is `backslashreplace` here, since
 * surrogates have no name; other encodings do not take it, as JavaScript does not know the names of
 * characters.
 */
export type TextErrors =
  | "strict"
  | "ignore"
  | "replace"
  | "backslashreplace"
  | "namereplace"
  | "xmlcharrefreplace"
  | "surrogateescape"
  | "surrogatepass";

/** The names of Python's error handlers. */
export const TEXT_ERRORS: readonly TextErrors[] = [
  "strict",
  "ignore",
  "replace",
  "backslashreplace",
  "namereplace",
  "xmlcharrefreplace",
  "surrogateescape",
  "surrogatepass",
];

/** The characters that an encoding has, and their bytes. */
export interface Charset {
  /** Python's name of the encoding. */
  readonly name: string;
  /** The index of the first character from `from` on that the encoding lacks; -1: it has them all. */
  findLacking(text: string, from: number): number;
  /** Returns a text without such characters in the encoding; a string is written as UTF-8. */
  toBytes(text: string): string | Uint8Array;
  /** True if a byte may stand for itself, as `surrogateescape` writes it. */
  readonly takesBytes: boolean;
  /** Returns the bytes of a lone surrogate, where the encoding has some. */
  surrogateBytes?(surrogate: string): Uint8Array;
}

/**
 * Returns a text in an encoding; a string is written as UTF-8.
 *
 * @throws {RangeError} for a character that the encoding lacks and `errors` does not allow, where
 * Python raises a UnicodeEncodeError
 */
export function encodeText(
  charset: Charset,
  text: string,
  errors: TextErrors,
): string | Uint8Array {
  let at = charset.findLacking(text, 0);
  if (at < 0) return charset.toBytes(text);
  const pieces: (string | Uint8Array)[] = [];
  let start = 0;
  for (; at >= 0; at = charset.findLacking(text, start)) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    pieces.push(charset.toBytes(text.slice(start, at)), replacement(charset, text, at, errors));
    start = at + character.length;
  }
  pieces.push(charset.toBytes(text.slice(start)));
  if (pieces.every((piece) => typeof piece === "string")) return pieces.join("");
  return Buffer.concat(
    pieces.map((piece) => typeof piece === "string" ? Buffer.from(piece) : piece),
  );
}

function replacement(
  charset: Charset,
  text: string,
  at: number,
  errors: TextErrors,
): string | Uint8Array {
  const code = text.codePointAt(at)!;
  switch (errors) {
    case "ignore":
      return "";
    case "replace":
      return charset.toBytes("?");
    case "backslashreplace":
    case "namereplace":
      return charset.toBytes(escapeOf(code));
    case "xmlcharrefreplace":
      return charset.toBytes(`&#${code};`);
    case "surrogateescape":
      // Python keeps bytes that it could not decode as U+DC80 to U+DCFF: they become bytes again.
      if (code < 0xdc80 || code > 0xdcff || !charset.takesBytes) break;
      return Uint8Array.of(code - 0xdc00);
    case "surrogatepass":
      if (code < 0xd800 || code > 0xdfff) break;
      return charset.surrogateBytes?.(String.fromCharCode(code)) ?? refuse(charset, code, at);
    case "strict":
      break;
  }
  return refuse(charset, code, at);
}

/** Python's escape of a character: `\xe9`, `\u2713` or `\U0001f600`. */
function escapeOf(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function refuse(charset: Charset, code: number, at: number): never {
  throw new RangeError(
    `Cannot write text as ${charset.name} as the encoding lacks a character of it: ` +
      `'${escapeOf(code)}' at position ${at}`,
  );
}
