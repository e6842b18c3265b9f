/**
 * The words of the table that maps CPython's `Lib/test/test_logging.py` to this project: each of its
 * test methods has one or more answers. The files beside this one hold the table, a few test classes
 * each; `cpython_3_14.txt` has the names of all methods, and `parity_test.ts` keeps both whole.
 */

/** One answer to a test method of CPython. */
export type Answer =
  /** Tests of ours that assert the same. */
  | { readonly kind: "shown"; readonly file: string; readonly titles: readonly string[] }
  /** A sentence of README.md or of the page of mod.ts about a behaviour that differs, word for word. */
  | { readonly kind: "difference"; readonly sentence: string }
  /** Why there is no such thing in JavaScript, or here. */
  | { readonly kind: "absent"; readonly reason: string };

/** The answers to the methods of each test class, by the name of the class and of the method. */
export type Parity = Record<string, Record<string, readonly Answer[]>>;

/** Says that the tests with these titles, in this file, assert the same. */
export function shown(file: string, ...titles: string[]): Answer[] {
  return [{ kind: "shown", file, titles }];
}

/** Says that this differs as the docs say; tests that show the difference may follow. */
export function difference(sentence: string, ...tests: Answer[][]): Answer[] {
  return [{ kind: "difference", sentence }, ...tests.flat()];
}

/** Says why there is no such thing here; tests of what comes nearest may follow. */
export function absent(reason: string, ...tests: Answer[][]): Answer[] {
  return [{ kind: "absent", reason }, ...tests.flat()];
}
