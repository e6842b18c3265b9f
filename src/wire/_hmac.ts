/**
 * HMAC-SHA-256 (RFC 2104, RFC 4231), synchronous.
 *
 * @module
 */
import { BLOCK_BYTES, Sha256, sha256 } from "./_sha256.ts";

/**
 * Returns a function that signs with `key`; values that depend only on the key are computed once.
 */
export function hmacSha256(key: Uint8Array): (message: Uint8Array) => Uint8Array {
  const short = key.length > BLOCK_BYTES ? sha256(key) : key;
  const padded = new Uint8Array(BLOCK_BYTES);
  padded.set(short);
  const inner = new Sha256().update(padded.map((byte) => byte ^ 0x36));
  const outer = new Sha256().update(padded.map((byte) => byte ^ 0x5c));
  return (message) => outer.clone().update(inner.clone().update(message).digest()).digest();
}
