/**
 * The formatters, filters and handlers that a dictionary describes, each made when it is first asked
 * for. After the `configure_…` methods of CPython's `DictConfigurator`.
 *
 * Browser compatible.
 *
 * @module
 */
import { Filter, type FilterLike } from "../logging/filter.ts";
import { Formatter, type FormatterOptions } from "../logging/formatter.ts";
import { Handler } from "../logging/handler.ts";
import type { ConfigClasses, ConfigContext, ConfigFactory, Keywords } from "./config_classes.ts";
import { ConfigEntries } from "./config_entries.ts";
import { at, pathTo, refuseAt } from "./config_error.ts";
import { ConfigTree, type Dictionary } from "./config_tree.ts";
import { levelAt, listAt } from "./config_values.ts";

/** What Python takes as the name of an argument. */
const IDENTIFIER = /^[a-z_][a-z0-9_]*$/i;

/** Makes what a dictionary describes. */
export class ConfigObjects {
  /** The dictionary. */
  readonly tree: ConfigTree;
  /** Every handler that was made, whether or not the whole turned out well. */
  readonly begun: Handler[] = [];
  readonly #classes: ConfigClasses;
  readonly #formatters: ConfigEntries<Formatter>;
  readonly #filters: ConfigEntries<FilterLike>;
  readonly #handlers: ConfigEntries<Handler>;

  constructor(config: Dictionary, classes: ConfigClasses, externals: Dictionary) {
    const tree = new ConfigTree(config, externals, (section, name) => this.#find(section, name));
    this.tree = tree;
    this.#classes = classes;
    this.#formatters = new ConfigEntries(
      tree,
      "formatters",
      (...entry) => this.#formatter(...entry),
    );
    this.#filters = new ConfigEntries(tree, "filters", (...entry) => this.#filter(...entry));
    this.#handlers = new ConfigEntries(tree, "handlers", (...entry) => this.#handler(...entry));
  }

  /** Makes everything, in CPython's order; the handlers by name. */
  makeHandlers(): Map<string, Handler> {
    for (const name of this.#formatters.names()) this.#formatters.find(name);
    for (const name of this.#filters.names()) this.#filters.find(name);
    const names = this.#handlers.names().sort();
    return new Map(names.map((name) => [name, this.#handlers.get(name, "handlers")]));
  }

  /** The handlers that a list names. */
  handlersAt(list: unknown, path: string): Handler[] {
    return listAt(this.tree, list, path).map((name, index) =>
      this.#handlers.get(name, pathTo(path, String(index)))
    );
  }

  /** The filters that a list names or holds. */
  filtersAt(list: unknown, path: string): FilterLike[] {
    return listAt(this.tree, list, path).map((item, index) =>
      isFilter(item) ? item : this.#filters.get(item, pathTo(path, String(index)))
    );
  }

  #find(section: string, name: string): unknown {
    if (section === "formatters") return this.#formatters.find(name);
    if (section === "filters") return this.#filters.find(name);
    return section === "handlers" ? this.#handlers.find(name) : undefined;
  }

  #formatter(entry: Dictionary, path: string): Formatter {
    const { format, datefmt, style, validate, defaults } = entry;
    const given = Object.entries({ format, datefmt, style, validate, defaults })
      .filter(([, value]) => value !== undefined && value !== null);
    const known = Object.fromEntries(given);
    const made = "()" in entry
      ? this.#create("()", entry, path)
      : entry.class
      ? this.#create("class", { ...known, class: entry.class }, path)
      : stockFormatter(this.#values(known, path), path);
    if (typeof (made as Formatter | null)?.format === "function") return made as Formatter;
    return refuseAt(path, "something that a factory makes with a method format(record)", made);
  }

  #filter(entry: Dictionary, path: string): FilterLike {
    if (!("()" in entry)) {
      const { name = "" } = this.#values({ name: entry.name ?? "" }, path);
      return new Filter(string(name, pathTo(path, "name")));
    }
    const made = this.#create("()", entry, path);
    return isFilter(made) ? made : refuseAt(path, "something that a factory makes to filter", made);
  }

  #handler(entry: Dictionary, path: string): Handler {
    const { formatter, level: _level, filters, ...rest } = entry;
    const found = formatter
      ? this.#formatters.get(this.tree.value(formatter, path), pathTo(path, "formatter"))
      : null;
    const level = levelAt(this.tree, entry, path);
    const chosen = this.filtersAt(filters, pathTo(path, "filters"));
    const made = this.#create("()" in entry ? "()" : "class", rest, path);
    if (!(made instanceof Handler)) return refuseAt(path, "a Handler that a factory makes", made);
    if (found !== null) made.setFormatter(found);
    if (level !== undefined) made.setLevel(level);
    for (const filter of chosen) made.addFilter(filter);
    return made;
  }

  /** Calls the factory that stands behind `key`, then sets what stands behind `.`. */
  #create(key: "()" | "class", entry: Dictionary, path: string): unknown {
    const { [key]: named, ".": attributes, ...rest } = entry;
    const factory = this.#factory(this.tree.value(named, path), pathTo(path, key));
    for (const keyword of Object.keys(rest)) {
      if (!IDENTIFIER.test(keyword)) refuseAt(pathTo(path, keyword), "an identifier", keyword);
    }
    const keywords = this.#values(rest, path);
    const made = at(path, () => factory(keywords, this.#context(keywords, path)));
    if (made instanceof Handler) this.begun.push(made);
    this.#setAttributes(made, attributes, path);
    return made;
  }

  #factory(named: unknown, path: string): ConfigFactory {
    if (typeof named === "function") return named as ConfigFactory;
    if (typeof named === "string" && Object.hasOwn(this.#classes, named)) {
      return this.#classes[named] as ConfigFactory;
    }
    const known = Object.keys(this.#classes).sort().join(", ");
    return refuseAt(path, `a function or a name in 'classes' (${known})`, named);
  }

  #context(keywords: Keywords, path: string): ConfigContext {
    const one = (item: unknown, at: string) =>
      item instanceof Handler ? item : this.#handlers.get(item, at);
    return {
      handlers: (keyword) => {
        const value = keywords[keyword] ?? [];
        const own = pathTo(path, keyword);
        if (!Array.isArray(value)) return [one(value, own)];
        return value.map((item, index) => one(item, pathTo(own, String(index))));
      },
    };
  }

  #setAttributes(made: unknown, attributes: unknown, path: string): void {
    if (!attributes) return;
    const own = pathTo(path, ".");
    for (const [name, value] of Object.entries(this.tree.dictionary(attributes, own))) {
      const place = pathTo(path, name);
      if (name === "__proto__") refuseAt(place, "an attribute that may be set", value);
      const target = made as Record<string, unknown>;
      at(path, () => target[name] = this.tree.value(value, place));
    }
  }

  #values(entry: Dictionary, path: string): Dictionary {
    const values = Object.entries(entry)
      .map(([key, value]) => [key, this.tree.value(value, pathTo(path, key))] as const);
    return Object.fromEntries(values);
  }
}

function stockFormatter(values: Dictionary, path: string): Formatter {
  const { format, datefmt, ...options } = values;
  const fmt = format === undefined ? null : string(format, pathTo(path, "format"));
  const dates = datefmt === undefined ? null : string(datefmt, pathTo(path, "datefmt"));
  return at(path, () => new Formatter(fmt, dates, options as FormatterOptions));
}

function string(value: unknown, path: string): string {
  return typeof value === "string" ? value : refuseAt(path, "a string", value);
}

function isFilter(value: unknown): value is FilterLike {
  const filters = typeof value === "function" ||
    typeof (value as { filter?: unknown } | null)?.filter === "function";
  return filters;
}
