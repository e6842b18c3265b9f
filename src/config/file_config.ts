/**
 * `fileConfig()` configures logging by a text in the grammar of Python's `configparser`.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkBoolean, checkKnown, checkString, refuse } from "../logging/validate.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import type { ConfigClasses } from "./config_factory.ts";
import { INI } from "./_dialect.ts";
import { EXTERNALS } from "./_externals.ts";
import { configureByIni } from "./_ini_config.ts";
import { refuseAt } from "./_path_error.ts";

/** Options of {@linkcode fileConfig}. */
export interface FileConfigOptions {
  /**
   * Values for `%(name)s`, and for options that neither their section nor `DEFAULT` has; what is no
   * text is written as by Python's `str()`. @default {}
   */
  defaults?: Readonly<Record<string, unknown>>;
  /**
   * True: existing loggers are disabled, unless the file names them or a logger above them.
   * @default {true}
   */
  disable_existing_loggers?: boolean;
  /** As for `dictConfig()`. @default {} */
  classes?: ConfigClasses;
  /**
   * Values of names that may stand in `args`, `kwargs` and `defaults`. They come beside, or replace,
   * `sys.stdout`, `sys.stderr`, the levels, and the constants of `handlers` and
   * `handlers.SysLogHandler`. @default {}
   */
  externals?: Readonly<Record<string, unknown>>;
}

/**
 * Configures logging as the text of a file says: see "Files for fileConfig()" above.
 *
 * @example
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { fileConfig, handlerClasses } from "jsr:@logwire/logging/config";
 * import { connector } from "jsr:@logwire/logging/auto";
 *
 * // In a program: await Deno.readTextFile("logging.ini"), or readFileSync() of node:fs.
 * const text = `
 * [loggers]
 * keys = root
 *
 * [handlers]
 * keys = console, server
 *
 * [formatters]
 * keys = brief
 *
 * [logger_root]
 * level = INFO
 * handlers = console, server
 *
 * [handler_console]
 * class = StreamHandler
 * formatter = brief
 * args = (sys.stderr,)
 *
 * [handler_server]
 * class = handlers.SocketHandler
 * level = ERROR
 * args = ("%(host)s", handlers.DEFAULT_TCP_LOGGING_PORT)
 *
 * [formatter_brief]
 * format = %(levelname)s %(name)s: %(message)s
 * `;
 * fileConfig(text, { classes: handlerClasses({ connector }), defaults: { host: "localhost" } });
 * getLogger("shop").info("open"); // INFO shop: open
 * ```
 *
 * @param text the whole text of the file
 * @throws {SyntaxError} if the text is no such file; its `name` is that of CPython's exception, such
 * as `DuplicateOptionError`
 * @throws {TypeError} if a value has the wrong type, is no literal, or refers to a section that does
 * not exist, or if `text` is the name of a file
 * @throws {RangeError} if a value is out of range
 */
export function fileConfig(text: string, options: FileConfigOptions = {}): void {
  const what = "configure logging";
  checkKnown(what, options, ["defaults", "disable_existing_loggers", "classes", "externals"]);
  const { defaults = {}, disable_existing_loggers = true, classes = {}, externals = {} } = options;
  checkString(what, "text", text);
  // Python's takes the name of a file.
  if (!/[\n[]/.test(text)) refuse(what, "text", "the text of a file, not its name", text);
  checkBoolean(what, "disable_existing_loggers", disable_existing_loggers);
  if (!isPlainObject(defaults)) refuseAt("defaults", "an object", defaults);
  configureByIni(text, {
    defaults,
    disablesOthers: disable_existing_loggers,
    classes,
    externals: { ...EXTERNALS, ...externals },
    dialect: INI,
  });
}
