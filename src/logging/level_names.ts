/**
 * The names of levels, and the check of a level that a caller gives. After CPython's
 * `_levelToName`, `_nameToLevel` and `_checkLevel`.
 *
 * Browser compatible.
 *
 * @module
 */
import { CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING } from "./level.ts";
import { pythonRepr, pythonStr } from "../text/python_repr.ts";

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
  ["FATAL", CRITICAL],
  ["ERROR", ERROR],
  ["WARN", WARNING],
  ["WARNING", WARNING],
  ["INFO", INFO],
  ["DEBUG", DEBUG],
  ["NOTSET", NOTSET],
]);

/**
 * Returns the name of a level number, or the number of a level name; `"Level X"` if it is unknown.
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
/** Returns the number of a level name, or `"Level X"`. */
export function getLevelName(level: string): number | string;
export function getLevelName(level: unknown): number | string {
  return levelToName.get(level) ?? nameToLevel.get(level) ?? `Level ${pythonStr(level)}`;
}

/**
 * Names a level: `record.levelname` is this name from now on, and `setLevel(levelName)` accepts it.
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

/** Returns every known level name with its number: a new map at each call. */
export function getLevelNamesMapping(): Map<string, number> {
  return new Map(nameToLevel as Map<string, number>);
}

/**
 * Returns the number of a level that is given as a number or a name.
 *
 * @throws {TypeError} if it is neither an integer nor a string
 * @throws {RangeError} if it is an unknown name (CPython: `ValueError`)
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
