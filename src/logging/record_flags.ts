/**
 * Python's `logging.logThreads` and its siblings: which attributes records carry, else `null`.
 * Live bindings with setters.
 *
 * Browser compatible.
 *
 * @module
 */

/** Whether records carry `thread` and `threadName`. */
export let logThreads: boolean = true;
/** Whether records carry `process`. */
export let logProcesses: boolean = true;
/** Whether records carry `processName`. */
export let logMultiprocessing: boolean = true;
/** Whether records carry `taskName`; JS has no named tasks, so it is `null` either way. */
export let logAsyncioTasks: boolean = true;

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

/** Sets {@linkcode logAsyncioTasks}. */
export function setLogAsyncioTasks(value: boolean): void {
  logAsyncioTasks = value;
}
