/**
 * UTF-8 that keeps lone surrogates, Python's `surrogatepass`: a TextEncoder would replace them.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** Up to this many characters the loop is faster than `encodeInto()` and the view it needs. */
const SHORT_TEXT = 48;

/** UTF-8 has at most this many bytes for a character of a string. */
export const BYTES_A_CHARACTER = 3;

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * Writes `text` into `out` from `at` on, where there must be room for three bytes a character;
 * returns the position behind it.
 */
export function encodeUtf8(text: string, out: Uint8Array, at: number): number {
  const { length } = text;
  if (length > SHORT_TEXT) {
    if (!text.isWellFormed()) return encodeAny(text, out, at);
    return at + encoder.encodeInto(text, out.subarray(at)).written;
  }
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return encodeAny(text, out, at);
    out[at + i] = code;
  }
  return at + length;
}

function encodeAny(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code < 0x80) {
      out[at++] = code;
      continue;
    }
    if (code < 0x800) {
      out[at++] = 0xc0 | code >>> 6;
    } else {
      if (code < 0x10000) {
        out[at++] = 0xe0 | code >>> 12;
      } else {
        out[at++] = 0xf0 | code >>> 18;
        out[at++] = 0x80 | code >>> 12 & 0x3f;
        i++;
      }
      out[at++] = 0x80 | code >>> 6 & 0x3f;
    }
    out[at++] = 0x80 | code & 0x3f;
  }
  return at;
}
