/**
 * The treatment of lone surrogates, which UTF-8 cannot hold: Python's `errors` of `open()`.
 *
 * Browser compatible.
 *
 * @module
 */
import { encodeUtf8 } from "./utf8.ts";

/**
 * How a lone surrogate is written: as an error (`strict`), not at all, as `?`, `\udc80`,
 * `&#56448;`, as the byte that it stands for (`surrogateescape`), or as three bytes
 * (`surrogatepass`). Python's `namereplace` is `backslashreplace` here, since surrogates have no
 * name.
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

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Returns text that can be written as UTF-8, or bytes if no text stands for them.
 *
 * @throws {RangeError} for a lone surrogate that `errors` does not allow, where Python raises a
 * UnicodeEncodeError
 */
export function encodable(text: string, errors: TextErrors): string | Uint8Array {
  if (text.isWellFormed()) return text;
  switch (errors) {
    case "ignore":
      return text.replace(LONE, "");
    case "replace":
      return text.replace(LONE, "?");
    case "backslashreplace":
    case "namereplace":
      return text.replace(LONE, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
    case "xmlcharrefreplace":
      return text.replace(LONE, (unit) => `&#${unit.charCodeAt(0)};`);
    case "surrogatepass":
      return withSurrogates(text);
    case "surrogateescape":
      return escaped(text);
    case "strict":
      return refuse(text, text.search(LONE));
  }
}

function withSurrogates(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  return bytes.subarray(0, encodeUtf8(text, bytes, 0));
}

/** Python keeps bytes that were no UTF-8 as U+DC80 to U+DCFF: they become bytes again. */
function escaped(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  let end = 0;
  let at = 0;
  for (const { 0: unit, index } of text.matchAll(LONE)) {
    const code = unit.charCodeAt(0);
    if (code < 0xdc80 || code > 0xdcff) refuse(text, index);
    end = encodeUtf8(text.slice(at, index), bytes, end);
    bytes[end++] = code - 0xdc00;
    at = index + 1;
  }
  return bytes.subarray(0, encodeUtf8(text.slice(at), bytes, end));
}

function refuse(text: string, at: number): never {
  throw new RangeError(
    `Cannot write text as UTF-8 as it must hold no lone surrogate: ` +
      `current value has '\\u${text.charCodeAt(at).toString(16)}' at position ${at}`,
  );
}
