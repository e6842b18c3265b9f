/**
 * Configures all of logging from one dictionary, after CPython's `logging.config.dictConfig`, so that
 * one JSON file may configure a Python and a JavaScript service alike: schema, order and defaults are
 * Python's.
 *
 * Differs: the names of classes are looked up in a table, and nothing is imported, for `ext://`
 * neither. There is no `fileConfig()` and no `listen()`. An invalid configuration changes nothing
 * (CPython stops half-way), and the error names the path in the dictionary
 * (`'handlers.server.port' must be an integer from 1 to 65535`). Of the handlers until now, those are
 * closed that no enabled logger has any more; the others stay open, since `close()` is final here.
 * Handlers may refer to each other in any order.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown } from "../logging/validate.ts";
import { closeInBackground } from "../logging/shutdown.ts";
import type { FilterLike } from "../logging/filter.ts";
import { getLogger, manager, root } from "../logging/get_logger.ts";
import {
  clearHandlerNames,
  getHandlerByName,
  type Handler,
  handlersNewestFirst,
} from "../logging/handler.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { NOTSET } from "../logging/level.ts";
import { Logger } from "../logging/logger.ts";
import { stderrStream, stdoutStream } from "../logging/text_stream.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { pathTo, refuseAt } from "./_config_error.ts";
import { ConfigObjects } from "./_config_objects.ts";
import type { ConfigTree, Dictionary } from "./_config_tree.ts";
import { levelAt, propagateAt, truth } from "./_config_values.ts";
import type { LoggingConfig } from "./logging_config.ts";

/** Options of {@linkcode dictConfig}. */
export interface DictConfigOptions {
  /**
   * Classes or functions that stand for Python's classes beyond those that need nothing of a runtime
   * (`logging.Formatter`, `logging.Filter`, `logging.StreamHandler`, `logging.NullHandler`, those of
   * memory and queues), or in their place; and for names behind `()`. `handlerClasses()` has the
   * handlers over a network,
   * `fileHandlerClasses` of `./file-handlers` those that write to files, `mailHandlerClasses` of
   * `./smtp-handler` the one that mails.
   */
  classes?: ConfigClasses;
  /**
   * Values that `ext://` names stand for, beside `sys.stdout`, `sys.stderr`, `socket.SOCK_STREAM`,
   * `socket.SOCK_DGRAM` and the names in `classes`, or in their place. @default {}
   */
  externals?: Readonly<Record<string, unknown>>;
}

/**
 * Takes a configuration over.
 *
 * @example
 * ```ts
 * import { dictConfig, getLogger, handlerClasses } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/auto";
 *
 * const config = JSON.parse(`{
 *   "version": 1,
 *   "formatters": { "brief": { "format": "%(levelname)s %(name)s: %(message)s" } },
 *   "handlers": {
 *     "console": { "class": "logging.StreamHandler", "formatter": "brief" },
 *     "server": {
 *       "class": "logging.handlers.SocketHandler", "level": "ERROR",
 *       "host": "localhost", "port": 9020
 *     }
 *   },
 *   "root": { "level": "INFO", "handlers": ["console", "server"] }
 * }`);
 * dictConfig(config, { classes: handlerClasses({ connector }) });
 * getLogger("shop").info("open"); // INFO shop: open
 * ```
 *
 * @throws {TypeError} where something has the wrong type, or refers to what is not there
 * @throws {RangeError} where something has a bad value
 */
export function dictConfig(config: LoggingConfig, options: DictConfigOptions = {}): void {
  checkKnown("configure logging", options, ["classes", "externals"]);
  const { classes = {}, externals = {} } = options;
  if (!isPlainObject(config)) refuseAt("config", "a dictionary", config);
  const { version, incremental = false, disable_existing_loggers = true } = config;
  if (version !== 1) refuseAt("version", "1", version);
  const objects = new ConfigObjects(config, classes, { ...EXTERNALS, ...externals });
  if (truth(incremental)) adjust(objects.tree);
  else install(planOf(objects), truth(disable_existing_loggers));
}

/** The names behind `ext://` that configurations of Python programs use most. */
const EXTERNALS: Dictionary = {
  "sys.stdout": stdoutStream,
  "sys.stderr": stderrStream,
  "socket.SOCK_STREAM": "stream",
  "socket.SOCK_DGRAM": "datagram",
};

/** What is to become of one logger. */
interface Settings {
  readonly level: number | undefined;
  readonly propagate: boolean | undefined;
  readonly handlers: readonly Handler[];
  readonly filters: readonly FilterLike[];
}

/** A whole configuration, read and found good. */
interface Plan {
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly loggers: ReadonlyMap<string, Settings>;
  readonly root: Settings | undefined;
}

/** Makes everything and changes nothing. */
function planOf(objects: ConfigObjects): Plan {
  try {
    const { tree } = objects;
    const handlers = objects.makeHandlers();
    const loggers = new Map<string, Settings>();
    for (const [name, entry] of Object.entries(tree.section("loggers"))) {
      loggers.set(name, settingsOf(objects, entry, pathTo("loggers", name)));
    }
    const own = rootOf(tree);
    return { handlers, loggers, root: own && settingsOf(objects, own, "root") };
  } catch (error) {
    for (const handler of objects.begun) closeInBackground(handler);
    throw error;
  }
}

function settingsOf(objects: ConfigObjects, entry: unknown, path: string): Settings {
  const { tree } = objects;
  const { handlers, filters, ...values } = tree.dictionary(entry, path);
  return {
    level: levelAt(tree, values, path),
    propagate: propagateAt(tree, values, path),
    handlers: objects.handlersAt(handlers, pathTo(path, "handlers")),
    filters: objects.filtersAt(filters, pathTo(path, "filters")),
  };
}

/** As CPython, which takes an empty one for none. */
function rootOf(tree: ConfigTree): Dictionary | undefined {
  const found = tree.section("root");
  return Object.keys(found).length === 0 ? undefined : found;
}

/** The handlers that the last configuration made: some of them only other handlers know. */
let installed: readonly Handler[] = [];

/** Takes a plan over, in CPython's order. Nothing in here can fail. */
function install(plan: Plan, disablesOthers: boolean): void {
  const before = new Set([...installed, ...attachedHandlers(() => true)]);
  const others = [...manager.loggerDict.keys()].filter((name) => !plan.loggers.has(name));
  for (const [name, settings] of plan.loggers) {
    const logger = getLogger(name);
    apply(logger, settings);
    logger.disabled = false;
    if (settings.propagate !== undefined) logger.propagate = settings.propagate;
  }
  for (const name of others) leave(name, plan.loggers, disablesOthers);
  if (plan.root !== undefined) apply(root, plan.root);

  installed = [...plan.handlers.values()];
  const inUse = new Set([...installed, ...attachedHandlers((logger) => !logger.disabled)]);
  // Last created first, as `shutdown()`: one that passes records on comes before its target.
  for (const handler of handlersNewestFirst()) {
    if (before.has(handler) && !inUse.has(handler)) closeInBackground(handler);
  }
  clearHandlerNames();
  for (const [name, handler] of plan.handlers) handler.name = name;
}

function apply(logger: Logger, settings: Settings): void {
  if (settings.level !== undefined) logger.setLevel(settings.level);
  logger.handlers.length = 0;
  for (const handler of settings.handlers) logger.addHandler(handler);
  for (const filter of settings.filters) logger.addFilter(filter);
}

/** After CPython's `_handle_existing_loggers`: a logger below one that is configured starts anew. */
function leave(name: string, configured: ReadonlyMap<string, unknown>, disables: boolean): void {
  const logger = manager.loggerDict.get(name);
  if (!(logger instanceof Logger)) return;
  if (!isBelow(name, configured)) {
    logger.disabled = disables;
    return;
  }
  logger.setLevel(NOTSET);
  logger.handlers.length = 0;
  logger.propagate = true;
}

function isBelow(name: string, configured: ReadonlyMap<string, unknown>): boolean {
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    if (configured.has(name.slice(0, dot))) return true;
  }
  return false;
}

/** The handlers of the root and of those loggers. */
function attachedHandlers(isMeant: (logger: Logger) => boolean): Handler[] {
  const loggers = [...manager.loggerDict.values()].filter((item) => item instanceof Logger);
  return [root, ...loggers.filter(isMeant)].flatMap(({ handlers }) => handlers);
}

/** `incremental`: the levels of handlers and loggers that there are, and `propagate`. */
function adjust(tree: ConfigTree): void {
  const changes: (() => void)[] = [];
  for (const [name, entry] of Object.entries(tree.section("handlers"))) {
    const path = pathTo("handlers", name);
    const handler = getHandlerByName(name) ??
      refuseAt(path, "the name of a handler that there is", name);
    const level = levelAt(tree, tree.dictionary(entry, path), path);
    // As CPython, which leaves NOTSET out here.
    if (level) changes.push(() => handler.setLevel(level));
  }
  for (const [name, entry] of Object.entries(tree.section("loggers"))) {
    const path = pathTo("loggers", name);
    const values = tree.dictionary(entry, path);
    const level = levelAt(tree, values, path);
    const propagate = propagateAt(tree, values, path);
    changes.push(() => {
      const logger = getLogger(name);
      if (level !== undefined) logger.setLevel(level);
      if (propagate !== undefined) logger.propagate = propagate;
      logger.disabled = false;
    });
  }
  const level = levelAt(tree, rootOf(tree) ?? {}, "root");
  if (level !== undefined) changes.push(() => root.setLevel(level));
  for (const change of changes) change();
}
