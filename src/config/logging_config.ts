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

/** What every entry may have: a factory of one's own, and attributes to set on what it makes. */
export interface CustomConfig {
  /**
   * A factory in the place of the class, a class, or the name of either in `classes`; gets the other
   * keys.
   */
  readonly "()"?: string | ConfigFactory | ConfigClass;
  /** Attributes that are set on what is made. */
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
  /** Whether a format string that is not well-formed is refused. @default {true} */
  readonly validate?: boolean;
  /** Values for fields that a record may lack. */
  readonly defaults?: Readonly<Record<string, unknown>> | string | null;
  /** Another class, or its name in `classes`; gets these keys. @default logging.Formatter */
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
  readonly level?: Level | null;
  /** An entry of `formatters`. */
  readonly formatter?: string | null;
  /** Entries of `filters`, or filters themselves. */
  readonly filters?: readonly (string | FilterLike)[] | string | null;
}

/** What `root` has. */
export interface RootConfig {
  /** The level, by number or name; without it the level stays. */
  readonly level?: Level | null;
  /** Entries of `handlers`, in the place of those until now. */
  readonly handlers?: readonly string[] | string | null;
  /** Entries of `filters`, or filters themselves. */
  readonly filters?: readonly (string | FilterLike)[] | string | null;
}

/** An entry of `loggers`. */
export interface LoggerConfig extends RootConfig {
  /**
   * Says whether records go on to the handlers of the ancestors, by Python's truth (`"false"` is true);
   * without it, it stays as it is.
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
  /** The root logger; without it, it stays as it is. */
  readonly root?: RootConfig | string | null;
  /** Whether only levels and `propagate` of what exists are changed. @default {false} */
  readonly incremental?: boolean;
  /**
   * Whether loggers that exist, and are neither named in `loggers` nor below one that is, are
   * disabled. @default {true}
   */
  readonly disable_existing_loggers?: boolean;
  /** Whatever `cfg://` references lead to. */
  readonly [other: string]: unknown;
}
