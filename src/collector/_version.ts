/**
 * The version of this module, for `--version`. A test compares it with `deno.json`, which a program
 * cannot read on every runtime.
 *
 * @module
 */

/** The version of this module. */
export const VERSION = "0.1.0";
