/**
 * Python's `logging.raiseExceptions`: whether faults of logging itself are shown. A live binding,
 * with a setter because ES modules let nobody else assign it.
 *
 * Browser compatible.
 *
 * @module
 */

/** Whether errors that arise inside logging are printed to stderr. */
export let raiseExceptions: boolean = true;

/** Sets {@linkcode raiseExceptions}; `false` is for programs whose stderr must stay silent. */
export function setRaiseExceptions(value: boolean): void {
  raiseExceptions = value;
}
