/** Stands for `node:crypto` within a worker, as far as the conformance suite uses it: SHA-256. */
import { Sha256 } from "../../../src/wire/_sha256.ts";

interface Hash {
  update(bytes: Uint8Array): Hash;
  digest(encoding: "hex"): string;
}

export function createHash(_algorithm: "sha256"): Hash {
  const sha = new Sha256();
  const hash: Hash = {
    update(bytes) {
      sha.update(bytes);
      return hash;
    },
    digest: () => Array.from(sha.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
  return hash;
}
