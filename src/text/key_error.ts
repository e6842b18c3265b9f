/**
 * What Python calls `KeyError`: a format names a key that its mapping has not. Internal: it reaches
 * users as the error that `handleError()` is given.
 *
 * Browser compatible.
 *
 * @module
 */
import { pythonRepr } from "./python_repr.ts";

/** A key that is not there; the message is the key as Python's `repr()` spells it. */
export class KeyError extends RangeError {
  /** Names the missing key. */
  constructor(key: string) {
    super(pythonRepr(key));
    this.name = "KeyError";
  }
}
