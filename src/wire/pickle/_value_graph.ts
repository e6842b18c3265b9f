/**
 * Walks over a loaded value, which may be deep, shared and cyclic: never recursive, each part
 * visited once. Both walks are for rare values; most are returned unvisited.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { exceed } from "./limits.ts";

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function partsOf(value: object): ArrayLike<unknown> {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  return Object.values(value);
}

interface Step {
  readonly value: object;
  readonly parts: ArrayLike<unknown>;
  index: number;
  depth: number;
}

/**
 * Throws if containers nest more than `maxDepth` deep on the longest path; a reference back to a
 * container on the path ends it.
 */
export function checkDepth(root: unknown, maxDepth: number): void {
  if (!isContainer(root)) return;
  const depths = new Map<object, number>([[root, 0]]); // 0: on the way
  const way: Step[] = [{ value: root, parts: partsOf(root), index: 0, depth: 1 }];
  while (way.length > 0) {
    const step = way.at(-1)!;
    if (step.index === step.parts.length) {
      way.pop();
      depths.set(step.value, step.depth);
      const outer = way.at(-1);
      if (outer !== undefined) outer.depth = Math.max(outer.depth, step.depth + 1);
    } else {
      const part = step.parts[step.index++];
      if (!isContainer(part)) continue;
      const depth = depths.get(part);
      if (depth === undefined) {
        depths.set(part, 0);
        way.push({ value: part, parts: partsOf(part), index: 0, depth: 1 });
      } else if (depth > 0) {
        step.depth = Math.max(step.depth, depth + 1);
      }
    }
    if (way.length > maxDepth || step.depth > maxDepth) exceed("maxDepth", maxDepth);
  }
}

/**
 * Replaces each object in `moved` by its Map. A dict is an object until a key comes that is no str;
 * by then a cycle may have put it elsewhere.
 */
export function replaceMoved(root: unknown, moved: ReadonlyMap<object, object>): void {
  const seen = new Set<unknown>([root]);
  const pending: unknown[] = [root];
  const visit = (value: unknown): unknown => {
    const current = moved.get(value as object) ?? value;
    if (isContainer(current) && !seen.has(current)) {
      seen.add(current);
      pending.push(current);
    }
    return current;
  };
  while (pending.length > 0) {
    const value = pending.pop();
    if (!isContainer(value)) continue;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = visit(value[i]);
    } else if (value instanceof Map) {
      // Neither keys nor elements of sets can be dicts, but opaque objects among them may hold
      // some.
      for (const [key, item] of value) value.set(visit(key), visit(item));
    } else if (value instanceof Set) {
      for (const item of value) visit(item);
    } else {
      const object = value as Record<string, unknown>;
      for (const key of Object.keys(object)) object[key] = visit(object[key]);
    }
  }
}
