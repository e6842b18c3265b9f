/**
 * `@logwire/logging`: Python's `logging` for Deno, Bun, Node and edge workers, and its handlers
 * that send over the network. On the wire it is compatible with CPython in both directions.
 *
 * This entry point has loggers, levels, records, formatters, filters, `StreamHandler`,
 * `NullHandler`, and the handlers that send over the network and need no package. It runs
 * everywhere. The rest stands on sub-paths:
 *
 * - `./deno`, `./bun`, `./node`, `./auto` and `./cloudflare` export the `connector` of a runtime.
 * - `./socket-handler`, `./datagram-handler`, `./sys-log-handler`, `./http-handler`,
 *   `./smtp-handler`, `./nt-event-log-handler`, `./file-handlers`, `./memory-handler` and
 *   `./queue-handler` have the guide of each handler. `./code-pages` has more encodings for files.
 * - `./http-bodies` sends records by `HTTPHandler` to OpenTelemetry collectors, Loki and Elasticsearch.
 * - `./pino`, `./winston`, `./logtape`, `./opentelemetry` and `./console` pass on what a program logs
 *   by another library.
 * - `./receiver` collects records. `./config` has `dictConfig` and `fileConfig`, and
 *   `./config-listener` has `listen`. `./context` adds fields to all records of a request.
 *   `./formatter-styles` has the classes of format strings.
 * - `./pickle` and `./framer` are the wire format alone. `./testing` is an in-memory network for
 *   tests.
 *
 * ## How to log
 *
 * `getLogger(name)` returns the logger of that name; dots make a tree.
 * `log.info(text, ...arguments)` merges the arguments into the text as Python's `%` does, when a
 * handler needs it. An object that no placeholder shows is fields of the record, and an `Error` is
 * its error, in front of the text or behind the arguments:
 *
 * - `log.info("signed in", { user })`, `log.info({ user }, "signed in")`, `log.info({ user })`
 * - `log.error(error)`, `log.error(error, "no %s", "luck")`, `log.error("no %s", "luck", error)`,
 *   `log.error({ err: error }, "no luck")`
 * - `log.error("failed: %s", error)`: a placeholder shows its argument as text, here the error without
 *   its stack, as in Python. Write `log.error("failed", error)`, or `log.exception("failed: %s", error)`,
 *   which logs the error as well.
 * - `log.info("late", { extra: { user }, stacklevel: 2 })`: Python's keyword arguments. TypeScript
 *   completes their names, and refuses one that is misspelt or stands beside a field.
 *
 * A field that is named like an attribute of the record gets `_` behind its name. `log.child({
 * request })` returns a logger that adds fields to each record; the type `LoggerLike` is that of
 * loggers and of such children.
 *
 * The level of the root logger is `WARNING` until you set another one: `setLevel("info")`, with the
 * name in either case, or a number. Give a level of your own by its number, and a name that is read
 * at run time as `name as Level`; an unknown one is an error that lists the names.
 *
 * `basicConfig()` writes to stderr. `flush()`, `close()` and `shutdown()` return promises. Await
 * `shutdown()` before the program ends: it flushes and closes all handlers.
 *
 * ## How records are written
 *
 * `basicConfig({ level: "INFO", formatter: new ConsoleFormatter() })` writes coloured lines for a
 * terminal, and `new JSONFormatter()` one line of JSON a record, with all fields and the error.
 * `new Formatter("%(levelname)s %(message)s")` is Python's. A `RedactingFilter` on a handler or a
 * logger replaces secrets in fields and arguments by their paths. The level can come from the
 * environment: `levelFromEnvironment()` of `./deno`, `./bun`, `./node` and `./auto` reads
 * `LOGWIRE_LEVEL`, else `LOG_LEVEL`.
 *
 * ## Errors
 *
 * A logging call does not throw, but for a level of `log()` that is no integer. A mistake in a call
 * (too many or too few arguments, a `%d` of a text) does not lose the record: the first handler
 * reports it, with the text and the types of the arguments, and every handler sends the text as it
 * was written, with the arguments behind it. If a formatter, filter or handler fails, the record's
 * handler reports it. Reports go to stderr (`--- Logging error ---`), each distinct fault once in
 * full. `setRaiseExceptions(false)` silences them. A constructor throws a `TypeError` or `RangeError`
 * for a bad value and for an unknown option.
 *
 * ## Differences from Python
 *
 * - What every caller must give stays positional, as in Python: `host, port` of `SocketHandler`
 *   and `DatagramHandler`, `host, url` of `HTTPHandler`, `address` of `SysLogHandler`, `mailhost`
 *   of `SMTPHandler`, `filename` of the file handlers, `capacity`, `queue`, `stream`;
 *   `fmt, datefmt` of `Formatter`; `logger, extra` of `LoggerAdapter`. Everything else is an
 *   options object behind them, and an unknown option is an error. Handlers that open sockets
 *   require a `connector`.
 * - A Python name keeps Python's spelling, meaning and unit. A name of our own carries its unit
 *   (`connectTimeoutMs`).
 * - `close()` is final, except of file handlers; Python's handlers reopen. Connecting does not block:
 *   records wait for it.
 * - Values read as in Python: `%s` of `null` is `None`, of `true` `True`. There is no `%j` and no
 *   `%O`.
 * - Python's keyword arguments are an object, and any other object without a placeholder is fields.
 *   `getMessage()` throws at a mistake in a call, as in Python; handlers send the record all the
 *   same. Level names are found in any case.
 * - The file, the line and the function of the caller are looked up only after
 *   `captureCaller(true)`, since that takes a stack trace for each record.
 * - The text of an error is its stack as the runtime prints it, not Python's traceback. The time of a
 *   record has whole milliseconds, its `taskName` is `null` and its `processName` `MainProcess`.
 * - `basicConfig()` has no `filename`: give it `handlers: [new FileHandler(…)]`. `shutdown()` reports
 *   the error of a handler and closes the others; Python's raises some.
 * - Python's module variables have setters: `setRaiseExceptions(false)`, `setLastResort(null)`.
 * - Handlers have no `acquire()`, `release()` and `createLock()`, as JavaScript runs one piece of code at
 *   a time. `HTTPHandler` has the option `fetch` in place of `getConnection()`. There is no
 *   `logAsyncioTasks`, as such tasks are Python's, no `currentframe`, as JavaScript has no frames, and no
 *   class `Manager` or `RootLogger` to make a second tree of loggers.
 * - There is no `captureWarnings`: `process.on("warning", (warning) => log.warning(warning))` logs the
 *   warnings of Deno, Bun and Node. There is nothing for `fork()`, which JavaScript does not have.
 *
 * ## Writing parts of your own
 *
 * A `connector` is an object with `connect()`. A `serializer` is `json`, `jsonLines`,
 * `signed(pickle, key)` or an object with `dumps()` and `loads()`, where both ends are yours. A
 * handler is a subclass of `Handler` with an `emit()`.
 *
 * @example Log to stderr
 * ```ts
 * import { basicConfig, getLogger, INFO } from "jsr:@logwire/logging";
 *
 * basicConfig({ level: INFO, format: "%(levelname)-8s %(name)s: %(message)s" });
 * getLogger("myapp.area1").info("Jackdaws love my %s of quartz.", "big sphinx");
 * ```
 *
 * @module
 */

// The logging core: levels, loggers, records
export {
  CRITICAL,
  DEBUG,
  ERROR,
  FATAL,
  INFO,
  type Level,
  NOTSET,
  WARN,
  WARNING,
} from "./src/logging/level.ts";
export { addLevelName, getLevelName, getLevelNamesMapping } from "./src/logging/level_names.ts";
export { disable, getLogger, root } from "./src/logging/get_logger.ts";
export { type Caller, Logger, type LoggerClass, type Manager } from "./src/logging/logger.ts";
export { getLoggerClass, setLoggerClass } from "./src/logging/logger_class.ts";
export { PlaceHolder } from "./src/logging/place_holder.ts";
export { LoggerAdapter, type LoggerAdapterOptions } from "./src/logging/logger_adapter.ts";
export type { LoggerLike } from "./src/logging/logger_like.ts";
export type { Extra } from "./src/logging/context_reader.ts";
export type { LogKeywords } from "./src/logging/call_arguments.ts";
export type { CallArgument, CallArguments } from "./src/logging/call_types.ts";
export { type LogArguments, LogRecord } from "./src/logging/log_record.ts";
export {
  getLogRecordFactory,
  type LogRecordClass,
  type LogRecordFactory,
  setLogRecordFactory,
} from "./src/logging/log_record_factory.ts";
export { makeLogRecord } from "./src/logging/make_log_record.ts";
export { captureCaller } from "./src/logging/caller.ts";

// The logging core: filters, formatters, handlers
export { Filter, type FilterLike, type FilterResult } from "./src/logging/filter.ts";
export { Filterer } from "./src/logging/filterer.ts";
export {
  BASIC_FORMAT,
  Formatter,
  type FormatterOptions,
  type FormatterStyle,
  type TimeConverter,
} from "./src/logging/formatter.ts";
export type { FormatDefaults } from "./src/logging/format_style.ts";
export { JSONFormatter, type JSONFormatterOptions } from "./src/logging/json_formatter.ts";
export { ConsoleFormatter } from "./src/logging/console_formatter.ts";
export { RedactingFilter } from "./src/logging/redacting_filter.ts";
export { BufferingFormatter } from "./src/logging/buffering_formatter.ts";
export { gmtime, localtime, type StructTime } from "./src/text/struct_time.ts";
export {
  type FlushOptions,
  getHandlerByName,
  getHandlerNames,
  Handler,
} from "./src/logging/handler.ts";
export { StreamHandler } from "./src/logging/stream_handler.ts";
export type { TextStream } from "./src/logging/text_stream.ts";
export { NullHandler } from "./src/logging/null_handler.ts";

// The logging core: the module's own functions and switches
export { basicConfig, type BasicConfigOptions } from "./src/logging/basic_config.ts";
export { shutdown } from "./src/logging/shutdown.ts";
export {
  critical,
  debug,
  error,
  exception,
  fatal,
  info,
  log,
  warn,
  warning,
} from "./src/logging/module_functions.ts";
export { lastResort, setLastResort } from "./src/logging/last_resort.ts";
export { raiseExceptions, setRaiseExceptions } from "./src/logging/raise_exceptions.ts";
export {
  logMultiprocessing,
  logProcesses,
  logThreads,
  setLogMultiprocessing,
  setLogProcesses,
  setLogThreads,
} from "./src/logging/record_flags.ts";
export {
  DEFAULT_HTTP_LOGGING_PORT,
  DEFAULT_SOAP_LOGGING_PORT,
  DEFAULT_TCP_LOGGING_PORT,
  DEFAULT_UDP_LOGGING_PORT,
  SYSLOG_TCP_PORT,
  SYSLOG_UDP_PORT,
} from "./src/logging/default_ports.ts";

// The serializers: they turn a record into bytes
export type { Serializer } from "./src/wire/serializer.ts";
export { pickle } from "./src/wire/pickle_serializer.ts";
export { json, jsonLines } from "./src/wire/json.ts";
export { SignatureError, signed } from "./src/wire/signed.ts";

// Handlers over a network
export { SocketHandler, type SocketHandlerOptions } from "./src/handlers/socket_handler.ts";
export { DatagramHandler, type DatagramHandlerOptions } from "./src/handlers/datagram_handler.ts";
export {
  type SyslogAddress,
  type SyslogFormat,
  type SyslogFraming,
  SysLogHandler,
  type SysLogHandlerOptions,
  type SyslogOptions,
  type SyslogSocktype,
  type SyslogTransport,
} from "./src/handlers/sys_log_handler.ts";
export type { SyslogConstants } from "./src/handlers/syslog_constants.ts";
export {
  type HTTPBody,
  type HTTPFetch,
  HTTPHandler,
  type HTTPHandlerOptions,
} from "./src/handlers/http_handler.ts";
export { NetworkHandler } from "./src/delivery/network_handler.ts";
export type { Batch, BatchWriter } from "./src/delivery/batch_writer.ts";
export type { DeliveryEvent, DeliveryStats, DropReason } from "./src/delivery/delivery_event.ts";
export {
  type Flushable,
  flushAfter,
  type WaitUntilContext,
  withFlush,
} from "./src/handlers/flush_after.ts";
export type {
  DeliveryOptions,
  RecordDeliveryOptions,
  WhileDisconnected,
} from "./src/delivery/delivery_options.ts";
export type { Overflow } from "./src/delivery/outbox.ts";
export { ConnectionError, type ConnectionErrorCode } from "./src/net/connection_error.ts";
export type {
  Clock,
  Connector,
  DatagramAddress,
  DatagramConnector,
  DatagramSocket,
  ExitHooks,
  ExitNotifier,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
} from "./src/net/connector.ts";
