/**
 * Copies of values in which the parts that paths lead to are redacted. Only containers above such a
 * part are copied; shared and cyclic parts stay shared and cyclic.
 *
 * The values are searched first, without recursion, and each container once for each state of the
 * paths. Then the containers that hold a match, at any depth, are copied.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { keyText } from "../text/python_repr.ts";
import { MAX_DEPTH } from "../text/text_budget.ts";
import type { PathState } from "./_redaction_paths.ts";

/** The most members of one record that are searched; formatting writes as many. */
const MAX_MEMBERS = 100_000;

/** A part of a container that a path leads to or through. */
interface Member {
  /** The index, the key of a map, or the name of a property. */
  readonly key: unknown;
  /** Read once: a getter may return another value the next time. */
  readonly value: unknown;
  readonly isMatch: boolean;
  /** The container that it is; absent for a part that is redacted, or is no container. */
  readonly node: Node | undefined;
}

/** A container, in a state of the paths. */
interface Node {
  readonly value: object;
  readonly state: PathState;
  readonly parents: Node[];
  readonly members: Member[];
  /** The result of its `toJSON()`, which is what JSON shows of it; absent without that method. */
  json: Member | undefined;
  /** True if a part of it, at any depth, is redacted. */
  holdsMatch: boolean;
  /** True if not all of it was searched, as the record is too large: all of it is redacted. */
  isTooLarge: boolean;
  copy: unknown;
}

/** The redaction of one record. */
export class Redaction {
  readonly #replacement: unknown;
  readonly #nodes = new Map<object, Map<string, Node>>();
  #left = MAX_MEMBERS;

  constructor(replacement: unknown) {
    this.#replacement = replacement;
  }

  /**
   * Returns the value itself if nothing in it is redacted, else a copy, or the replacement.
   *
   * @throws what a getter, a proxy or a `toJSON()` of the value throws
   */
  of(value: unknown, state: PathState): unknown {
    return state.isMatch ? this.#replacement : this.within(value, state);
  }

  /** As `of()`, for a value from which the paths begin. */
  within(value: unknown, state: PathState): unknown {
    if (!isContainer(value)) return value;
    const found: Node[] = [];
    const root = this.#nodeOf(value, state, found);
    // The loop also reaches nodes that are added meanwhile.
    for (const node of found) this.#search(node, found);
    return root.holdsMatch ? this.#copyOf(root, 0) : value;
  }

  #nodeOf(value: object, state: PathState, found: Node[]): Node {
    let nodes = this.#nodes.get(value);
    if (nodes === undefined) this.#nodes.set(value, nodes = new Map());
    let node = nodes.get(state.id);
    if (node === undefined) {
      const marks = { json: undefined, holdsMatch: false, isTooLarge: false, copy: undefined };
      node = { value, state, parents: [], members: [], ...marks };
      nodes.set(state.id, node);
      found.push(node);
    }
    return node;
  }

  #search(node: Node, found: Node[]): void {
    const { value, state } = node;
    const parts = value instanceof Set ? [...value] : value;
    for (const key of keysOf(parts)) {
      if (!this.#mayVisit(node)) return;
      const next = state.next(keyText(key));
      if (next === undefined) continue;
      if (key === "toString" && !next.isMatch && hasOwnText(value)) continue;
      node.members.push(this.#memberOf(node, key, partOf(parts, key), next, found));
      if (next.isMatch) mark(node);
    }
    const { toJSON } = value as { toJSON?: unknown };
    // Each result may be a new object with a toJSON() of its own.
    if (typeof toJSON !== "function" || !this.#mayVisit(node)) return;
    const json: unknown = toJSON.call(value);
    if (json !== value) node.json = this.#memberOf(node, "", json, state, found);
  }

  /** Counts one more member; past the limit it marks the whole container. */
  #mayVisit(node: Node): boolean {
    if (--this.#left >= 0) return true;
    node.isTooLarge = true;
    mark(node);
    return false;
  }

  #memberOf(
    parent: Node,
    key: unknown,
    value: unknown,
    state: PathState,
    found: Node[],
  ): Member {
    const { isMatch } = state;
    if (isMatch || !isContainer(value)) return { key, value, isMatch, node: undefined };
    const node = this.#nodeOf(value, state, found);
    node.parents.push(parent);
    if (node.holdsMatch) mark(parent);
    return { key, value, isMatch, node };
  }

  #valueOf({ value, isMatch, node }: Member, depth: number): unknown {
    if (isMatch) return this.#replacement;
    return node?.holdsMatch ? this.#copyOf(node, depth + 1) : value;
  }

  #copyOf(node: Node, depth: number): unknown {
    if (node.isTooLarge || depth >= MAX_DEPTH) return this.#replacement;
    return node.copy ?? this.#newCopy(node, depth);
  }

  #newCopy(node: Node, depth: number): unknown {
    const { value, members, json } = node;
    // Set before its members are copied, as one of them may be the container itself.
    if (Array.isArray(value)) {
      const copy: unknown[] = node.copy = [...value];
      for (const member of members) copy[member.key as number] = this.#valueOf(member, depth);
      return copy;
    }
    if (value instanceof Map) {
      const copy = node.copy = new Map(value);
      for (const member of members) copy.set(member.key, this.#valueOf(member, depth));
      return copy;
    }
    if (value instanceof Set) {
      const copy = node.copy = new Set<unknown>();
      const items: unknown[] = [...value];
      for (const member of members) items[member.key as number] = this.#valueOf(member, depth);
      for (const item of items) copy.add(item);
      return copy;
    }
    // Its own method may show what is redacted; JSON and text now show the same.
    if (json && !(value instanceof Error)) return node.copy = this.#valueOf(json, depth + 1);
    const copy = node.copy = withoutMembers(value, members);
    for (const member of members) {
      Object.defineProperty(copy, member.key as string, { value: this.#valueOf(member, depth) });
    }
    if (json) {
      const shown = this.#valueOf(json, depth);
      Object.defineProperty(copy, "toJSON", { value: () => shown, configurable: true });
    }
    return copy;
  }
}

/** Marks a container that holds a match, and all that hold it. */
function mark(node: Node): void {
  const marked = [node];
  for (const one of marked) {
    if (one.holdsMatch) continue;
    one.holdsMatch = true;
    for (const parent of one.parents) marked.push(parent);
  }
}

/** True if an object has a `toString()` of its own: it may show what is redacted, as a class may. */
function hasOwnText(value: object): boolean {
  return !(value instanceof Error) && Object.hasOwn(value, "toString") &&
    typeof value.toString === "function";
}

/** Bytes and dates have no names. */
function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) &&
    !(value instanceof ArrayBuffer) && !(value instanceof Date);
}

/** The keys of the parts that a formatter may write. */
function keysOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Map) return value.keys();
  const keys = Object.keys(value);
  if (!(value instanceof Error)) return keys;
  // Also those of a class that has getters for them.
  const hidden = ["cause", "errors"].filter((key) => key in value);
  return new Set([...keys, ...hidden]);
}

function partOf(value: object, key: unknown): unknown {
  return value instanceof Map ? value.get(key) : (value as Record<string, unknown>)[key as string];
}

/**
 * Copies an object; the values of `members` are to be set. An error stays an error of its class. An
 * object of another class becomes a plain object: its methods may show what is redacted, or need
 * its private members.
 */
function withoutMembers(value: object, members: readonly Member[]): object {
  const descriptors = Object.getOwnPropertyDescriptors(value) as PropertyDescriptorMap;
  for (const { key } of members) {
    const { enumerable = true } = descriptors[key as string] ?? {};
    const data = { value: undefined, enumerable, writable: true, configurable: true };
    // Not by assignment: a key may be `__proto__`.
    Object.defineProperty(descriptors, key as string, { value: data, configurable: true });
  }
  if (!(value instanceof Error)) {
    if (hasOwnText(value)) Reflect.deleteProperty(descriptors, "toString");
    const prototype = isPlainObject(value) ? Object.getPrototypeOf(value) : Object.prototype;
    return Object.create(prototype, descriptors);
  }
  const { stack } = value;
  const copy = Object.setPrototypeOf(new Error(value.message), Object.getPrototypeOf(value));
  // Some runtimes have an accessor there that works for the error alone.
  const own = { ...descriptors, stack: { value: stack, writable: true, configurable: true } };
  return Object.defineProperties(copy, own);
}
