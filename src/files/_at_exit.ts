/**
 * What a process still has to write when it ends: files with records in their buffers, written
 * synchronously by the exit hooks of Node and Bun, and by Deno's, which end a program in more ways.
 * A signal that nobody handles runs no hooks.
 *
 * @module
 */
import process from "node:process";

/** Something with a buffer. Writing it out never throws. */
export interface Unwritten {
  /** Writes what is buffered. */
  writeOut(): void;
}

const waiting = new Set<Unwritten>();
let installed = false;

/** Whether the process is ending, so that nothing may wait any more. */
export let isEnding = false;

/** Has this written out at exit, unless it is {@linkcode written} before. */
export function unwritten(file: Unwritten): void {
  waiting.add(file);
}

/** Listens for the end of the process: a record that is logged while it ends would come too late. */
export function watchExit(): void {
  if (installed) return;
  installed = true;
  process.on("exit", end);
  if (!("Deno" in globalThis)) return;
  // Deno.exit() is no "exit" for `process`, and an error that nobody caught is neither event; as it
  // may yet be handled, what is written then is not the last.
  globalThis.addEventListener("unload", end);
  globalThis.addEventListener("error", writeAll);
  globalThis.addEventListener("unhandledrejection", writeAll);
}

/** Nothing of this is left to write. */
export function written(file: Unwritten): void {
  waiting.delete(file);
}

function end(): void {
  isEnding = true;
  writeAll();
}

function writeAll(): void {
  for (const file of waiting) file.writeOut();
}
