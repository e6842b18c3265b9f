/**
 * The hierarchy of the program: its root, and `getLogger()`.
 *
 * Browser compatible.
 *
 * @module
 */
import { CRITICAL, type Level, WARNING } from "./level.ts";
import { Logger } from "./logger.ts";
import { LoggerAdapter } from "./logger_adapter.ts";
import { Manager } from "./_manager.ts";
import { RootLogger } from "./_root_logger.ts";

/** The root logger; its level is WARNING by default. */
export const root: Logger = new RootLogger(WARNING);

/** The manager of the program's loggers. */
export const manager: Manager = new Manager(root);

Logger.root = root;
Logger.manager = manager;
Logger.makeChild = (logger, extra) => new LoggerAdapter(logger, extra, { merge_extra: true });

/**
 * Returns the logger of that name, the same at each call; without a name, and for `"root"`, the
 * root.
 *
 * @example
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 *
 * console.assert(getLogger("a.b") === getLogger("a").getChild("b"));
 * console.assert(getLogger("a").parent === getLogger());
 * ```
 *
 * @throws {TypeError} if the name is neither a string nor absent
 */
export function getLogger(name?: string | null): Logger {
  if (name === undefined || name === null || name === "" || name === root.name) return root;
  return manager.getLogger(name);
}

/**
 * Turns off all logging of `level` and below, in all loggers; `disable(NOTSET)` turns it on again.
 *
 * @default {CRITICAL}
 */
export function disable(level: Level = CRITICAL): void {
  manager.disable = level;
}
