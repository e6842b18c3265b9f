/**
 * A configuration that was read and found valid, and how it takes effect: after `_install_loggers`
 * and `_handle_existing_loggers` of CPython's `logging.config`.
 *
 * Browser compatible.
 *
 * @module
 */
import { closeInBackground } from "../logging/shutdown.ts";
import type { FilterLike } from "../logging/filter.ts";
import { getLogger, manager, root } from "../logging/get_logger.ts";
import { clearHandlerNames, type Handler, handlersNewestFirst } from "../logging/handler.ts";
import { NOTSET } from "../logging/level.ts";
import { Logger } from "../logging/logger.ts";
import type { ObjectBuilder } from "./_object_builder.ts";

/** The settings of one logger; `undefined` leaves a setting as it is. */
export interface Settings {
  readonly level: number | undefined;
  readonly propagate: boolean | undefined;
  readonly handlers: readonly Handler[];
  readonly filters: readonly FilterLike[];
}

/** A whole configuration, read and found valid. */
export interface Plan {
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly loggers: ReadonlyMap<string, Settings>;
  readonly root: Settings | undefined;
}

/** Makes a plan; if that fails, the handlers that were made are closed. */
export function planBy(builder: ObjectBuilder, make: () => Plan): Plan {
  try {
    return make();
  } catch (error) {
    for (const handler of builder.begun) closeInBackground(handler);
    throw error;
  }
}

/** The handlers that the last configuration made: some are known to other handlers only. */
let installed: readonly Handler[] = [];

/** Puts a plan into effect, in CPython's order. Nothing in here can fail. */
export function install(plan: Plan, disablesOthers: boolean): void {
  const before = new Set([...installed, ...attachedHandlers(() => true)]);
  const others = [...manager.loggerDict.keys()].filter((name) => !plan.loggers.has(name));
  for (const [name, settings] of plan.loggers) {
    const logger = getLogger(name);
    apply(logger, settings);
    logger.disabled = false;
    if (settings.propagate !== undefined) logger.propagate = settings.propagate;
  }
  for (const name of others) leave(name, plan.loggers, disablesOthers);
  if (plan.root !== undefined) apply(root, plan.root);

  installed = [...plan.handlers.values()];
  const inUse = new Set([...installed, ...attachedHandlers((logger) => !logger.disabled)]);
  // Last created first, as in `shutdown()`: a handler that passes records on closes before its
  // target.
  for (const handler of handlersNewestFirst()) {
    if (before.has(handler) && !inUse.has(handler)) closeInBackground(handler);
  }
  clearHandlerNames();
  for (const [name, handler] of plan.handlers) handler.name = name;
}

function apply(logger: Logger, settings: Settings): void {
  if (settings.level !== undefined) logger.setLevel(settings.level);
  logger.handlers.length = 0;
  for (const handler of settings.handlers) logger.addHandler(handler);
  for (const filter of settings.filters) logger.addFilter(filter);
}

/** After CPython's `_handle_existing_loggers`: a logger below a configured one is reset. */
function leave(name: string, configured: ReadonlyMap<string, unknown>, disables: boolean): void {
  const logger = manager.loggerDict.get(name);
  if (!(logger instanceof Logger)) return;
  if (!isBelow(name, configured)) {
    logger.disabled = disables;
    return;
  }
  logger.setLevel(NOTSET);
  logger.handlers.length = 0;
  logger.propagate = true;
}

function isBelow(name: string, configured: ReadonlyMap<string, unknown>): boolean {
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    if (configured.has(name.slice(0, dot))) return true;
  }
  return false;
}

/** The handlers of the root and of the loggers that `isMeant` selects. */
function attachedHandlers(isMeant: (logger: Logger) => boolean): Handler[] {
  const loggers = [...manager.loggerDict.values()].filter((item) => item instanceof Logger);
  return [root, ...loggers.filter(isMeant)].flatMap(({ handlers }) => handlers);
}
