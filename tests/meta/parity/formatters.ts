/** The test classes of formatters, and of the text of errors. */
import { difference, type Parity, shown } from "./answers.ts";

const formatter = "tests/logging/formatter_test.ts";
const record = "tests/logging/log_record_test.ts";
const buffering = "tests/logging/buffering_formatter_test.ts";

const styles = shown(
  formatter,
  "Formatter fills in format strings of three styles",
  "usesTime() is true only if the format string names asctime",
);

/** Everything that makes text. */
export const formatters: Parity = {
  FormatterTest: {
    test_percent: styles,
    test_braces: styles,
    test_dollars: styles,
    test_format_validate: [
      ...shown(formatter, "Formatter refuses format strings that are not well-formed"),
      ...shown(
        "tests/interop/formatter_test.ts",
        "Formatter accepts and refuses the format strings of CPython's test_format_validate",
        "Formatter accepts and refuses format strings as CPython does",
      ),
    ],
    test_defaults_parameter: shown(
      formatter,
      "Formatter fills in defaults for fields that a record lacks",
      "Formatter fills in format strings of three styles",
    ),
    test_invalid_style: shown(formatter, "Formatter refuses an unknown style"),
    test_time: shown(formatter, "formatTime() writes date, time and milliseconds"),
    test_default_msec_format_none: shown(
      formatter,
      "formatTime() leaves out the milliseconds when default_msec_format is empty",
    ),
    test_issue_89047: [
      ...shown(formatter, "Formatter never writes 1000 milliseconds"),
      ...shown(record, "LogRecord never has 1000 milliseconds"),
    ],
    test_msecs_has_no_floating_point_precision_loss: shown(
      record,
      "LogRecord never has 1000 milliseconds",
      "LogRecord takes created and msecs from whole milliseconds",
    ),
    test_relativeCreated_has_higher_precision: difference(
      "The time of a record has whole milliseconds",
      shown(record, "LogRecord takes created and msecs from whole milliseconds"),
    ),
  },
  BufferingFormatterTest: {
    test_default: shown(buffering, "BufferingFormatter joins records without anything between"),
    test_custom: shown(
      buffering,
      "BufferingFormatter writes header and footer around records, and nothing for no records",
    ),
  },
  ExceptionTest: {
    test_formatting: difference(
      "The text of an error is its stack as the runtime prints it, not Python's traceback.",
      shown(formatter, "format() always sets message, and sets exc_text once"),
      shown(
        "tests/logging/caller_test.ts",
        "stack_info adds the stack, the call last, with and without captureCaller()",
      ),
    ),
  },
};
