/**
 * One call that gives the root logger a handler. After CPython's `basicConfig`. Differs: the
 * options are checked before anything changes, even if there is nothing to do.
 *
 * Browser compatible.
 *
 * @module
 */
import { BASIC_FORMATS, checkStyle, Formatter, type FormatterStyle } from "./formatter.ts";
import { root } from "./get_logger.ts";
import type { Handler } from "./handler.ts";
import type { Level } from "./level.ts";
import { checkLevel } from "./level_names.ts";
import { closeInBackground } from "./shutdown.ts";
import { StreamHandler } from "./stream_handler.ts";
import type { TextStream } from "./text_stream.ts";
import { refuse } from "./validate.ts";

/** Options of {@linkcode basicConfig}. */
export interface BasicConfigOptions {
  /** The format string of the handlers. @default {"%(levelname)s:%(name)s:%(message)s"} */
  format?: string;
  /** The format of `asctime`, as for `strftime`. */
  datefmt?: string | null;
  /** The style of `format`. @default {"%"} */
  style?: FormatterStyle;
  /**
   * The formatter of the handlers, in place of `format`, `datefmt` and `style`:
   * `new JSONFormatter()`, `new ConsoleFormatter()`.
   */
  formatter?: Formatter | null;
  /** The level of the root logger; without it the level does not change. */
  level?: Level | null;
  /** The stream that the handler writes to. @default {standard error} */
  stream?: TextStream | null;
  /** Handlers to add in its place; those without a formatter get the one of these options. */
  handlers?: Iterable<Handler> | null;
  /** If true, the root's present handlers are first removed and closed. @default {false} */
  force?: boolean;
}

const OPTIONS = [
  ...["format", "datefmt", "style", "formatter", "level", "stream", "handlers", "force"],
];
/** The options that describe a formatter. */
const FORMATS = ["format", "datefmt", "style"] as const;
const FILE_OPTIONS = ["filename", "filemode", "encoding", "errors"];

/**
 * Gives the root logger a handler, unless it has one already.
 *
 * @example
 * ```ts
 * import { basicConfig, getLogger, INFO } from "jsr:@logwire/logging";
 *
 * basicConfig({ level: INFO, format: "%(asctime)s %(name)s %(message)s" });
 * getLogger("app").info("started");
 * ```
 *
 * @example A formatter of its own, and the level of the environment
 * ```ts
 * import { basicConfig, ConsoleFormatter } from "jsr:@logwire/logging";
 * import { levelFromEnvironment } from "jsr:@logwire/logging/auto";
 *
 * basicConfig({
 *   level: levelFromEnvironment() ?? "INFO",
 *   formatter: new ConsoleFormatter(),
 *   force: true,
 * });
 * ```
 *
 * @throws {TypeError} if options exclude each other, or are not known
 * @throws {RangeError} if the format string, the style or the level name is wrong
 */
export function basicConfig(options: BasicConfigOptions = {}): void {
  const { level = null, stream = null, force = false } = options;
  checkOptions(options);
  const formatter = options.formatter ?? formatterOf(options);
  if (level !== null) checkLevel(level);
  if (!force && root.handlers.length > 0) return;

  const handlers = options.handlers ? [...options.handlers] : [new StreamHandler(stream)];
  for (const handler of root.handlers.slice()) {
    root.removeHandler(handler);
    closeInBackground(handler);
  }
  for (const handler of handlers) {
    if (handler.formatter === null) handler.setFormatter(formatter);
    root.addHandler(handler);
  }
  if (level !== null) root.setLevel(level);
}

function formatterOf({ format, datefmt = null, style: name = "%" }: BasicConfigOptions): Formatter {
  const style = checkStyle(name);
  return new Formatter(format ?? BASIC_FORMATS[style], datefmt, { style });
}

function checkOptions(options: object): void {
  for (const name of Object.keys(options)) {
    if (FILE_OPTIONS.includes(name)) {
      throw new TypeError(
        `Cannot configure logging as '${name}' needs a file handler: import FileHandler ` +
          `from @logwire/logging/file-handlers and pass { handlers: [new FileHandler(…)] }`,
      );
    }
    if (!OPTIONS.includes(name)) {
      throw new TypeError(
        `Cannot configure logging as there is no option '${name}': the options are ${
          OPTIONS.join(", ")
        }`,
      );
    }
  }
  const { stream, handlers, formatter } = options as BasicConfigOptions;
  const format = FORMATS.find((name) => (options as BasicConfigOptions)[name] != null);
  if (formatter != null && format !== undefined) {
    throw new TypeError(
      `Cannot configure logging as 'formatter' and '${format}' exclude each other: give one of them`,
    );
  }
  if (formatter != null && typeof (formatter as Partial<Formatter>).format !== "function") {
    refuse("configure logging", "formatter", "a Formatter, such as new JSONFormatter()", formatter);
  }
  if (stream && handlers) {
    throw new TypeError(
      "Cannot configure logging as 'stream' and 'handlers' exclude each other: give one of them",
    );
  }
}
