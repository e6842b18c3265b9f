/**
 * The function that reads the fields of the running flow, which go onto every record that it logs.
 * The reader itself stands behind the sub-path `./context`, since it needs a module of the runtime.
 *
 * Browser compatible.
 *
 * @module
 */

/** Fields for records, by name: context that an adapter or `withContext()` adds to each. */
// With `unknown`, an object whose type is an interface would not compile.
// deno-lint-ignore no-explicit-any
export type Extra = Readonly<Record<string, any>>;

/** Reads the fields of the running flow. */
export interface ContextReader {
  /**
   * The reader; `null` until `withContext()` is called, so that a logging call pays nothing for it.
   */
  read: (() => Extra | undefined) | null;
}

/** The reader of the program, which `withContext()` puts here. */
export const contextReader: ContextReader = { read: null };
