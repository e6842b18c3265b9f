/**
 * Python's `KeyError`: a format names a key that its mapping does not have. Internal: users see it
 * as the error that `handleError()` gets.
 *
 * Browser compatible.
 *
 * @module
 */
import { pythonRepr } from "./python_repr.ts";

/** The error for a missing key; the message is the key as Python's `repr()` writes it. */
export class KeyError extends RangeError {
  /** Names the missing key. */
  constructor(key: string) {
    super(pythonRepr(key));
    this.name = "KeyError";
  }
}
