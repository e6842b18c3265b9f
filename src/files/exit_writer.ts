/**
 * Writes buffered records when the process ends: synchronously, by the exit hooks of Node and Bun,
 * and by those of Deno, where a program ends in more ways. A signal without a handler runs no
 * hooks.
 *
 * @module
 */
import process from "node:process";

/** Something with a buffer. Writing it out never throws. */
export interface Unwritten {
  /** Writes what is buffered; `checks` says that what was written is made sure of. */
  writeOut(checks: boolean): void;
}

/** The files that have something in their buffers, and the hooks that write it. */
class ExitWriter {
  readonly #unwritten = new Set<Unwritten>();
  #isInstalled = false;
  #isEnding = false;

  /** True while the process ends: a buffer would not be written any more. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Installs the hooks: once a record is logged at the end of the process it is too late. */
  install(): void {
    if (this.#isInstalled) return;
    this.#isInstalled = true;
    process.on("exit", this.#end);
    if (!("Deno" in globalThis)) return;
    // Deno.exit() is no "exit" for `process`, and an uncaught error is neither event. The program
    // may yet handle the error, so what is written then is not the last.
    globalThis.addEventListener("unload", this.#end);
    globalThis.addEventListener("error", this.#writeAll);
    globalThis.addEventListener("unhandledrejection", this.#writeAll);
  }

  /** Writes the buffer of `file` at exit, unless {@linkcode delete} is called before. */
  add(file: Unwritten): void {
    this.#unwritten.add(file);
  }

  /** The buffer of `file` is empty. */
  delete(file: Unwritten): void {
    this.#unwritten.delete(file);
  }

  readonly #end = (): void => {
    this.#isEnding = true;
    this.#writeAll();
  };

  readonly #writeAll = (): void => {
    for (const file of this.#unwritten) file.writeOut(true);
  };
}

/** The one of this process. */
export const exitWriter: ExitWriter = new ExitWriter();
