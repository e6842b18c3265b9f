/**
 * Python's `logging.raiseExceptions`: it decides if faults of logging itself are printed. A live
 * binding with a function that sets it, because no other module may assign to it.
 *
 * Browser compatible.
 *
 * @module
 */

/** If true, errors inside logging are printed to stderr. */
export let raiseExceptions: boolean = true;

/** Sets {@linkcode raiseExceptions}; `false` is for programs whose stderr must stay silent. */
export function setRaiseExceptions(value: boolean): void {
  raiseExceptions = value;
}
