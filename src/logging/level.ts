/**
 * The levels of CPython's `logging`.
 *
 * Browser compatible: imports nothing, so that a bundler puts the numbers where they are used.
 *
 * @module
 */

/**
 * A level for `setLevel()`: its number, or its name in upper or lower case. Give a level of your own
 * by its number, and a name that is only known at run time as `process.env.LEVEL as Level`: an
 * unknown name is an error that lists the known ones.
 */
export type Level =
  | number
  | ("CRITICAL" | "FATAL" | "ERROR" | "WARNING" | "WARN" | "INFO" | "DEBUG" | "NOTSET")
  | ("critical" | "fatal" | "error" | "warning" | "warn" | "info" | "debug" | "notset");

/** The program may be unable to continue: 50. */
export const CRITICAL = 50;
/** The same as {@linkcode CRITICAL}. */
export const FATAL: number = CRITICAL;
/** The program could not do something: 40. */
export const ERROR = 40;
/** Something unexpected happened, but the program works: 30. */
export const WARNING = 30;
/** The same as {@linkcode WARNING}. */
export const WARN: number = WARNING;
/** The program works as expected: 20. */
export const INFO = 20;
/** Details for the search for a fault: 10. */
export const DEBUG = 10;
/** A logger takes the level of its parent, a handler takes every record: 0. */
export const NOTSET = 0;
