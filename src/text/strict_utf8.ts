/**
 * Strict UTF-8, as syslog and datagrams need it: a lone surrogate is an error, as in Python's
 * strict UTF-8, and a text that is too long is cut between two characters.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** Nearly every message fits into this; a longer one gets a new array. */
const SCRATCH_BYTES = 64 * 1024;

/** UTF-8 has at most this many bytes for a UTF-16 code unit. */
const BYTES_A_UNIT = 3;

const encoder = /* @__PURE__ */ new TextEncoder();
let scratch: Uint8Array | undefined;

/**
 * Returns the text as UTF-8. The result is valid until the next call, which may use the same
 * memory: copy it before other code runs.
 *
 * @throws {RangeError} for a lone surrogate, where Python raises a UnicodeEncodeError
 */
export function encodeStrict(text: string): Uint8Array {
  checkWellFormed(text);
  if (text.length * BYTES_A_UNIT > SCRATCH_BYTES) return encoder.encode(text);
  scratch ??= new Uint8Array(SCRATCH_BYTES);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/**
 * Checks that text can be encoded.
 *
 * @throws {RangeError} for a lone surrogate
 */
export function checkWellFormed(text: string): void {
  if (text.isWellFormed()) return;
  const at = text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  throw new RangeError(
    `Cannot encode text as UTF-8 as it must hold no lone surrogate: ` +
      `current value has '\\u${text.charCodeAt(at).toString(16)}' at position ${at}`,
  );
}

/**
 * Returns the longest beginning of UTF-8 text that has at most `max` bytes and ends with a
 * character.
 */
export function truncateUtf8(bytes: Uint8Array, max: number): Uint8Array {
  if (bytes.length <= max) return bytes;
  let end = max;
  // Bytes like 10xxxxxx continue a character; none has more than three of them.
  while (end > 0 && end > max - 3 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
