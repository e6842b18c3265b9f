/**
 * The values that entries of several kinds have, checked.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkLevel } from "../logging/level.ts";
import { pathTo, refuseAt } from "./config_error.ts";
import type { ConfigTree, Dictionary } from "./config_tree.ts";

/** The `level` of an entry; `undefined` for none. */
export function levelAt(tree: ConfigTree, entry: Dictionary, path: string): number | undefined {
  const own = pathTo(path, "level");
  const level = tree.value(entry.level ?? undefined, own);
  if (level === undefined) return undefined;
  try {
    return checkLevel(level);
  } catch {
    return refuseAt(own, "a level, by number or by a name that is known", level);
  }
}

/** The `propagate` of an entry, 0 and 1 included; `undefined` for none. */
export function propagateAt(
  tree: ConfigTree,
  entry: Dictionary,
  path: string,
): boolean | undefined {
  const own = pathTo(path, "propagate");
  const value = tree.value(entry.propagate ?? undefined, own);
  if (value === undefined || typeof value === "boolean") return value;
  return value === 0 || value === 1 ? value === 1 : refuseAt(own, "true or false", value);
}

/** A list, or an empty one for none. */
export function listAt(tree: ConfigTree, value: unknown, path: string): readonly unknown[] {
  const found = tree.resolve(value ?? [], path);
  return Array.isArray(found) ? found : refuseAt(path, "a list", found);
}
