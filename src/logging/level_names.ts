/**
 * The names of levels, and the check of a level that a caller gives. After CPython's
 * `_levelToName`, `_nameToLevel` and `_checkLevel`. Differs: a name is found in any case.
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

/** Returns the level of a name: of that very name, or else of one that differs in case. */
function levelOf(name: unknown): number | undefined {
  const level = nameToLevel.get(name);
  if (level !== undefined || typeof name !== "string") return level;
  const folded = name.toLowerCase();
  for (const [known, level] of nameToLevel) {
    if (String(known).toLowerCase() === folded) return level;
  }
  return undefined;
}

/**
 * Returns the name of a level number, or the number of a level name in any case; `"Level X"` if it
 * is unknown.
 *
 * @example
 * ```ts
 * import { getLevelName } from "jsr:@logwire/logging";
 *
 * console.assert(getLevelName(20) === "INFO");
 * console.assert(getLevelName("INFO") === 20 && getLevelName("info") === 20);
 * console.assert(getLevelName(25) === "Level 25");
 * ```
 */
export function getLevelName(level: number): string;
/** Returns the number of a level name, or `"Level X"`. */
export function getLevelName(level: string): number | string;
export function getLevelName(level: unknown): number | string {
  return levelToName.get(level) ?? levelOf(level) ?? `Level ${pythonStr(level)}`;
}

/**
 * Names a level: `record.levelname` is this name from now on, and a level may be given by this name.
 * TypeScript knows Python's names alone: there, give a level of your own by its number.
 *
 * @example
 * ```ts
 * import { addLevelName, getLogger } from "jsr:@logwire/logging";
 *
 * const TRACE = 5;
 * addLevelName(TRACE, "TRACE");
 * getLogger("parser").setLevel(TRACE);
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
 * Returns the number of a level that is given as a number or a name in any case.
 *
 * @throws {TypeError} if it is neither an integer nor a string
 * @throws {RangeError} if it is an unknown name (CPython: `ValueError`); the message lists the known
 */
export function checkLevel(level: unknown): number {
  if (Number.isInteger(level)) return level as number;
  if (typeof level === "boolean") return Number(level);
  if (typeof level !== "string") {
    throw new TypeError(`Level not an integer or a valid string: ${pythonRepr(level)}`);
  }
  const known = levelOf(level);
  if (known !== undefined) return known;
  const names = [...nameToLevel.keys()].join(", ");
  throw new RangeError(`Unknown level: ${pythonRepr(level)}: the names are ${names}`);
}
