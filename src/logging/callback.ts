/**
 * Calls of the program's functions: an error that such a function throws, or that its promise
 * rejects with, loses a record and never ends the program.
 *
 * Browser compatible.
 *
 * @module
 */

/** Gets the error of a callback. */
export type Fail = (error: unknown) => void;

/** Calls a function of the program; `fail` gets its error or rejection. Never throws. */
export function callBack(call: () => unknown, fail?: Fail): void {
  const failed: Fail = (error) => {
    // If `fail` fails as well, no other way is left to report the error.
    if (fail) callBack(() => fail(error));
  };
  try {
    const result = call();
    if (isPromise(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

/** Passes the rejection to `fail`, if the result of a callback is a promise. */
export function watch(result: unknown, fail?: Fail): void {
  if (isPromise(result)) callBack(() => result, fail);
}

/**
 * Returns the result of a callback that must be synchronous; `name` is the callback's.
 *
 * @throws {TypeError} if the result is a promise, whose own rejection is then ignored
 */
export function atOnce<Result>(result: Result, name: string): Result {
  if (!isPromise(result)) return result;
  watch(result);
  throw new TypeError(`${name} must be synchronous`);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" &&
    typeof (value as PromiseLike<unknown> | null)?.then === "function";
}
