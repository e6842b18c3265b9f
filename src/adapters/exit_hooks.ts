/**
 * The exit hooks of one adapter: many handlers, one listener on the process.
 *
 * Browser compatible.
 *
 * @module
 */
import type { ExitHooks } from "../net/connector.ts";

/** Registered hooks, and the process listeners that exist while there are any. */
export class ExitHookSet {
  readonly #install: (hooks: ExitHookSet) => () => void;
  readonly #entries = new Set<{ hooks: ExitHooks }>();
  #uninstall: (() => void) | undefined;
  #ran = false;

  /** `install` listens on the process and returns what takes the listeners off again. */
  constructor(install: (hooks: ExitHookSet) => () => void) {
    this.#install = install;
  }

  /** Registers; the result takes the hooks off again. */
  add(hooks: ExitHooks): () => void {
    const entry = { hooks };
    this.#entries.add(entry);
    this.#uninstall ??= this.#install(this);
    return () => {
      this.#entries.delete(entry);
      if (this.#entries.size > 0) return;
      this.#uninstall?.();
      this.#uninstall = undefined;
    };
  }

  /**
   * The event loop is empty. Runs the hooks and holds the process open until they have settled,
   * since what they wait for may be `unref`ed; `false` when they ran just before, so that it ends.
   */
  beforeExit(): boolean {
    this.#ran = !this.#ran;
    if (!this.#ran) return false;
    const hold = setInterval(() => {}, 2 ** 30);
    const runs = [...this.#entries].map(async ({ hooks }) => await hooks.beforeExit());
    Promise.allSettled(runs).then(() => clearInterval(hold));
    return true;
  }

  /** The process ends now, or may. */
  exit(mayGoOn = false): void {
    for (const { hooks } of [...this.#entries]) {
      try {
        hooks.exit(mayGoOn);
      } catch {
        // Nobody is left to tell, and the other hooks have records to write.
      }
    }
  }
}

interface ProcessShape {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** The exit hooks of a runtime whose `process` emits `beforeExit` and `exit`: Node and Bun. */
export function processExitHooks(): ExitHookSet {
  return new ExitHookSet((hooks) => {
    const { process } = globalThis as unknown as { process: ProcessShape };
    const beforeExit = () => void hooks.beforeExit();
    const exit = () => hooks.exit();
    process.on("beforeExit", beforeExit);
    process.on("exit", exit);
    return () => {
      process.off("beforeExit", beforeExit);
      process.off("exit", exit);
    };
  });
}
