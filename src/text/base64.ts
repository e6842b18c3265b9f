/**
 * Bytes as base64 text (RFC 4648 section 4), without line breaks.
 *
 * Browser compatible.
 *
 * @module
 */

/** The number of bytes that a function can safely take as arguments. */
const PIECE_BYTES = 4096;

/** Returns bytes as base64. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += PIECE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(i, i + PIECE_BYTES));
  }
  return btoa(text);
}
