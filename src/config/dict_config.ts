/**
 * `dictConfig()` configures logging by a dictionary.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkKnown } from "../logging/validate.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { configureByDictionary } from "./_dictionary_config.ts";
import { EXTERNALS } from "./_externals.ts";
import type { LoggingConfig } from "./logging_config.ts";

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
  configureByDictionary(config, classes, { ...EXTERNALS, ...externals });
}
