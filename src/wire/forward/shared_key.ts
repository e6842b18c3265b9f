/**
 * The proof of a shared key in the Forward protocol: each side sends a digest that only one who has the
 * key can make.
 *
 * Browser compatible: the digest is of Web Crypto.
 *
 * @module
 */
import { concat } from "@std/bytes";
import { refuse } from "../../logging/validate.ts";

const encoder = /* @__PURE__ */ new TextEncoder();

/** The parts of a digest: texts, or bytes as the other side has sent them. */
export interface KeyProof {
  /** The salt of the client. */
  readonly salt: string | Uint8Array;
  /** The name of the side that makes the digest. */
  readonly hostname: string | Uint8Array;
  /** The nonce of the server. */
  readonly nonce: string | Uint8Array;
  readonly key: Uint8Array;
}

/** Returns `sha512_hex(salt + hostname + nonce + key)`. */
export async function keyDigest({ salt, hostname, nonce, key }: KeyProof): Promise<string> {
  const text = concat([toBytes(salt), toBytes(hostname), toBytes(nonce), key]);
  const digest = await crypto.subtle.digest("SHA-512", text);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toBytes(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? encoder.encode(part) : part;
}

/** Checks a shared key, and returns its bytes; the message of the error does not show it. */
export function checkSharedKey(what: string, key: unknown): Uint8Array | undefined {
  if (key === undefined) return undefined;
  const bytes = typeof key === "string" ? encoder.encode(key) : key;
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes;
  return refuse(what, "sharedKey", "a string or bytes, not empty", typeof key);
}

/** Salts, and nonces, of 128 bits as text, which every implementation takes. */
export function randomHex(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
