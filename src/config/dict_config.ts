/**
 * `./config`: `dictConfig(config, options)` configures all of logging from one dictionary, as
 * CPython's `logging.config.dictConfig` does. Schema, order and defaults are Python's, so one JSON
 * file can configure a Python and a JavaScript service alike.
 *
 * Choose it when the configuration is a file, or exists already for a Python program. In a program
 * of your own `basicConfig()` and `addHandler()` are shorter.
 *
 * ## Options
 *
 * - `classes`: the table of what the names of classes stand for. Nothing is imported by name. The
 *   classes that need nothing of a runtime are known: `logging.Formatter`, `logging.Filter`,
 *   `logging.StreamHandler`, `logging.NullHandler`, those of memory and queues, and ours, which
 *   Python has not: `logwire.JSONFormatter` (keys of its entry: `keys`), `logwire.ConsoleFormatter`
 *   (`colors`, `datefmt`) and `logwire.RedactingFilter` (`paths`, `replacement`).
 *   `handlerClasses({ connector })` has the handlers over a network, `fileHandlerClasses` of
 *   `./file-handlers` those that write to files, `mailHandlerClasses` of `./smtp-handler` the one
 *   that mails, and `eventLogHandlerClasses` of `./nt-event-log-handler` that of Windows: give `{ ...handlerClasses({ connector }), ...fileHandlerClasses }` to have
 *   several.
 * - `externals`: the table of what `ext://` names stand for. `sys.stdout`, `sys.stderr`,
 *   `socket.SOCK_STREAM`, `socket.SOCK_DGRAM` and the names in `classes` are known.
 *
 * `"json": { "class": "logwire.JSONFormatter" }` is an entry of `formatters`, and
 * `"secrets": { "()": "logwire.RedactingFilter", "paths": ["**.password"] }` one of `filters`.
 *
 * A key of a handler's entry that is no argument of Python's is an option of ours:
 * `"whileDisconnected": "queue"`. `handlerClasses()` takes options for all handlers at once.
 *
 * ## What changes when
 *
 * An invalid configuration changes nothing; CPython stops half-way. A valid one replaces the last
 * one: handlers that no enabled logger has any more are flushed and closed in the background, the
 * others stay open, as `close()` is final here. Loggers that the configuration does not name are
 * disabled, unless `disable_existing_loggers` is `false`. With `incremental: true` only levels and
 * `propagate` change. Handlers may refer to each other in any order.
 *
 * `dictConfig` opens no connection: the first record of each handler does. The pages of the
 * handlers say what happens when a server is away and when the program ends.
 *
 * ## Errors
 *
 * A `TypeError` (a wrong type, or a name that is not in a table) or `RangeError` (a bad value)
 * names the path in the dictionary: `'handlers.server.port' must be an integer from 1 to 65535`.
 *
 * Differs from CPython: names of classes are looked up in tables, and nothing is imported;
 * `fileConfig()` and `listen()` do not exist.
 *
 * Browser compatible.
 *
 * @example One file for Python and JavaScript
 * ```ts
 * import { getLogger, shutdown } from "jsr:@logwire/logging";
 * import { dictConfig, handlerClasses } from "jsr:@logwire/logging/config";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * const text = `{
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
 * }`;
 * dictConfig(JSON.parse(text), { classes: handlerClasses({ connector }) });
 * getLogger("shop").info("open"); // on stderr: INFO shop: open
 * getLogger("shop").error("no ink"); // on stderr, and to the server
 * await shutdown();
 * console.assert(connector.peer.received.length > 0);
 * ```
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
import type { ConfigClasses } from "./config_factory.ts";
import { EXTERNALS } from "./_externals.ts";
import { pathTo, refuseAt } from "./_path_error.ts";
import { ObjectBuilder } from "./_object_builder.ts";
import type { Dictionary, DictionaryReader } from "./_dictionary_reader.ts";
import { levelAt, propagateAt, truth } from "./_entry_values.ts";
import type { LoggingConfig } from "./logging_config.ts";

export { handlerClasses, type HandlerClassesOptions } from "./handler_classes.ts";
export type { DeliveryOptions, RecordDeliveryOptions } from "../handlers/datagram_handler.ts";
export type {
  ConfigClass,
  ConfigClasses,
  ConfigContext,
  ConfigFactory,
  ConfigKeywords,
} from "./config_factory.ts";
export type {
  CustomConfig,
  FilterConfig,
  FormatterConfig,
  HandlerConfig,
  LoggerConfig,
  LoggingConfig,
  RootConfig,
} from "./logging_config.ts";

/** Options of {@linkcode dictConfig}. */
export interface DictConfigOptions {
  /**
   * Classes or functions by Python's names, for `class` and `()`. They come beside, or replace, the
   * classes that need nothing of a runtime: `logging.Formatter`, `logging.Filter`,
   * `logging.StreamHandler`, `logging.NullHandler`, and those of memory and queues.
   * `handlerClasses()` has the handlers over a network, `fileHandlerClasses` of `./file-handlers`
   * those that write to files, `mailHandlerClasses` of `./smtp-handler` the one that mails,
   * `eventLogHandlerClasses` of `./nt-event-log-handler` that of Windows' event log.
   * @default {}
   */
  classes?: ConfigClasses;
  /**
   * The values of `ext://` names. They come beside, or replace, `sys.stdout`, `sys.stderr`,
   * `socket.SOCK_STREAM`, `socket.SOCK_DGRAM` and the names in `classes`. @default {}
   */
  externals?: Readonly<Record<string, unknown>>;
}

/**
 * Configures logging as a dictionary says.
 *
 * @example
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { dictConfig, handlerClasses } from "jsr:@logwire/logging/config";
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
 * @throws {TypeError} if a value has the wrong type, or refers to an entry that does not exist
 * @throws {RangeError} if a value is out of range
 */
export function dictConfig(config: LoggingConfig, options: DictConfigOptions = {}): void {
  checkKnown("configure logging", options, ["classes", "externals"]);
  const { classes = {}, externals = {} } = options;
  if (!isPlainObject(config)) refuseAt("config", "a dictionary", config);
  const { version, incremental = false, disable_existing_loggers = true } = config;
  if (version !== 1) refuseAt("version", "1", version);
  const builder = new ObjectBuilder(config, classes, { ...EXTERNALS, ...externals });
  if (truth(incremental)) adjust(builder.reader);
  else install(planOf(builder), truth(disable_existing_loggers));
}

/** The settings of one logger; `undefined` leaves a setting as it is. */
interface Settings {
  readonly level: number | undefined;
  readonly propagate: boolean | undefined;
  readonly handlers: readonly Handler[];
  readonly filters: readonly FilterLike[];
}

/** A whole configuration, read and found valid. */
interface Plan {
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly loggers: ReadonlyMap<string, Settings>;
  readonly root: Settings | undefined;
}

/** Makes every handler, and changes no logger. */
function planOf(builder: ObjectBuilder): Plan {
  try {
    const { reader } = builder;
    const handlers = builder.makeHandlers();
    const loggers = new Map<string, Settings>();
    for (const [name, entry] of Object.entries(reader.section("loggers"))) {
      loggers.set(name, settingsOf(builder, entry, pathTo("loggers", name)));
    }
    const own = rootOf(reader);
    return { handlers, loggers, root: own && settingsOf(builder, own, "root") };
  } catch (error) {
    for (const handler of builder.begun) closeInBackground(handler);
    throw error;
  }
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

/** The handlers that the last configuration made: some are known to other handlers only. */
let installed: readonly Handler[] = [];

/** Puts a plan into effect, in CPython's order. Nothing in here can fail. */
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
  // Last created first, as in `shutdown()`: a handler that passes records on closes before its
  // target.
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

/** After CPython's `_handle_existing_loggers`: a logger below a configured one is reset. */
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

/** The handlers of the root and of the loggers that `isMeant` selects. */
function attachedHandlers(isMeant: (logger: Logger) => boolean): Handler[] {
  const loggers = [...manager.loggerDict.values()].filter((item) => item instanceof Logger);
  return [root, ...loggers.filter(isMeant)].flatMap(({ handlers }) => handlers);
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
