/**
 * Python's `logging.lastResort`: what becomes of records that no handler takes. A live binding, with
 * a setter because ES modules let nobody else assign it.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Handler } from "./handler.ts";
import { WARNING } from "./level.ts";
import { StderrHandler } from "./_stderr_handler.ts";

/** The handler for records that find none: the bare message to stderr, from WARNING upwards. */
export let lastResort: Handler | null = new StderrHandler(WARNING);

/** Sets {@linkcode lastResort}; with `null` one line tells, once, that there are no handlers. */
export function setLastResort(handler: Handler | null): void {
  lastResort = handler;
}
