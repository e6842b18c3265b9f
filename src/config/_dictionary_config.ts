/**
 * Configures logging by a dictionary, after CPython's `DictConfigurator`.
 *
 * Browser compatible.
 *
 * @module
 */
import { getLogger, root } from "../logging/get_logger.ts";
import { getHandlerByName } from "../logging/handler.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import type { ConfigClasses } from "./config_factory.ts";
import type { Dialect } from "./_dialect.ts";
import type { Dictionary, DictionaryReader } from "./_dictionary_reader.ts";
import { levelAt, propagateAt, truth } from "./_entry_values.ts";
import { ObjectBuilder } from "./_object_builder.ts";
import { pathTo, refuseAt } from "./_path_error.ts";
import { install, type Plan, planBy, type Settings } from "./_plan.ts";

/** Configures logging; an invalid dictionary changes nothing. */
export function configureByDictionary(
  config: unknown,
  classes: ConfigClasses,
  externals: Dictionary,
  dialect?: Dialect,
): void {
  if (!isPlainObject(config)) return refuseAt("config", "a dictionary", config);
  const { version, incremental = false, disable_existing_loggers = true } = config;
  if (version !== 1) refuseAt("version", "1", version);
  const builder = new ObjectBuilder(config, classes, externals, dialect);
  if (truth(incremental)) adjust(builder.reader);
  else install(planBy(builder, () => planOf(builder)), truth(disable_existing_loggers));
}

/** Makes every handler, and changes no logger. */
function planOf(builder: ObjectBuilder): Plan {
  const { reader } = builder;
  const handlers = builder.makeHandlers();
  const loggers = new Map<string, Settings>();
  for (const [name, entry] of Object.entries(reader.section("loggers"))) {
    loggers.set(name, settingsOf(builder, entry, pathTo("loggers", name)));
  }
  const own = rootOf(reader);
  return { handlers, loggers, root: own && settingsOf(builder, own, "root") };
}

function settingsOf(builder: ObjectBuilder, entry: unknown, path: string): Settings {
  const { reader } = builder;
  const { handlers, filters, ...values } = reader.dictionary(entry, path);
  return {
    level: levelAt(reader, values, path),
    propagate: propagateAt(reader, values, path),
    handlers: builder.handlersAt(handlers, pathTo(path, "handlers")),
    filters: builder.filtersAt(filters, pathTo(path, "filters")),
  };
}

/** The `root` entry; as in CPython an empty one is none. */
function rootOf(reader: DictionaryReader): Dictionary | undefined {
  const found = reader.section("root");
  return Object.keys(found).length === 0 ? undefined : found;
}

/** `incremental`: sets levels of existing handlers and loggers, and `propagate`. */
function adjust(reader: DictionaryReader): void {
  const changes: (() => void)[] = [];
  for (const [name, entry] of Object.entries(reader.section("handlers"))) {
    const path = pathTo("handlers", name);
    const handler = getHandlerByName(name) ??
      refuseAt(path, "the name of an existing handler", name);
    const level = levelAt(reader, reader.dictionary(entry, path), path);
    // As in CPython NOTSET changes nothing here.
    if (level) changes.push(() => handler.setLevel(level));
  }
  for (const [name, entry] of Object.entries(reader.section("loggers"))) {
    const path = pathTo("loggers", name);
    const values = reader.dictionary(entry, path);
    const level = levelAt(reader, values, path);
    const propagate = propagateAt(reader, values, path);
    changes.push(() => {
      const logger = getLogger(name);
      if (level !== undefined) logger.setLevel(level);
      if (propagate !== undefined) logger.propagate = propagate;
      logger.disabled = false;
    });
  }
  const level = levelAt(reader, rootOf(reader) ?? {}, "root");
  if (level !== undefined) changes.push(() => root.setLevel(level));
  for (const change of changes) change();
}
