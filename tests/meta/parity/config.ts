/** The test classes of `logging.config`. */
import { absent, type Parity, shown } from "./answers.ts";

const cases = "tests/interop/cpython_config_test.ts";
const dictConfig = "tests/config/dict_config_test.ts";
const fileConfig = "tests/config/file_config_test.ts";
const listener = "tests/config/config_listener_test.ts";
const queues = "tests/config/queue_handler_factory_test.ts";
const coreClasses = "tests/config/core_classes_test.ts";

const fileConfig0156 = shown(
  fileConfig,
  "fileConfig() does what config0, 1, 5 and 6 of CPython's tests say",
);
const fileConfigRefuses = shown(
  fileConfig,
  "fileConfig() refuses config2 and 3 of CPython's tests, and changes nothing",
);
const fileConfigOthers = shown(
  fileConfig,
  "fileConfig() disables and names as the other cases of CPython's tests",
);

const listens = [
  ...shown(
    "tests/interop/config_listener_test.ts",
    "listen() takes the dictionary and the file that CPython ${version} sends",
  ),
  ...shown(
    listener,
    "listen() takes a dictionary and a file, in whatever pieces they arrive",
  ),
];

const config01 = shown(cases, "dictConfig() does what config0 and config1 of CPython's tests say");
const refused = shown(
  cases,
  "dictConfig() refuses config2, 2a, 2b, 3, 6, 12 and 13 of CPython's tests",
);
const formatters = shown(
  cases,
  "dictConfig() makes the caller's own formatters, as config4 and 4a of CPython's tests",
);
const disabling = shown(
  cases,
  "dictConfig() disables loggers that are not named, as config7, 8 and 8a of CPython's tests",
);
const properties = shown(
  cases,
  "dictConfig() sets properties and defaults, as config14, 16 and 17 of CPython's tests",
);
const validates = shown(
  cases,
  "dictConfig() validates a format in its style, unless told not to, as CPython's tests",
);
const anyKeywords = absent(
  "a function of JavaScript gets all keywords in one object, and so refuses none of them",
  shown(
    cases,
    "dictConfig() gives a formatter function all keywords, where a function of Python refuses some",
  ),
);
const filters = shown(
  cases,
  "dictConfig() takes filters as they are, and nothing else, as CPython's tests",
);
const takesQueues = shown(
  queues,
  "dictConfig() takes every queue with every listener that CPython takes",
);
const refusesQueues = shown(
  queues,
  "dictConfig() refuses values that are no queue or no listener, and names their path",
);
const portQueue = shown(
  queues,
  "dictConfig() makes a PortQueue, whose listener is in the other thread",
);

/** Everything that reads a configuration. */
export const config: Parity = {
  ConfigFileTest: {
    test_config0_ok: fileConfig0156,
    test_config0_using_cp_ok: absent(
      "JavaScript has no `configparser` whose object could be given in place of the text",
      fileConfig0156,
    ),
    test_config1_ok: fileConfig0156,
    test_config2_failure: fileConfigRefuses,
    test_config3_failure: fileConfigRefuses,
    test_config4_ok: shown(
      fileConfig,
      "fileConfig() makes the caller's own formatter, as config4 of CPython's tests",
    ),
    test_config5_ok: fileConfig0156,
    test_config6_ok: fileConfig0156,
    test_config7_ok: shown(
      fileConfig,
      "fileConfig() disables loggers that are not named, as config7 of CPython's tests",
    ),
    test_config8_ok: shown(
      cases,
      "fileConfig() closes the file of a configuration that it replaces, as config8 of CPython's tests",
    ),
    test_config9_ok: shown(
      fileConfig,
      "fileConfig() gives a formatter its defaults, as config9 of CPython's tests",
    ),
    test_logger_disabling: fileConfigOthers,
    test_config_set_handler_names: fileConfigOthers,
    test_exception_if_confg_file_is_invalid: fileConfigOthers,
    test_exception_if_confg_file_is_empty: fileConfigOthers,
    test_exception_if_config_file_does_not_exist: absent(
      "fileConfig() gets the text of a file that the program has read, and opens no file itself",
      shown(
        fileConfig,
        "fileConfig() says that it takes the text of a file, where it is given the name",
      ),
    ),
    test_defaults_do_no_interpolation: fileConfigOthers,
  },
  ConfigDictTest: {
    test_config0_ok: config01,
    test_config1_ok: config01,
    test_config2_failure: refused,
    test_config2a_failure: refused,
    test_config2b_failure: refused,
    test_config3_failure: refused,
    test_config4_ok: formatters,
    test_config4a_ok: formatters,
    test_config5_ok: shown(
      cases,
      "dictConfig() makes the caller's own handler, as config5 of CPython's tests",
    ),
    test_deprecation_warning_custom_handler_with_strm_arg: absent(
      "the argument `strm` is of Python 2, and deprecated; no handler here ever had it",
      shown(
        coreClasses,
        "dictConfig() gives a class with its own parameters the keywords and the context",
      ),
    ),
    test_config6_failure: refused,
    test_config7_ok: disabling,
    test_config_8_ok: disabling,
    test_config_8a_ok: disabling,
    test_config_9_ok: shown(
      cases,
      "dictConfig() changes levels incrementally, as config9 of CPython's tests",
    ),
    test_config_10_ok: shown(
      cases,
      "dictConfig() filters at the handler and the logger, as config10 of CPython's tests",
    ),
    test_config11_ok: shown(
      cases,
      "dictConfig() follows references to parts, as config11 of CPython's tests",
    ),
    test_config12_failure: refused,
    test_config13_failure: refused,
    test_config14_ok: properties,
    test_config15_ok: [
      ...shown(
        cases,
        "dictConfig() closes the file of a configuration that it replaces, as config15 of CPython's tests",
      ),
      ...shown(
        dictConfig,
        "handlers are closed if no enabled logger has them any more, and no others",
      ),
    ],
    test_config16_ok: properties,
    test_config17_ok: properties,
    test_config18_ok: shown(
      cases,
      "dictConfig() sets flushLevel by name, as config18 of CPython's tests",
    ),
    test_listen_config_10_ok: [
      ...listens,
      ...shown(
        cases,
        "dictConfig() filters at the handler and the logger, as config10 of CPython's tests",
      ),
    ],
    test_listen_config_1_ok: listens,
    test_listen_verify: [
      ...shown(
        listener,
        "listen() discards what verify() does not return",
        "listen() uses the bytes that verify() returns, now or later",
      ),
      ...listens,
    ],
    test_bad_format: validates,
    test_bad_format_with_dollar_style: shown(
      cases,
      "dictConfig() makes formats in the style $ for a handler and its target, as CPython's tests",
    ),
    test_custom_formatter_class_with_validate: validates,
    test_custom_formatter_class_with_validate2: validates,
    test_custom_formatter_class_with_validate2_with_wrong_fmt: validates,
    test_custom_formatter_class_with_validate3: validates,
    test_custom_formatter_function_with_validate: anyKeywords,
    test_custom_formatter_function_with_defaults: anyKeywords,
    test_baseconfig: shown(
      cases,
      "dictConfig() converts cfg:// as CPython's test_baseconfig has it",
    ),
    test_namedtuple: shown(
      cases,
      "dictConfig() hands objects over as they are, as CPython's test_namedtuple",
    ),
    test_config_callable_filter_works: filters,
    test_config_filter_works: filters,
    test_config_filter_method_works: filters,
    test_invalid_type_raises: filters,
    test_config_queue_handler: [...takesQueues, ...refusesQueues],
    test_config_queue_handler_does_not_create_multiprocessing_manager: absent(
      "there is no multiprocessing whose manager a queue could start; the queues are taken",
      takesQueues,
    ),
    test_config_queue_handler_invalid_config_does_not_create_multiprocessing_manager: absent(
      "there is no multiprocessing whose manager a queue could start; the values are refused",
      refusesQueues,
    ),
    test_config_reject_simple_queue_handler_multiprocessing_context: refusesQueues,
    test_config_queue_handler_multiprocessing_context: absent(
      "JavaScript shares no queue between processes, and threads have a port for it",
      portQueue,
    ),
    test_multiprocessing_queues: absent(
      "JavaScript shares no queue between processes; a queue that is given is used as it is",
      takesQueues,
    ),
    test_90195: shown(
      cases,
      "dictConfig() enables a logger again that it names, as CPython's test_90195",
    ),
    test_111615: portQueue,
    test_kwargs_passing: shown(
      queues,
      "dictConfig() gives a class derived from QueueHandler a queue and the other keywords",
    ),
  },
};
