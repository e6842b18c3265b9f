/**
 * The entries of one section of a dictionary, made into objects when they are asked for.
 *
 * Browser compatible.
 *
 * @module
 */
import { pathTo, refuseAt } from "./_config_error.ts";
import type { ConfigTree, Dictionary } from "./_config_tree.ts";

/** Makes the object of an entry that stands at `path`. */
export type Make<Made> = (entry: Dictionary, path: string) => Made;

/** One section. */
export class ConfigEntries<Made> {
  readonly #tree: ConfigTree;
  readonly #section: string;
  readonly #make: Make<Made>;
  readonly #made: Map<string, Made> = new Map();
  /** Those that are being made: what is needed for one of them must not need that one. */
  readonly #begun: Set<string> = new Set();

  constructor(tree: ConfigTree, section: string, make: Make<Made>) {
    this.#tree = tree;
    this.#section = section;
    this.#make = make;
  }

  /** The names of all entries, in their order. */
  names(): string[] {
    return Object.keys(this.#tree.section(this.#section));
  }

  /** The object of that name; `undefined` if there is no such entry. */
  find(name: string): Made | undefined {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const entries = this.#tree.section(this.#section);
    if (!Object.hasOwn(entries, name)) return undefined;
    const path = pathTo(this.#section, name);
    if (this.#begun.has(name)) refuseAt(path, "independent of itself", name);
    this.#begun.add(name);
    const fresh = this.#make(this.#tree.dictionary(entries[name], path), path);
    this.#made.set(name, fresh);
    return fresh;
  }

  /** The object of the name that stands at `path`. */
  get(name: unknown, path: string): Made {
    const made = typeof name === "string" ? this.find(name) : undefined;
    return made ?? refuseAt(path, `the name of one of the ${this.#section}`, name);
  }
}
