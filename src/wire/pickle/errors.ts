/**
 * The two errors of the pickle layer, named after CPython's. Callers are expected to catch them:
 * one bad record must not end a handler or a receiver.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/**
 * The error for a value that cannot be pickled; if code of the value (a getter, `toJSON()`, a
 * proxy) threw, `cause` is that error.
 *
 * @example
 * ```ts
 * import { dumps, PicklingError } from "jsr:@logwire/logging/pickle";
 *
 * try {
 *   dumps({ get broken() { throw new Error("no value"); } });
 * } catch (error) {
 *   console.assert(error instanceof PicklingError);
 * }
 * ```
 */
export class PicklingError extends Error {
  /** Makes an error; `options.cause` is the error that code of the value threw. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PicklingError";
  }
}

/**
 * The error for bytes that are no pickle, that ask for more than data, or that exceed a limit.
 *
 * @example
 * ```ts
 * import { loads, UnpicklingError } from "jsr:@logwire/logging/pickle";
 *
 * try {
 *   loads(new TextEncoder().encode("cos\nsystem\n(S'true'\ntR."));
 * } catch (error) {
 *   console.assert(error instanceof UnpicklingError);
 * }
 * ```
 */
export class UnpicklingError extends Error {
  /** Makes an error. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnpicklingError";
  }
}
