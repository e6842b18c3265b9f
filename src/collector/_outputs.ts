/**
 * The outputs of the collector, as handlers of the root logger: lines on the terminal, files, other
 * servers, and what a `dictConfig` file describes.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { dictConfig } from "../config/dict_config.ts";
import { handlerClasses } from "../config/handler_classes.ts";
import type { LoggingConfig } from "../config/logging_config.ts";
import { FileHandler } from "../files/file_handler.ts";
import { fileHandlerClasses } from "../files/file_handler_classes.ts";
import { RotatingFileHandler } from "../files/rotating_file_handler.ts";
import { TimedRotatingFileHandler } from "../files/timed_rotating_file_handler.ts";
import { ConsoleFormatter } from "../logging/console_formatter.ts";
import { Formatter } from "../logging/formatter.ts";
import { getLogger } from "../logging/get_logger.ts";
import type { Handler } from "../logging/handler.ts";
import { JSONFormatter } from "../logging/json_formatter.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { isStandard } from "../logging/record_attributes.ts";
import { StreamHandler } from "../logging/stream_handler.ts";
import { stdoutStream } from "../logging/stdout_stream.ts";
import type { Connector, DatagramConnector } from "../net/connector.ts";
import { makeReceivedRecord } from "../wire/received_record.ts";
import { CommandError, fileError } from "./_command_error.ts";
import { variable } from "./_environment.ts";
import { bytesOf, countOf } from "./_receive_options.ts";
import { TEXT_FORMAT } from "./_text_line.ts";

/** The options of `--out`, as the command line gives them. */
export interface OutOptions {
  readonly out?: string;
  readonly outFormat?: string;
  readonly maxBytes?: string;
  readonly backupCount?: string;
  readonly when?: string;
  readonly interval?: string;
  readonly gzip?: boolean;
}

/** Configures logging by a file of `dictConfig`. */
export function configure(path: string, connector: Connector & DatagramConnector): void {
  const classes = { ...handlerClasses({ connector }), ...fileHandlerClasses };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileError("read the configuration", path, error);
  }
  try {
    dictConfig(JSON.parse(text) as LoggingConfig, { classes });
  } catch (error) {
    throw new CommandError(`cannot use the configuration '${path}': ${(error as Error).message}`);
  }
}

/** The handlers that are added to the root logger, for as long as the collector runs. */
export class Outputs {
  readonly #handlers: Handler[] = [];

  /** Adds a handler to the root logger. */
  add(handler: Handler): void {
    this.#handlers.push(handler);
    getLogger().addHandler(handler);
  }

  /** Removes them again. */
  remove(): void {
    for (const handler of this.#handlers) getLogger().removeHandler(handler);
  }
}

/** Makes the handler that prints lines for people. */
export function consoleHandler(colors: string | undefined): Handler {
  if (colors !== undefined && !["auto", "always", "never"].includes(colors)) {
    throw new CommandError(`--color must be auto, always or never, not '${colors}'`);
  }
  const handler = new StreamHandler(stdoutStream);
  const isColored = colors === "always" || colors !== "never" && terminalHasColors();
  handler.setFormatter(new ConsoleFormatter({ colors: isColored }));
  handler.addFilter(withoutMissing);
  return handler;
}

/**
 * A record of syslog has null for each part that its message lacks, and the facility and severity that
 * the level says already: people need neither.
 */
function withoutMissing(record: LogRecord): LogRecord {
  if (record.facility === undefined || record.structured_data === undefined) return record;
  const { facility: _, severity: _severity, app_name: _name, ...fields } = record;
  const shown = Object.entries(fields).filter(([key, value]) => value !== null || isStandard(key));
  return makeReceivedRecord(Object.fromEntries(shown));
}

/** Returns true if standard output is a terminal that shows colours. */
function terminalHasColors(): boolean {
  if (variable("NO_COLOR")) return false;
  const forced = variable("FORCE_COLOR");
  if (forced) return forced !== "0" && forced !== "false";
  return process.stdout.isTTY === true && variable("TERM") !== "dumb";
}

/** Makes the handler of `--out`; `undefined` without it. */
export function fileHandler(options: OutOptions): Handler | undefined {
  const { out, outFormat = "json", maxBytes, backupCount, when, interval, gzip } = options;
  if (out === undefined) {
    if (maxBytes ?? backupCount ?? when ?? interval ?? gzip) {
      throw new CommandError("--max-bytes, --backup-count, --when and --gzip need --out");
    }
    return undefined;
  }
  if (outFormat !== "json" && outFormat !== "text") {
    throw new CommandError(`--out-format must be json or text, not '${outFormat}'`);
  }
  if (maxBytes !== undefined && when !== undefined) {
    throw new CommandError(
      "a file rolls over either by its size or by time: give one of " +
        "--max-bytes and --when",
    );
  }
  const count = backupCount === undefined ? undefined : countOf(backupCount, "--backup-count");
  const common = { ...gzip && { gzip: true } };
  let handler: Handler;
  try {
    handler = when !== undefined
      ? new TimedRotatingFileHandler(out, {
        ...common,
        when,
        ...interval !== undefined && { interval: countOf(interval, "--interval") },
        ...count !== undefined && { backupCount: count },
      })
      : maxBytes !== undefined || count !== undefined || gzip
      ? new RotatingFileHandler(out, {
        ...common,
        maxBytes: bytesOf(maxBytes ?? "10MiB", "--max-bytes"),
        backupCount: count ?? 5,
      })
      : new FileHandler(out);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const isOption = error instanceof TypeError || error instanceof RangeError;
    if (isOption && !("code" in error)) throw new CommandError((error as Error).message);
    throw fileError("write to", out, error);
  }
  handler.setFormatter(outFormat === "json" ? new JSONFormatter() : new Formatter(TEXT_FORMAT));
  return handler;
}
