/**
 * One section of a dictionary: it makes the object of an entry when that is first asked for.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Dialect } from "./_dialect.ts";
import { refuseAt } from "./_path_error.ts";
import type { Dictionary, DictionaryReader } from "./_dictionary_reader.ts";

/** Makes the object of an entry that stands at `path`. */
export type Make<Made> = (entry: Dictionary, path: string) => Made;

/** The entries of one section, and the objects that were made of them. */
export class Section<Made> {
  readonly #reader: DictionaryReader;
  readonly #section: string;
  readonly #make: Make<Made>;
  readonly #dialect: Dialect;
  readonly #made: Map<string, Made> = new Map();
  /** The names of entries whose objects were begun: one that needs itself would never end. */
  readonly #begun: Set<string> = new Set();

  constructor(reader: DictionaryReader, section: string, dialect: Dialect, make: Make<Made>) {
    this.#reader = reader;
    this.#section = section;
    this.#dialect = dialect;
    this.#make = make;
  }

  /** The names of all entries, in their order. */
  names(): string[] {
    return Object.keys(this.#reader.section(this.#section));
  }

  /** The object of that name; `undefined` if there is no such entry. */
  find(name: string): Made | undefined {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const entries = this.#reader.section(this.#section);
    if (!Object.hasOwn(entries, name)) return undefined;
    const path = this.#dialect.pathOf(this.#section, name);
    if (this.#begun.has(name)) refuseAt(path, "independent of itself", name);
    this.#begun.add(name);
    const fresh = this.#make(this.#reader.dictionary(entries[name], path), path);
    this.#made.set(name, fresh);
    return fresh;
  }

  /** The object of the name that stands at `path`. */
  get(name: unknown, path: string): Made {
    const made = typeof name === "string" ? this.find(name) : undefined;
    return made ?? refuseAt(path, `the name of one of the ${this.#section}`, name);
  }
}
