/**
 * The levels of CPython's `logging`.
 *
 * Browser compatible: imports nothing, so that a bundler puts the numbers where they are used.
 *
 * @module
 */

/** A level as every `setLevel()` takes it: its number, or a name that is known. */
export type Level = number | string;

/** The program may be unable to go on: 50. */
export const CRITICAL = 50;
/** The same as {@linkcode CRITICAL}. */
export const FATAL: number = CRITICAL;
/** Something could not be done: 40. */
export const ERROR = 40;
/** Something unexpected, but the program works: 30. */
export const WARNING = 30;
/** The same as {@linkcode WARNING}. */
export const WARN: number = WARNING;
/** Things go as expected: 20. */
export const INFO = 20;
/** Detail for whoever looks for a fault: 10. */
export const DEBUG = 10;
/** On a logger: as its parent; on a handler: everything. 0. */
export const NOTSET = 0;
