/**
 * Reads and checks the values that entries of several kinds have.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { checkLevel } from "../logging/level_names.ts";
import { pathTo, refuseAt } from "./_path_error.ts";
import type { Dictionary, DictionaryReader } from "./_dictionary_reader.ts";

/**
 * A logger is named after a module, whose path is far shorter, and far less deep: each dot makes one
 * more logger, which stays for as long as the program runs.
 */
const MAX_NAME_LENGTH = 1024;
const MAX_NAME_DOTS = 64;

/** The limits of the name of a logger, for errors. */
export const NAME_LIMITS: string =
  `at most ${MAX_NAME_LENGTH} characters and ${MAX_NAME_DOTS} dots`;

/** True for the name of a logger within the limits. */
export function isWithinLimits(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name.split(".").length - 1 <= MAX_NAME_DOTS;
}

/** The `level` of an entry; `undefined` for none. */
export function levelAt(
  reader: DictionaryReader,
  entry: Dictionary,
  path: string,
): number | undefined {
  const own = pathTo(path, "level");
  const level = reader.value(entry.level ?? undefined, own);
  if (level === undefined) return undefined;
  try {
    return checkLevel(level);
  } catch {
    return refuseAt(own, "a level, by number or by a name that is known", level);
  }
}

/**
 * Python's truth of a value in a dictionary: `"false"` is true, as any other text that is not
 * empty.
 */
export function truth(value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0 ||
    isPlainObject(value) && Object.keys(value).length === 0;
  return Boolean(value) && !isEmpty;
}

/** The `propagate` of an entry, by its truth; `undefined` for none. */
export function propagateAt(
  reader: DictionaryReader,
  entry: Dictionary,
  path: string,
): boolean | undefined {
  const value = reader.value(entry.propagate ?? undefined, pathTo(path, "propagate"));
  return value === undefined || value === null ? undefined : truth(value);
}

/** A list, or an empty one for none. */
export function listAt(reader: DictionaryReader, value: unknown, path: string): readonly unknown[] {
  const found = reader.resolve(value ?? [], path);
  return Array.isArray(found) ? found : refuseAt(path, "a list", found);
}
