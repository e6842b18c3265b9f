/**
 * The ways in which a configuration may be written.
 *
 * Browser compatible.
 *
 * @module
 */
import { pathTo } from "./_path_error.ts";

/** One way; it has no influence on what the keys of an entry mean. */
export interface Dialect {
  /** True: a text such as `ext://sys.stdout` or `cfg://handlers.console` is a reference. */
  readonly hasReferences: boolean;
  /** The most names in a list of a section of a file. */
  maxNames(section: string): number;
  /** The place of an entry, for errors. */
  pathOf(section: string, name: string): string;
  /** Checks the arguments of an object, and returns those that its class gets. */
  arguments(given: Readonly<Record<string, unknown>>, path: string): Record<string, unknown>;
}

/** A dictionary for `dictConfig()`. */
export const DICTIONARY: Dialect = {
  hasReferences: true,
  maxNames: () => Infinity,
  pathOf: pathTo,
  arguments: (given) => given,
};

/** A file for `fileConfig()`, whose sections have the names of their entries. */
export const INI: Dialect = {
  hasReferences: false,
  maxNames: () => Infinity,
  pathOf: (section, name) => `[${section.replace(/s$/, "")}_${name}]`,
  arguments: (given) => given,
};
