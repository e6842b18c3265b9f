/**
 * SHA-256 (FIPS 180-4), synchronous: `emit()` must not wait, and WebCrypto's digest is
 * asynchronous.
 *
 * @module
 */

/** The bytes of a digest. */
export const DIGEST_BYTES = 32;

/** The bytes of a block, on which HMAC pads its key. */
export const BLOCK_BYTES = 64;

/**
 * Returns the first 32 bits of the fractional part of `root` (FIPS 180-4, sections 4.2.2 and
 * 5.3.3).
 */
function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

/** Returns the fractions of the roots of the first `count` primes. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return Int32Array.from(primes, (prime) => fraction(root(prime)));
}

const INITIAL: Int32Array = /* @__PURE__ */ fractions(8, Math.sqrt);
const K: Int32Array = /* @__PURE__ */ fractions(64, Math.cbrt);

/** The message schedule; all hashes share it, as nothing here is interrupted. */
const W: Int32Array = /* @__PURE__ */ new Int32Array(64);

/** A hash in progress; `clone()` keeps a prefix that many messages share. */
export class Sha256 {
  readonly #state: Int32Array = INITIAL.slice();
  readonly #block: Uint8Array = new Uint8Array(BLOCK_BYTES);
  /** The number of bytes so far; the last of them, less than a block, wait in `#block`. */
  #length = 0;

  /** Adds bytes of the message. */
  update(bytes: Uint8Array): this {
    let offset = 0;
    let filled = this.#length % BLOCK_BYTES;
    this.#length += bytes.length;
    if (filled > 0) {
      offset = Math.min(bytes.length, BLOCK_BYTES - filled);
      this.#block.set(bytes.subarray(0, offset), filled);
      filled += offset;
      if (filled < BLOCK_BYTES) return this;
      compress(this.#state, this.#block, 0);
    }
    for (; offset + BLOCK_BYTES <= bytes.length; offset += BLOCK_BYTES) {
      compress(this.#state, bytes, offset);
    }
    this.#block.set(bytes.subarray(offset));
    return this;
  }

  /** Returns the 32 bytes of the hash; no bytes may be added afterwards. */
  digest(): Uint8Array {
    const length = this.#length;
    const padding = new Uint8Array(BLOCK_BYTES - (length + 8) % BLOCK_BYTES + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padding.length - 4, length << 3);
    this.update(padding);
    const digest = new Uint8Array(DIGEST_BYTES);
    const words = new DataView(digest.buffer);
    this.#state.forEach((word, i) => words.setInt32(i * 4, word));
    return digest;
  }

  /** Returns an independent hash of the same bytes. */
  clone(): Sha256 {
    const copy = new Sha256();
    copy.#state.set(this.#state);
    copy.#block.set(this.#block);
    copy.#length = this.#length;
    return copy;
  }
}

/** FIPS 180-4, section 6.2.2, for the block of `bytes` at `offset`. */
function compress(state: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < 16; i++, offset += 4) {
    W[i] = bytes[offset]! << 24 | bytes[offset + 1]! << 16 | bytes[offset + 2]! << 8 |
      bytes[offset + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]!;
    const y = W[i - 2]!;
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    W[i] = W[i - 16]! + s0 + W[i - 7]! + s1;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const t1 = h + s1 + (e & f ^ ~e & g) + K[i]! + W[i]! | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + t1 | 0;
    d = c;
    c = b;
    b = a;
    a = t1 + t2 | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** Returns the SHA-256 of `bytes`: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Sha256().update(bytes).digest();
}
