/**
 * How this library calls functions of the program's own: what one throws, and what a promise that it
 * returns rejects with, costs a record and not the program.
 *
 * Browser compatible.
 *
 * @module
 */

/** Takes the error of a call-back. */
export type Fail = (error: unknown) => void;

/** Calls back; what that throws or rejects with goes to `fail`. Never throws. */
export function callBack(call: () => unknown, fail?: Fail): void {
  const failed: Fail = (error) => {
    // Where what hears of errors fails as well, no other way is left to report it.
    if (fail) callBack(() => fail(error));
  };
  try {
    const result = call();
    if (isPromise(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

/** Has `fail` hear of the rejection, if what a call-back has returned is a promise. */
export function watch(result: unknown, fail?: Fail): void {
  if (isPromise(result)) callBack(() => result, fail);
}

/**
 * What a call-back has returned, where that is needed at once.
 *
 * @throws {TypeError} when it is a promise, whose own rejection then goes nowhere
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
