/**
 * Python's `logging.logThreads` and similar flags: an attribute whose flag is off is `null`. Live
 * bindings, each with a function that sets it, because no other module may assign to them. There is
 * no `logAsyncioTasks`: JavaScript has no named tasks, so `taskName` is always `null`.
 *
 * Browser compatible.
 *
 * @module
 */

/** If true, records carry `thread` and `threadName`. */
export let logThreads: boolean = true;
/** If true, records carry `process`. */
export let logProcesses: boolean = true;
/** If true, records carry `processName`. */
export let logMultiprocessing: boolean = true;

/** Sets {@linkcode logThreads}. */
export function setLogThreads(value: boolean): void {
  logThreads = value;
}

/** Sets {@linkcode logProcesses}. */
export function setLogProcesses(value: boolean): void {
  logProcesses = value;
}

/** Sets {@linkcode logMultiprocessing}. */
export function setLogMultiprocessing(value: boolean): void {
  logMultiprocessing = value;
}
