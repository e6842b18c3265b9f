/**
 * Signed payloads: the 32 bytes of an HMAC-SHA-256, then the payload itself. The documentation of
 * CPython's `pickle` advises this, and a CPython receiver checks it in three lines:
 *
 * ```python
 * digest, payload = data[:32], data[32:]
 * if not hmac.compare_digest(digest, hmac.new(key, payload, "sha256").digest()): raise ValueError
 * record = logging.makeLogRecord(pickle.loads(payload))
 * ```
 *
 * A signature proves that the sender of a record knew the key. It does not hide the record (TLS
 * does), and it does not reveal that a record is sent twice.
 *
 * @module
 */
import { concat } from "@std/bytes";
import { checkMethods, refuse } from "../logging/validate.ts";
import { equalInConstantTime } from "./equal_in_constant_time.ts";
import { hmacSha256 } from "./_hmac.ts";
import type { Serializer } from "./serializer.ts";
import { DIGEST_BYTES } from "./_sha256.ts";

/**
 * The error for a payload that was not signed with the key. Nothing of the payload was parsed.
 *
 * @example
 * ```ts
 * import { json, signed, SignatureError } from "jsr:@logwire/logging";
 *
 * const payload = signed(json, "a key").dumps({ msg: "spam" });
 * try {
 *   signed(json, "another key").loads(payload);
 * } catch (error) {
 *   console.assert(error instanceof SignatureError);
 * }
 * ```
 */
export class SignatureError extends Error {
  /** Makes an error. */
  constructor(message: string) {
    super(message);
    this.name = "SignatureError";
  }
}

/**
 * The same serializer with each payload signed. `key` is shared with the receiver; a string
 * stands for its UTF-8 bytes. Its `loads` throws {@linkcode SignatureError} unless the signature is
 * right, before any of the payload is parsed. Frames are length-prefixed, whatever the serializer
 * inside would use: a signature may hold any byte.
 *
 * @example
 * ```ts
 * import { json, signed } from "jsr:@logwire/logging";
 *
 * const serializer = signed(json, "correct horse battery staple");
 * const payload = serializer.dumps({ msg: "spam" });
 * console.assert(payload.length === 32 + '{"msg":"spam"}'.length);
 * console.assert(serializer.loads(payload).msg === "spam");
 * ```
 *
 * @throws {TypeError} if the key is empty, or neither bytes nor a string
 */
export function signed(serializer: Serializer, key: Uint8Array | string): Serializer {
  checkMethods("sign payloads", "serializer", serializer, ["dumps", "loads"]);
  const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    // The value itself stays out of the message: it is a secret.
    refuse("sign payloads", "key", "a string or bytes, not empty", typeof key);
  }
  const sign = hmacSha256(bytes);
  return {
    contentType: `signed ${serializer.contentType}`,
    dumps(fields: Record<string, unknown>): Uint8Array {
      const payload = serializer.dumps(fields);
      return concat([sign(payload), payload]);
    },
    loads(bytes: Uint8Array): Record<string, unknown> {
      const payload = bytes.subarray(DIGEST_BYTES);
      if (!equalInConstantTime(bytes.subarray(0, DIGEST_BYTES), sign(payload))) {
        throw new SignatureError("a payload is not signed with this receiver's key");
      }
      return serializer.loads(payload);
    },
  };
}
