/**
 * The end of the process, where there is one: many hooks, one listener of each kind on the runtime.
 *
 * Browser compatible: reads `globalThis`, and never runs a hook where nothing there ends.
 *
 * @module
 */
import type { ExitHooks, ExitNotifier } from "./connector.ts";

/** The order of hooks: queues pass their records on, handlers write them, queues count the rest. */
export type ExitOrder = "passes on" | "writes" | "counts";

const ORDER: readonly ExitOrder[] = ["passes on", "writes", "counts"];

interface Entry {
  readonly order: ExitOrder;
  /** The hooks; `undefined` once they were collected. */
  deref(): ExitHooks | undefined;
}

/** Registered hooks, and the listeners on the runtime that exist while there are any. */
export class ExitHookSet {
  /** True once the process ends for certain, so that nothing may wait any more. */
  isEnding = false;
  readonly #install: (hooks: ExitHookSet) => () => void;
  readonly #entries = new Set<Entry>();
  #collected: FinalizationRegistry<Entry> | undefined;
  #uninstall: (() => void) | undefined;
  /** How often in a row, up to three times, the event loop was found empty. */
  #step = 0;

  /** `install` listens on the runtime and returns what takes the listeners off again. */
  constructor(install: (hooks: ExitHookSet) => () => void) {
    this.#install = install;
  }

  /** How many hooks are registered. */
  get size(): number {
    return this.#entries.size;
  }

  /** Registers, weakly if that is wanted; the result takes the hooks off again. */
  add(hooks: ExitHooks, isWeak: boolean = false, order: ExitOrder = "writes"): () => void {
    // Old workers have neither these nor a process that ends.
    if (isWeak && typeof FinalizationRegistry === "undefined") return () => {};
    const entry = isWeak ? weakly(hooks, order) : strongly(hooks, order);
    this.#entries.add(entry);
    if (isWeak) {
      this.#collected ??= new FinalizationRegistry((entry) => this.#remove(entry));
      this.#collected.register(hooks, entry);
    }
    this.#uninstall ??= this.#install(this);
    return () => this.#remove(entry);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    if (this.#entries.size > 0) return;
    this.#uninstall?.();
    this.#uninstall = undefined;
  }

  /** Sorted; of one order the youngest comes first, as it may pass records on to older ones. */
  #hooks(orders: readonly ExitOrder[] = ORDER): ExitHooks[] {
    const youngestFirst = [...this.#entries].reverse();
    return orders.flatMap((order) => youngestFirst.filter((entry) => entry.order === order))
      .map((entry) => entry.deref()).filter((hooks) => hooks !== undefined);
  }

  /**
   * The event loop is empty. The first time, this runs the hooks and holds the process open until they
   * have settled, since they may wait for something `unref`ed. The second time, the process may end. The
   * third time in a row, some listener logs or waits whenever the loop is empty: the hooks must begin
   * nothing more. Returns true if the process must not end yet.
   */
  beforeExit(): boolean {
    this.#step = this.#step % 3 + 1;
    if (this.#step === 2) return false;
    const isRepeated = this.#step === 3;
    const runs = this.#hooks().map(async (hooks) => await hooks.beforeExit(isRepeated));
    const hold = isRepeated ? undefined : setInterval(() => {}, 2 ** 30);
    Promise.allSettled(runs).then(() => clearInterval(hold));
    return !isRepeated;
  }

  /** The process ends now, or (`mayGoOn`) may end. */
  exit(mayGoOn: boolean = false): void {
    this.isEnding ||= !mayGoOn;
    run(this.#hooks(), mayGoOn);
  }

  /** Makes queues pass on the records that were put in while the process ends. */
  passOn(): void {
    run(this.#hooks(["passes on"]), false);
  }
}

function run(all: readonly ExitHooks[], mayGoOn: boolean): void {
  for (const hooks of all) {
    try {
      hooks.exit(mayGoOn);
    } catch {
      // The other hooks have records to write.
    }
  }
}

// Two functions, as closures of one scope keep alive what any one of them uses.

function strongly(hooks: ExitHooks, order: ExitOrder): Entry {
  return { order, deref: () => hooks };
}

function weakly(hooks: ExitHooks, order: ExitOrder): Entry {
  const reference = new WeakRef(hooks);
  return { order, deref: () => reference.deref() };
}

interface Host {
  Deno?: object;
  process?: {
    on?(event: string, listener: () => void): unknown;
    off(event: string, listener: () => void): unknown;
  };
}

/** Deno's own events: its `process` emits no `exit` at `Deno.exit()` or at an uncaught error. */
function listenOnDeno(hooks: ExitHookSet): () => void {
  const mayExit = (event: Event) => {
    if (!event.defaultPrevented) hooks.exit(true);
  };
  const events: [string, (event: Event) => void][] = [
    // Deno asks again whenever the loop is empty; preventing the default goes on.
    ["beforeunload", (event) => void (hooks.beforeExit() && event.preventDefault())],
    ["unload", () => hooks.exit()],
    // An uncaught error ends the program without `unload`.
    ["error", mayExit],
    ["unhandledrejection", mayExit],
  ];
  for (const [name, listener] of events) globalThis.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of events) globalThis.removeEventListener(name, listener);
  };
}

function listen(hooks: ExitHookSet): () => void {
  const { Deno, process } = globalThis as Host;
  if (Deno !== undefined) return listenOnDeno(hooks);
  if (typeof process?.on !== "function") return () => {};
  const beforeExit = () => void hooks.beforeExit();
  const exit = () => hooks.exit();
  process.on("beforeExit", beforeExit);
  process.on("exit", exit);
  return () => {
    process.off("beforeExit", beforeExit);
    process.off("exit", exit);
  };
}

/** The hooks of this process. */
export const exitHooks: ExitHookSet = /* @__PURE__ */ new ExitHookSet(listen);

/** Reports to handlers that the process ends, as the `connector` of Deno, Bun and Node also does. */
export const exitNotifier: Required<ExitNotifier> = {
  atExit: (hooks, isWeak) => exitHooks.add(hooks, isWeak),
};
