/**
 * The types of the arguments of a logging call. Any value may be logged; only an object that was
 * meant as Python's keyword arguments, but is none, does not compile. An object of fields compiles:
 *
 * - `{ user }` is fields; `{ extra, stacklevel: 2 }` is keywords
 * - refused: `{ stacklevel: "2" }`, whose value has the wrong type
 * - refused: `{ extra, user }`, which mixes keywords and other keys
 * - refused: `{ stackinfo: true }` and `{ excInfo: error }`, whose every key is a keyword but for its
 *   case or for one letter that is missing, added, changed, or exchanged with the next
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { LogKeywords } from "./call_arguments.ts";
import type { Sound } from "./_keyword_check.ts";

/**
 * The type of a message, or of one argument: any type, but for an object that is no keyword
 * arguments of Python and looks like them, because a name in it is misspelt or a value has the wrong
 * type. An editor completes the names `extra`, `exc_info`, `stack_info` and `stacklevel`.
 */
export type CallArgument<Value> = [Sound<Value>] extends [never] ? LogKeywords
  : Value | LogKeywords;

/** The types of the arguments of a logging call; see {@linkcode CallArgument}. */
export type CallArguments<Args extends unknown[]> = {
  [Index in keyof Args]: CallArgument<Args[Index]>;
};
