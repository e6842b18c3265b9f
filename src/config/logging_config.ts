/**
 * The dictionary that `dictConfig()` takes, as Python's documentation has it under "Configuration
 * dictionary schema".
 *
 * Browser compatible.
 *
 * @module
 */
import type { FilterLike } from "../logging/filter.ts";
import type { Level } from "../logging/level.ts";
import type { ConfigClass, ConfigFactory } from "./config_factory.ts";

/** Keys that every entry may have: another factory, and attributes to set on the object. */
export interface CustomConfig {
  /**
   * A factory or a class, or the name of either in `classes`; it gets the other keys. It replaces
   * `class`.
   */
  readonly "()"?: string | ConfigFactory | ConfigClass;
  /** Attributes that are set on the object. */
  readonly "."?: Readonly<Record<string, unknown>> | string | null;
  /** The keyword arguments. */
  readonly [keyword: string]: unknown;
}

/** An entry of `formatters`. */
export interface FormatterConfig extends CustomConfig {
  /** The format string. @default the message alone */
  readonly format?: string | null;
  /** How `asctime` is written, as for `strftime`. */
  readonly datefmt?: string | null;
  /** How `format` is written: `%`, `{` or `$`. @default {"%"} */
  readonly style?: string;
  /** True: a format string that is not well-formed is refused. @default {true} */
  readonly validate?: boolean;
  /** Values for fields that a record may lack. */
  readonly defaults?: Readonly<Record<string, unknown>> | string | null;
  /** Another class, or its name in `classes`; it gets these keys. @default logging.Formatter */
  readonly class?: string | ConfigFactory | ConfigClass | null;
}

/** An entry of `filters`. */
export interface FilterConfig extends CustomConfig {
  /** The logger whose records, and whose descendants' records, pass. @default {""} */
  readonly name?: string;
}

/** An entry of `handlers`; its other keys are the arguments of the class. */
export interface HandlerConfig extends CustomConfig {
  /** The class, by Python's name: `logging.handlers.SocketHandler`. */
  readonly class?: string | ConfigFactory | ConfigClass;
  /** The level, by number or name. @default {0} */
  readonly level?: Level | (string & Record<never, never>) | null;
  /** An entry of `formatters`. */
  readonly formatter?: string | null;
  /** Entries of `filters`, or filters themselves. */
  readonly filters?: readonly (string | FilterLike)[] | string | null;
}

/** The entry `root`. */
export interface RootConfig {
  /** The level, by number or name; without it the level stays. */
  readonly level?: Level | (string & Record<never, never>) | null;
  /** Entries of `handlers`; they replace the handlers of the logger. */
  readonly handlers?: readonly string[] | string | null;
  /** Entries of `filters`, or filters themselves. */
  readonly filters?: readonly (string | FilterLike)[] | string | null;
}

/** An entry of `loggers`. */
export interface LoggerConfig extends RootConfig {
  /**
   * True: records go on to the handlers of the ancestors. Python's truth applies: `"false"` is
   * true. Without it the setting of the logger stays.
   */
  readonly propagate?: boolean | number | string | null;
}

/** A whole configuration. Each entry may be a `cfg://` reference in the place of a dictionary. */
export interface LoggingConfig {
  /** The version of the schema: 1. */
  readonly version: number;
  /** Formatters by name. */
  readonly formatters?: Readonly<Record<string, FormatterConfig | string>> | string;
  /** Filters by name. */
  readonly filters?: Readonly<Record<string, FilterConfig | string>> | string;
  /** Handlers by name. */
  readonly handlers?: Readonly<Record<string, HandlerConfig | string>> | string;
  /** Loggers by name. */
  readonly loggers?: Readonly<Record<string, LoggerConfig | string>> | string;
  /** The root logger; without it the root logger stays as it is. */
  readonly root?: RootConfig | string | null;
  /** True: only levels and `propagate` of existing handlers and loggers change. @default {false} */
  readonly incremental?: boolean;
  /**
   * True: existing loggers are disabled, unless `loggers` names them or a logger above them.
   * @default {true}
   */
  readonly disable_existing_loggers?: boolean;
  /** Other keys, for `cfg://` references. */
  readonly [other: string]: unknown;
}
