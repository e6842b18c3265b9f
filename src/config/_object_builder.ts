/**
 * The formatters, filters and handlers that a dictionary describes, each made when it is first
 * asked for. After the `configure_…` methods of CPython's `DictConfigurator`.
 *
 * Browser compatible.
 *
 * @module
 */
import { type Class, isClass } from "../logging/class_factory.ts";
import { QueueHandler } from "../queue/queue_handler.ts";
import { Filter, type FilterLike } from "../logging/filter.ts";
import { Formatter } from "../logging/formatter.ts";
import { Handler } from "../logging/handler.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { coreClasses } from "./_core_classes.ts";
import { type Dialect, DICTIONARY } from "./_dialect.ts";
import { Section } from "./_section.ts";
import { at, pathTo, refuseAt } from "./_path_error.ts";
import type {
  ClassRow,
  ConfigClass,
  ConfigClasses,
  ConfigContext,
  ConfigFactory,
  ConfigKeywords,
} from "./config_factory.ts";
import { type Dictionary, DictionaryReader } from "./_dictionary_reader.ts";
import { levelAt, listAt } from "./_entry_values.ts";

/** Python accepts these names of arguments. */
const IDENTIFIER = /^[a-z_][a-z0-9_]*$/i;

/** Makes the objects that a dictionary describes. */
export class ObjectBuilder {
  /** Reads the dictionary. */
  readonly reader: DictionaryReader;
  /** Every handler that was made, also if the configuration then proves invalid. */
  readonly begun: Handler[] = [];
  readonly #dialect: Dialect;
  readonly #classes: ConfigClasses;
  /** The factories that know their class. */
  readonly #rows: readonly ClassRow[];
  readonly #formatters: Section<Formatter>;
  readonly #filters: Section<FilterLike>;
  readonly #handlers: Section<Handler>;

  constructor(
    config: Dictionary,
    classes: ConfigClasses,
    externals: Dictionary,
    dialect: Dialect = DICTIONARY,
  ) {
    this.#dialect = dialect;
    const core = coreClasses();
    this.#classes = { ...core, ...classes };
    // An ext:// reference may name a class of the table, too.
    const named = { ...this.#classes, ...externals };
    const reader = new DictionaryReader(
      config,
      named,
      (section, name) => this.#find(section, name),
      dialect,
    );
    this.reader = reader;
    // A table may replace the class of a name; the replaced class keeps its row.
    this.#rows = [...Object.values(classes), ...Object.values(core)].filter(isRow);
    this.#formatters = new Section(
      reader,
      "formatters",
      dialect,
      (...entry) => this.#formatter(...entry),
    );
    this.#filters = new Section(reader, "filters", dialect, (...entry) => this.#filter(...entry));
    this.#handlers = new Section(
      reader,
      "handlers",
      dialect,
      (...entry) => this.#handler(...entry),
    );
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
    return listAt(this.reader, list, path).map((name, index) =>
      this.#handlers.get(name, pathTo(path, String(index)))
    );
  }

  /** The filters that a list names or holds. */
  filtersAt(list: unknown, path: string): FilterLike[] {
    return listAt(this.reader, list, path).map((item, index) =>
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
      : isOurs(entry.class)
      ? this.#create("class", entry, path)
      : this.#create("class", { ...known, class: entry.class || Formatter }, path);
    if (typeof (made as Formatter | null)?.format === "function") return made as Formatter;
    return refuseAt(path, "an object with a method format(record), made by the factory", made);
  }

  #filter(entry: Dictionary, path: string): FilterLike {
    const stock = { "()": Filter, name: entry.name ?? "" };
    const made = this.#create("()", "()" in entry ? entry : stock, path);
    return isFilter(made) ? made : refuseAt(path, "a filter, made by the factory", made);
  }

  #handler(entry: Dictionary, path: string): Handler {
    const { formatter, level: _level, filters, ...rest } = entry;
    const found = formatter
      ? this.#formatters.get(this.reader.value(formatter, path), pathTo(path, "formatter"))
      : null;
    const level = levelAt(this.reader, entry, path);
    const chosen = this.filtersAt(filters, pathTo(path, "filters"));
    const made = this.#create("()" in entry ? "()" : "class", rest, path);
    if (!(made instanceof Handler)) return refuseAt(path, "a Handler, made by the factory", made);
    if (found !== null) made.setFormatter(found);
    if (level !== undefined) made.setLevel(level);
    for (const filter of chosen) made.addFilter(filter);
    return made;
  }

  /** Calls the factory at `key`, then sets the attributes at `.`. */
  #create(key: "()" | "class", entry: Dictionary, path: string): unknown {
    const { [key]: named, ".": attributes, ...rest } = entry;
    const factory = this.#factory(this.reader.value(named, path), pathTo(path, key));
    for (const keyword of Object.keys(rest)) {
      if (!IDENTIFIER.test(keyword)) refuseAt(pathTo(path, keyword), "an identifier", keyword);
    }
    const keywords = this.#dialect.arguments(this.#values(rest, path), path);
    const made = at(path, () => factory(keywords, this.#context(keywords, path)));
    if (made instanceof Handler) this.begun.push(made);
    this.#setAttributes(made, attributes, path);
    return made;
  }

  #factory(named: unknown, path: string): ConfigFactory {
    const found = typeof named === "string" ? this.#named(named, path) : named;
    if (typeof found !== "function") return this.#refuse(named, path);
    return isClass(found) ? this.#constructing(found) : found as ConfigFactory;
  }

  #named(name: string, path: string): ConfigFactory | ConfigClass {
    return Object.hasOwn(this.#classes, name) ? this.#classes[name]! : this.#refuse(name, path);
  }

  #refuse(named: unknown, path: string): never {
    const known = Object.keys(this.#classes).sort().join(", ");
    return refuseAt(path, `a function or a name in 'classes' (${known})`, named);
  }

  /** Constructs a class, with the arguments of its row's class if it has the same constructor. */
  #constructing(Own: Class): ConfigFactory {
    const row = this.#rowOf(Own);
    const hasItsConstructor = ({ base }: ClassRow) =>
      // No factory has more than two parameters, and no inherited constructor names any.
      base === Own || base === QueueHandler || Own.length === 0 || Own.length > 2;
    return row !== undefined && hasItsConstructor(row)
      ? (keywords, context) => row.make(Own, keywords, context)
      : (keywords, context) => new Own(keywords, context);
  }

  /** The row of a class, or of the nearest class that it is derived from. */
  #rowOf(Own: Class): ClassRow | undefined {
    for (let known: unknown = Own; known !== null; known = Object.getPrototypeOf(known)) {
      const row = this.#rows.find(({ base }) => base === known);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  #context(keywords: ConfigKeywords, path: string): ConfigContext {
    const one = (item: unknown, at: string) =>
      item instanceof Handler ? item : this.#handlers.get(item, at);
    const described = (value: unknown, at: string) =>
      isPlainObject(value) && "()" in value ? this.#create("()", value, at) : value;
    return {
      handlers: (keyword) => {
        const value = keywords[keyword] ?? [];
        const own = pathTo(path, keyword);
        if (!Array.isArray(value)) return [one(value, own)];
        return value.map((item, index) => one(item, pathTo(own, String(index))));
      },
      object: (keyword) => {
        const [value, own] = [keywords[keyword], pathTo(path, keyword)];
        if (typeof value !== "string") return described(value, own);
        const factory = this.#factory(value, own);
        return at(own, () => factory({}, this.#context({}, own)));
      },
      named: (keyword) => {
        const [value, own] = [keywords[keyword], pathTo(path, keyword)];
        return typeof value === "string" ? this.#named(value, own) : described(value, own);
      },
    };
  }

  #setAttributes(made: unknown, attributes: unknown, path: string): void {
    if (!attributes) return;
    const own = pathTo(path, ".");
    for (const [name, value] of Object.entries(this.reader.dictionary(attributes, own))) {
      const place = pathTo(path, name);
      if (name === "__proto__") refuseAt(place, "an attribute that may be set", value);
      const target = made as Record<string, unknown>;
      at(path, () => target[name] = this.reader.value(value, place));
    }
  }

  #values(entry: Dictionary, path: string): Dictionary {
    const values = Object.entries(entry)
      .map(([key, value]) => [key, this.reader.value(value, pathTo(path, key))] as const);
    return Object.fromEntries(values);
  }
}

/** True for the name of a class that Python has not: it gets every key, and refuses unknown ones. */
function isOurs(name: unknown): boolean {
  return typeof name === "string" && name.startsWith("logwire.");
}

/** True for a factory that knows its class. */
export function isRow(value: unknown): value is ClassRow {
  return typeof value === "function" && "base" in value && "make" in value;
}

function isFilter(value: unknown): value is FilterLike {
  const filters = typeof value === "function" ||
    typeof (value as { filter?: unknown } | null)?.filter === "function";
  return filters;
}
