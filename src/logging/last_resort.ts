/**
 * Python's `logging.lastResort`: the handler for records that no other handler gets. A live binding
 * with a function that sets it, because no other module may assign to it.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Handler } from "./handler.ts";
import { WARNING } from "./level.ts";
import { StderrHandler } from "./_stderr_handler.ts";

/** The handler of last resort: prints the message alone to stderr, for WARNING and above. */
export let lastResort: Handler | null = new StderrHandler(WARNING);

/** Sets {@linkcode lastResort}; with `null` one line says, once, that there are no handlers. */
export function setLastResort(handler: Handler | null): void {
  lastResort = handler;
}
