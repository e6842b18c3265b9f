/** The test classes of levels, filters, loggers and adapters, of records, and of the module itself. */
import { absent, difference, type Parity, shown } from "./answers.ts";

const adapter = "tests/logging/logger_adapter_test.ts";
const basicConfig = "tests/logging/basic_config_test.ts";
const caller = "tests/logging/caller_test.ts";
const factory = "tests/logging/log_record_factory_test.ts";
const filter = "tests/logging/filter_test.ts";
const filterer = "tests/logging/filterer_test.ts";
const getLogger = "tests/logging/get_logger_test.ts";
const handler = "tests/logging/handler_test.ts";
const lastResort = "tests/logging/last_resort_test.ts";
const levels = "tests/logging/level_names_test.ts";
const logger = "tests/logging/logger_test.ts";
const manager = "tests/logging/manager_test.ts";
const module = "tests/logging/module_functions_test.ts";
const record = "tests/logging/log_record_test.ts";
const shutdown = "tests/logging/shutdown_test.ts";
const file = "tests/files/file_handler_test.ts";
const fileEncodings = "tests/interop/file_encodings_test.ts";

const names = "getLevelName() maps numbers to names and names to numbers";
const custom = "levels that a program names pass by their numbers at loggers, handlers and filters";
const children = "getChild() and getChildren() follow the dots in the names";
const enabled = "isEnabledFor() depends on the level, on disable() and on 'disabled'";
const hasHandlers = "hasHandlers() looks at ancestors until propagation ends";
const extraIsRenamed =
  "a field of extra with the name of an attribute is added with _ behind its name";

const inEachEncoding =
  "FileHandler writes the bytes that CPython's writes, in each encoding and with each errors";

const noLocks = absent("JavaScript's handlers have no lock that a failure could leave locked");
const reportsAndCloses = difference(
  "`shutdown()` reports the error of a handler and closes the others; Python's raises some.",
  shown(shutdown, "shutdown() closes every handler when one of them fails"),
);
const closesAll = shown(shutdown, "shutdown() closes every handler when one of them fails");
const closesSilently = shown(
  shutdown,
  "shutdown() closes every handler when one of them fails",
  "shutdown() prints no failure when raiseExceptions is false",
);

const logsWithRoot = shown(module, "the module-level functions log with the root logger");
const configures = shown(
  module,
  "the module-level functions configure a root that has no handlers, once",
  "every module-level function configures a root that has no handlers",
);

const noFilename = difference(
  "`basicConfig()` has no `filename`: give it `handlers: [new FileHandler(…)]`.",
  shown(basicConfig, "basicConfig() refuses bad options and then changes nothing"),
);

const noCaptureWarnings = difference(
  'There is no `captureWarnings`: `process.on("warning", (warning) => log.warning(warning))` logs',
  shown(
    "tests/interop/runtime_warnings_test.ts",
    "a listener of process.on('warning') logs the warnings of the runtime",
  ),
);

const noTaskName = difference(
  "its `taskName` is `null` and its `processName` `MainProcess`.",
  shown(record, "LogRecord has null for each attribute whose flag is off"),
);

/** Everything around loggers. */
export const loggers: Parity = {
  BuiltinLevelsTest: {
    test_flat: shown(
      logger,
      "loggers beside each other log by their own levels, also through an adapter",
    ),
    test_nested_explicit: shown(
      logger,
      "a logger without a level uses the level of its nearest ancestor",
    ),
    test_nested_inherited: shown(
      logger,
      "a logger without a level uses the level of its nearest ancestor",
    ),
    test_nested_with_virtual_parent: shown(
      logger,
      "a logger gets its parent when the parent is made later",
    ),
    test_regression_22386: shown(levels, names),
    test_issue27935: shown(levels, names),
    test_regression_29220: shown(levels, "addLevelName() names a level, even by an empty name"),
  },
  BasicFilterTest: {
    test_filter: [
      ...shown(filter, "Filter passes the records of one logger and of its descendants"),
      ...shown(logger, "the logger that logs and each handler apply their own filters"),
      ...shown(
        "tests/interop/hierarchy_test.ts",
        "loggers call the same handlers in the same order as CPython's",
      ),
    ],
    test_callable_filter: [
      ...shown(filterer, "filter() runs filters in order until one drops the record"),
      ...shown(handler, "handle() returns the filters' verdict, and emits only records that pass"),
    ],
    test_empty_filter: shown(filter, "Filter without a name passes every record"),
  },
  CustomLevelsAndFiltersTest: {
    test_handler_filter_replaces_record: shown(
      handler,
      "a record that a filter of one handler replaces is unchanged for other handlers",
    ),
    test_logging_filter_replaces_record: [
      ...shown(filterer, "a filter may change the record or replace it"),
      ...shown(logger, "a filter of a logger may replace the record"),
    ],
    test_logger_filter: shown(logger, custom),
    test_handler_filter: shown(logger, custom),
    test_specific_filters: shown(logger, custom),
  },
  MemoryTest: {
    test_persistent_loggers: shown(
      logger,
      "loggers are never collected and keep their settings",
    ),
  },
  WarningsTest: {
    test_warnings: noCaptureWarnings,
    test_warnings_no_handlers: noCaptureWarnings,
  },
  ManagerTest: {
    test_manager_loggerclass: shown(
      manager,
      "setLoggerClass() of a manager sets the class of its new loggers",
    ),
    test_set_log_record_factory: shown(
      manager,
      "setLogRecordFactory() of a manager applies only to its loggers",
    ),
  },
  ChildLoggerTest: {
    test_child_loggers: shown(logger, children),
    test_get_children: shown(logger, children),
  },
  LogRecordFactoryTest: {
    test_logrecord_class: [
      ...shown(factory, "loggers and makeLogRecord() use the factory of setLogRecordFactory()"),
      ...difference(
        "A logging call does not throw, but for a level of `log()` that is no integer.",
        shown(logger, "a filter that throws loses only that record"),
      ),
    ],
  },
  LastResortTest: {
    test_last_resort: shown(
      lastResort,
      "lastResort prints the message alone, for WARNING and above",
      "setLastResort(null) makes a logger without handlers print one line, once",
    ),
  },
  ShutdownTest: {
    test_no_failure: shown(
      shutdown,
      "shutdown() flushes and closes the newest handler first",
      "shutdown(handlers) closes only these handlers, the last first",
    ),
    test_with_ioerror_in_acquire: noLocks,
    test_with_ioerror_in_flush: closesAll,
    test_with_ioerror_in_close: closesAll,
    test_with_valueerror_in_acquire: noLocks,
    test_with_valueerror_in_flush: closesAll,
    test_with_valueerror_in_close: closesAll,
    test_with_other_error_in_acquire_without_raise: noLocks,
    test_with_other_error_in_flush_without_raise: closesSilently,
    test_with_other_error_in_close_without_raise: closesSilently,
    test_with_other_error_in_acquire_with_raise: noLocks,
    test_with_other_error_in_flush_with_raise: reportsAndCloses,
    test_with_other_error_in_close_with_raise: reportsAndCloses,
  },
  ModuleLevelMiscTest: {
    test_disable: [
      ...shown(
        getLogger,
        "disable() turns off a level and those below it in every logger; CRITICAL is the default",
      ),
      ...shown(logger, enabled),
    ],
    test_log: logsWithRoot,
    test_debug: logsWithRoot,
    test_info: logsWithRoot,
    test_warning: logsWithRoot,
    test_error: logsWithRoot,
    test_critical: logsWithRoot,
    test_set_logger_class: shown(
      manager,
      "the module's setLoggerClass() applies to managers without a class of theirs",
    ),
    test_subclass_logger_cache: shown(
      manager,
      "a logger of a derived class is made once, and logs by its own level",
    ),
    test_logging_at_shutdown: absent(
      "no runtime runs finalizers when a program ends; the last code that may log is a listener",
      shown(
        "tests/interop/stderr_test.ts",
        "a program that logs an error while it exits, without a handler, prints both",
        "a program that calls exit() loses no line, however slow the reader is",
      ),
    ),
    test_logging_at_shutdown_open: absent(
      "no runtime runs finalizers when a program ends; a listener of `exit` may log into a file",
      shown(
        "tests/interop/file_exit_test.ts",
        "a program that ${scenario} loses nothing that it logged into a file",
      ),
    ),
    test_recursion_error: shown(
      "tests/interop/stderr_test.ts",
      "a program whose recursion never ends, and logs, ends by its own error",
    ),
    test_get_level_names_mapping: shown(
      levels,
      "getLevelNamesMapping() returns a new map at each call",
    ),
  },
  LogRecordTest: {
    test_str_rep: shown(record, "toString() is CPython's repr of a record"),
    test_dict_arg: shown(record, "LogRecord takes a single mapping argument as its args"),
    test_multiprocessing: noTaskName,
    test_optional: shown(record, "LogRecord has null for each attribute whose flag is off"),
    test_taskName_with_asyncio_imported: noTaskName,
    test_taskName_without_asyncio_imported: noTaskName,
  },
  BasicConfigTest: {
    test_no_kwargs: shown(basicConfig, "basicConfig() gives the root a handler for standard error"),
    test_strformatstyle: shown(basicConfig, "basicConfig() takes the format of every style"),
    test_stringtemplatestyle: shown(basicConfig, "basicConfig() takes the format of every style"),
    test_filename: noFilename,
    test_filemode: [
      ...noFilename,
      ...shown(
        file,
        "FileHandler empties an existing file with mode w, and refuses it with mode x",
      ),
    ],
    test_stream: shown(basicConfig, "basicConfig() writes to the stream that it is given"),
    test_format: shown(basicConfig, "basicConfig() takes the format of every style"),
    test_datefmt: shown(basicConfig, "basicConfig() takes the format of every style"),
    test_style: shown(basicConfig, "basicConfig() takes the format of every style"),
    test_level: shown(basicConfig, "basicConfig() sets the level, by number or name"),
    test_incompatible: [
      ...shown(basicConfig, "basicConfig() refuses bad options and then changes nothing"),
      ...noFilename,
    ],
    test_handlers: shown(
      basicConfig,
      "basicConfig() gives all handlers without a formatter the same new one",
    ),
    test_force: shown(
      basicConfig,
      "basicConfig() does nothing when the root has handlers, unless 'force' is set",
      "basicConfig() sets the level, by number or name",
    ),
    test_encoding: [
      ...noFilename,
      ...shown(file, "FileHandler has appended a line for each record by the end of the turn"),
    ],
    test_encoding_errors: [
      ...noFilename,
      ...shown(fileEncodings, inEachEncoding),
    ],
    test_encoding_errors_default: [
      ...noFilename,
      ...shown(fileEncodings, inEachEncoding),
    ],
    test_encoding_errors_none: [
      ...noFilename,
      ...shown(fileEncodings, inEachEncoding),
      ...shown(
        "tests/files/text_encoding_test.ts",
        "a record that the encoding cannot write is reported, and the others are written",
      ),
    ],
    test_log_taskName: [...noFilename, ...noTaskName],
    test_log: configures,
    test_debug: configures,
    test_info: configures,
    test_warning: configures,
    test_error: configures,
    test_critical: configures,
  },
  LoggerAdapterTest: {
    test_exception: absent(
      "a `catch` gives its error to the adapter, as JavaScript keeps no current error",
      shown(adapter, "exception() and exc_info of an adapter set exc_info of the record"),
    ),
    test_exception_excinfo: shown(
      adapter,
      "exception() and exc_info of an adapter set exc_info of the record",
    ),
    test_critical: [
      ...shown(adapter, "every method of LoggerAdapter logs through its logger"),
      ...shown(
        caller,
        "captureCaller() finds the caller of methods, adapters and module-level functions",
      ),
    ],
    test_is_enabled_for: shown(
      adapter,
      "hasHandlers(), isEnabledFor() and toString() answer for the logger",
    ),
    test_has_handlers: shown(
      adapter,
      "hasHandlers(), isEnabledFor() and toString() answer for the logger",
    ),
    test_nested: [
      ...shown(
        adapter,
        "adapters nest, and the inner adapter's prefix comes first",
        "LoggerAdapter.manager reads and sets the manager of the logger",
        "hasHandlers(), isEnabledFor() and toString() answer for the logger",
      ),
      ...shown(
        caller,
        "findCaller() works when a program calls it, and from deep inside adapters",
      ),
    ],
    test_styled_adapter: shown(
      adapter,
      "an adapter whose log() is overridden logs by it in every method, with the caller of the method",
    ),
    test_nested_styled_adapter: shown(
      adapter,
      "an adapter whose log() is overridden logs by it in every method, with the caller of the method",
    ),
    test_find_caller_with_stacklevel: shown(
      caller,
      "stacklevel counts the callers of loggers, adapters and module-level functions alike",
    ),
    test_extra_in_records: shown(adapter, "process() replaces the call's extra by the adapter's"),
    test_extra_not_merged_by_default: shown(
      adapter,
      "process() replaces the call's extra by the adapter's",
    ),
    test_extra_merged: shown(
      adapter,
      "process() merges both with merge_extra, and the call's fields win",
    ),
    test_extra_merged_log_call_has_precedence: shown(
      adapter,
      "process() merges both with merge_extra, and the call's fields win",
    ),
  },
  LoggerTest: {
    test_set_invalid_level: shown(
      levels,
      "checkLevel() accepts only integers, booleans and known names, in any case",
      "setLevel() of loggers and of handlers refuses unknown levels",
    ),
    test_exception: absent(
      "no logger can find the error that is being caught: a call of exception() names it",
      shown(logger, "exception() logs its error at ERROR"),
    ),
    test_log_invalid_level_with_raise: shown(
      logger,
      "log() refuses a level that is no integer, unless raiseExceptions is false",
    ),
    test_log_invalid_level_no_raise: shown(
      logger,
      "log() refuses a level that is no integer, unless raiseExceptions is false",
    ),
    test_find_caller_with_stack_info: shown(
      caller,
      "stack_info adds the stack, the call last, with and without captureCaller()",
      "findCaller() works when a program calls it, and from deep inside adapters",
    ),
    test_find_caller_with_stacklevel: shown(
      caller,
      "stacklevel counts the callers of loggers, adapters and module-level functions alike",
      "stacklevel names the caller's caller",
    ),
    test_make_record_with_extra_overwrite: difference(
      "A field that is named like an attribute of the record gets `_` behind its name.",
      shown(logger, extraIsRenamed),
    ),
    test_make_record_with_extra_no_overwrite: shown(
      logger,
      "extra becomes attributes behind the record's own, in order",
    ),
    test_has_handlers: shown(logger, hasHandlers),
    test_has_handlers_no_propagate: shown(logger, hasHandlers),
    test_is_enabled_for: shown(logger, enabled),
    test_is_enabled_for_disabled_logger: shown(logger, enabled),
    test_root_logger_aliases: shown(
      getLogger,
      "getLogger() returns the root for no name, '', null and 'root'",
      "Logger.root is the root, on the class and on every logger",
    ),
    test_invalid_names: shown(
      manager,
      "getLogger() accepts any string as a name, and nothing else",
    ),
    test_pickling: difference(
      "Pickles are parsed as data; nothing in them is imported or run.",
      shown(
        "tests/interop/pickle_test.ts",
        "loads() reads what Python ${version} pickles, at every protocol",
      ),
    ),
    test_caching: shown(logger, "isEnabledFor() is cached until any level is set"),
  },
  MiscTestCase: {
    test__all__: shown(
      "tests/interop/cpython_names_test.ts",
      "mod.ts has every name of CPython's logging but FileHandler and captureWarnings",
    ),
  },
};
