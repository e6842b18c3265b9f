/**
 * `./config`: `dictConfig(config, options)` configures all of logging from one dictionary, and
 * `fileConfig(text, options)` from the text of an `.ini` file, as in CPython's `logging.config`.
 * Schema, order and defaults are Python's, so one file can configure a Python and a JavaScript
 * service alike.
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
 *   that mails, and `eventLogHandlerClasses` of `./nt-event-log-handler` that of Windows: give
 *   `{ ...handlerClasses({ connector }), ...fileHandlerClasses }` to have several. For files in
 *   other encodings than Unicode's, ASCII and Latin-1 give `codePageFileHandlerClasses` of
 *   `./code-pages` instead of `fileHandlerClasses`.
 * - `externals`: the table of what `ext://` names stand for. `sys.stdout`, `sys.stderr`,
 *   `socket.SOCK_STREAM`, `socket.SOCK_DGRAM` and the names in `classes` are known.
 *
 * `"json": { "class": "logwire.JSONFormatter" }` is an entry of `formatters`, and
 * `"secrets": { "()": "logwire.RedactingFilter", "paths": ["**.password"] }` one of `filters`.
 *
 * A key of a handler's entry that is no argument of Python's is an option of ours:
 * `"whileDisconnected": "queue"`. `handlerClasses()` takes options for all handlers at once.
 *
 * ## Files for fileConfig()
 *
 * `fileConfig()` takes the whole text of a file; the program reads it. The grammar is that of
 * Python's `configparser.ConfigParser`: `=` and `:`, comments in lines of their own, values that go
 * on in lines which are indented more, a section `DEFAULT`, `%(name)s` for another value, and no
 * section or option twice. The sections are Python's:
 *
 * - `[loggers]`, `[handlers]` and `[formatters]` have `keys`, the names of the others; `root` is
 *   always among the loggers.
 * - `[logger_NAME]` has `handlers`, and may have `level`; but for the root it also has `qualname`,
 *   the name of the logger, and may have `propagate` (`0` or `1`).
 * - `[handler_NAME]` has `class`, and may have `level`, `formatter`, `args`, `kwargs`, and, if it is
 *   a `MemoryHandler`, `target`.
 * - `[formatter_NAME]` may have `format`, `datefmt`, `style`, `defaults` and `class`. As in CPython
 *   `format` is not interpolated, and `validate` has no effect.
 *
 * `args` is a tuple of Python's arguments in Python's order, and `kwargs` a dict of them; an option
 * of ours stands in `kwargs`. Both are read as literals, and nothing is evaluated: texts, numbers,
 * `None`, `True`, `False`, tuples, lists and dicts, and the names `sys.stdout`, `sys.stderr`,
 * `handlers.SYSLOG_UDP_PORT` and the other ports, `handlers.SysLogHandler.LOG_USER` and the other
 * constants of syslog, `ERROR` and the other levels, and those in `externals`. Anything else, such
 * as `10*1024` or `os.path.join("a", "b")`, is an error that names section and option.
 *
 * ## What changes when
 *
 * An invalid configuration changes nothing; CPython stops half-way. (But a file that one of its
 * handlers opened before the mistake was found exists then, and is empty if the handler has the
 * `mode` `"w"`; `delay: true` opens it with the first record.) A valid one replaces the last
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
 * names the path in the dictionary, `'handlers.server.port' must be an integer from 1 to 65535`, or
 * the section of the file, `'[handler_server].port' must be …`. A text that is no such file is a
 * `SyntaxError` whose `name` is that of CPython's exception: `DuplicateOptionError`.
 *
 * Differs from CPython: names of classes are looked up in tables, and nothing is imported or
 * evaluated; `fileConfig()` takes no name of a file and no parser, and refuses values of more
 * than two million characters together. `listen()` is in `./config-listener`.
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
export { dictConfig, type DictConfigOptions } from "./dict_config.ts";
export { fileConfig, type FileConfigOptions } from "./file_config.ts";
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
