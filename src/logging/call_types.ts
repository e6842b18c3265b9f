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

/**
 * The type of a message, or of one argument: any type, but for an object that is no keyword
 * arguments of Python and looks like them, because a name in it is misspelt or a value has the wrong
 * type. An editor completes the names `extra`, `exc_info`, `stack_info` and `stacklevel`.
 */
// Both branches contain the type parameter's own type or are decided by `Sound`, in a form that
// TypeScript can also decide for the type parameter of a generic caller.
export type CallArgument<Value> = [Sound<Value>] extends [never] ? LogKeywords
  : Value | LogKeywords;

/** The types of the arguments of a logging call; see {@linkcode CallArgument}. */
export type CallArguments<Args extends unknown[]> = {
  [Index in keyof Args]: CallArgument<Args[Index]>;
};

type Keyword = keyof LogKeywords;

/** `never` for a type that is refused. */
type Sound<Value> = { flaw: Flaw<Value> } extends { flaw: false } ? true : never;

/** Contains `true` for a type that is refused. */
type Flaw<Value> = unknown extends Value ? false
  : Value extends readonly unknown[] | ((...args: never[]) => unknown) ? false
  : Value extends object ? FlawOfKeys<Value, keyof Value>
  : false;

type FlawOfKeys<Value, Key extends PropertyKey> = [Key] extends [never] ? false
  : [Extract<Key, Keyword>] extends [never] ? (false extends IsMisspelt<Key> ? false : true)
  : [Exclude<Key, Keyword>] extends [never] ? (Value extends LogKeywords ? false : true)
  : true;

/** `true` for a key that is nearly a keyword, `false` for another; both for keys of both kinds. */
type IsMisspelt<Key> = Key extends string ? true extends IsNear<Lowercase<Key>, Keyword> ? true
  : false
  : false;

type IsNear<Text extends string, Word extends string> = Word extends string ? IsOneEdit<Text, Word>
  : never;

/** True if one edit, or none, makes one text of the other. */
type IsOneEdit<A extends string, B extends string> = A extends `${infer HeadA}${infer RestA}`
  ? B extends `${infer HeadB}${infer RestB}` ? HeadA extends HeadB ? IsOneEdit<RestA, RestB>
    : RestA extends B | RestB ? true
    : A extends RestB ? true
    : RestA extends `${HeadB}${infer TailA}` ? RestB extends `${HeadA}${TailA}` ? true : false
    : false
  : RestA extends "" ? true
  : false
  : B extends `${string}${infer RestB}` ? RestB extends "" ? true : false
  : true;
