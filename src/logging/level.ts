/**
 * Levels: the numbers, their names, and the check that `setLevel()` and its like make.
 * After CPython's `logging` module: `_levelToName`, `_nameToLevel`, `_checkLevel`.
 *
 * Browser compatible: no imports but this folder's own, no runtime global.
 *
 * @module
 */
import { pythonRepr } from "../text/python_repr.ts";

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

const levelToName = new Map<unknown, string>([
  [CRITICAL, "CRITICAL"],
  [ERROR, "ERROR"],
  [WARNING, "WARNING"],
  [INFO, "INFO"],
  [DEBUG, "DEBUG"],
  [NOTSET, "NOTSET"],
]);
const nameToLevel = new Map<unknown, number>([
  ["CRITICAL", CRITICAL],
  ["FATAL", FATAL],
  ["ERROR", ERROR],
  ["WARN", WARN],
  ["WARNING", WARNING],
  ["INFO", INFO],
  ["DEBUG", DEBUG],
  ["NOTSET", NOTSET],
]);

/** A level as every `setLevel()` takes it: its number, or a name that is known. */
export type Level = number | string;

/**
 * The name of a level number, or the number of a level name; `"Level X"` for what is unknown.
 *
 * @example
 * ```ts
 * import { getLevelName } from "jsr:@logwire/logging";
 *
 * console.assert(getLevelName(20) === "INFO");
 * console.assert(getLevelName("INFO") === 20);
 * console.assert(getLevelName(25) === "Level 25");
 * ```
 */
export function getLevelName(level: number): string;
/** The number of a level name, or `"Level X"`. */
export function getLevelName(level: string): number | string;
export function getLevelName(level: unknown): number | string {
  const name = levelToName.get(level);
  if (name !== undefined) return name;
  return nameToLevel.get(level) ??
    `Level ${typeof level === "string" ? level : pythonRepr(level)}`;
}

/**
 * Names a level: `record.levelname` is this name from now on, and `setLevel(levelName)` knows it.
 *
 * @example
 * ```ts
 * import { addLevelName, getLogger } from "jsr:@logwire/logging";
 *
 * addLevelName(5, "TRACE");
 * getLogger("parser").setLevel("TRACE");
 * ```
 */
export function addLevelName(level: number, levelName: string): void {
  levelToName.set(level, levelName);
  nameToLevel.set(levelName, level);
}

/** Every level name that is known, with its number: a new map at each call. */
export function getLevelNamesMapping(): Map<string, number> {
  return new Map(nameToLevel as Map<string, number>);
}

/**
 * The number of a level, however it is given.
 *
 * @throws {TypeError} where it is neither an integer nor a string
 * @throws {RangeError} where it is a name that is not known (CPython: `ValueError`)
 */
export function checkLevel(level: unknown): number {
  if (Number.isInteger(level)) return level as number;
  if (typeof level === "boolean") return Number(level);
  if (typeof level !== "string") {
    throw new TypeError(`Level not an integer or a valid string: ${pythonRepr(level)}`);
  }
  const known = nameToLevel.get(level);
  if (known === undefined) throw new RangeError(`Unknown level: ${pythonRepr(level)}`);
  return known;
}
