// deno-lint-ignore-file no-console -- a tool prints
/**
 * Prints how far a tool is: a line when a step ends, and a line for each step that is running
 * whenever nothing was printed for a while. Plain lines, on a terminal and in a pipe alike.
 */
import { stripVTControlCharacters } from "node:util";

/** After a longer silence a reader takes a program for hung. */
const EVERY_MS = 10_000;

/** Text that a step printed, below its line: without colours, and each line behind a bar. */
export function quoted(text) {
  return stripVTControlCharacters(text).replace(/^/gm, "    | ");
}

/** The steps of one run. */
export class Progress {
  #running = new Set();
  #print;
  #everyMs;
  #timer;

  /** `print` takes a line; `everyMs` is the longest time without one while a step runs. */
  constructor({ print = console.log, everyMs = EVERY_MS } = {}) {
    this.#print = print;
    this.#everyMs = everyMs;
  }

  /**
   * Begins a step. `detail()` returns how far it has come, for the lines while it runs. Returns the
   * function that ends the step and prints its last line: `end({ ok, output, shown })`. `output` is
   * printed below that line, and `shown` stands in the place of `name`.
   */
  begin(name, detail = () => "") {
    const step = { name, detail, started: performance.now() };
    this.#running.add(step);
    this.#timer ??= this.#startTimer();
    return ({ ok, output = "", shown = name }) => {
      this.#running.delete(step);
      this.#printStep(ok ? "ok" : "FAIL", step, shown);
      if (output !== "") this.#print(quoted(output));
      clearTimeout(this.#timer);
      this.#timer = this.#running.size > 0 ? this.#startTimer() : undefined;
    };
  }

  #printStep(state, { started }, text) {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    this.#print(`${state.padEnd(4)} ${seconds} s  ${text}`);
  }

  /** Early by a tenth, as timers are late on a busy machine. */
  #startTimer() {
    return setTimeout(() => {
      for (const step of this.#running) {
        const detail = step.detail();
        this.#printStep("...", step, detail === "" ? step.name : `${step.name}: ${detail}`);
      }
      this.#timer = this.#startTimer();
    }, 0.9 * this.#everyMs);
  }
}
