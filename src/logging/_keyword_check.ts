/**
 * The check of a type that may be Python's keyword arguments of a logging call: `call_types.ts` says
 * what is refused.
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { LogKeywords } from "./call_arguments.ts";

type Keyword = keyof LogKeywords;

/**
 * `never` for a type that is refused as an argument of a logging call; else `true`.
 *
 * @internal
 */
export type Sound<Value> = { flaw: Flaw<Value> } extends { flaw: false } ? true : never;

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
