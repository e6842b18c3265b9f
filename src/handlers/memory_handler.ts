/**
 * `./memory-handler`: `MemoryHandler` keeps records in memory and passes them to another handler,
 * its target, when enough of them have come or one of them is severe. After CPython's
 * `logging.handlers.MemoryHandler`.
 *
 * Choose it to log the details that led to an error, and no details where no error follows: with
 * `flushOnClose: false` the buffer of a job that went well is thrown away. `BufferingHandler` is
 * its base, for a subclass that does something else with the buffer.
 *
 * ## Options
 *
 * - `capacity` (the first argument): the number of records that makes the buffer full.
 * - `flushLevel` (`ERROR`): a record of this level or above passes the whole buffer on.
 * - `target`: the handler that gets the records; `setTarget()` sets it later.
 * - `flushOnClose` (`true`): `close()` passes on what is left; `false` throws it away.
 *
 * ## When there is no target
 *
 * At most 100,000 records (or `capacity`, if that is more) wait for a target. What comes then is
 * counted as `dropped`. A target that is slow or away has its own queue: the buffer is empty once
 * the records are passed on.
 *
 * ## When the program ends
 *
 * The buffer is passed on when the program returns, after `process.exit()` and `Deno.exit()`, and
 * after an uncaught error, as Python's `shutdown()` does, unless `flushOnClose` is `false`. The
 * target's page says what becomes of the records then. After a signal without a listener the
 * buffer is lost, which is not reported.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value, for an unknown option,
 *   and for a target that is no handler.
 * - An error that the target throws drops that record alone and goes to `handleError()`.
 *
 * Differs from CPython: `flush()` also waits for the target's own `flush()`; `close()` is final
 * and empties the buffer, as the Python documentation says.
 *
 * Browser compatible.
 *
 * @example Details before an error, and only then
 * ```ts
 * import { getLogger, StreamHandler } from "jsr:@logwire/logging";
 * import { MemoryHandler } from "jsr:@logwire/logging/memory-handler";
 *
 * const lines: string[] = [];
 * const target = new StreamHandler({ write: (text: string) => lines.push(text) });
 * await using handler = new MemoryHandler(1000, { target, flushOnClose: false });
 * const log = getLogger("app.memory");
 * log.setLevel("DEBUG");
 * log.addHandler(handler);
 *
 * log.debug("opened the drawer");
 * console.assert(lines.length === 0);
 * log.error("no ink");
 * console.assert(lines.join("") === "opened the drawer\nno ink\n");
 * ```
 *
 * @module
 */
import { checkBoolean, checkKnown, checkMethods } from "../logging/validate.ts";
import { type FlushOptions, type Handler, tellFault, watchFault } from "../logging/handler.ts";
import { ERROR, type Level } from "../logging/level.ts";
import { checkLevel } from "../logging/level_names.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { reportError } from "../logging/report_error.ts";
import type { ExitHooks } from "../net/connector.ts";
import { exitHooks } from "../net/exit_hooks.ts";
import { BufferingHandler } from "./buffering_handler.ts";

export { BufferingHandler } from "./buffering_handler.ts";

/** Options of {@linkcode MemoryHandler}. */
export interface MemoryHandlerOptions {
  /** The level from which on a record has all of them passed on. @default {ERROR} */
  flushLevel?: Level;
  /** The handler that gets the records; `null`: set later, by `setTarget()`. @default {null} */
  target?: Handler | null;
  /** `true`: `close()` passes on the records that are left; `false`: it drops them. @default {true} */
  flushOnClose?: boolean;
}

/** Passes records on in bursts; see the module's description. */
export class MemoryHandler extends BufferingHandler {
  /** The level from which on a record has all of them passed on. */
  flushLevel: number;
  /** The handler that gets the records. Its filters apply; its level does not, as in CPython. */
  target: Handler | null;
  /** Says whether `close()` passes on the records that are left. */
  flushOnClose: boolean;
  #isEmitting = false;
  readonly #exitHooks: ExitHooks = {
    beforeExit: () => Promise.resolve(),
    exit: () => {
      if (this.flushOnClose) void this.flush();
    },
  };
  readonly #forgetExit: () => void;

  /**
   * Holds back up to `capacity` records, an integer from 0.
   *
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(capacity: number, options: MemoryHandlerOptions = {}) {
    const what = "create MemoryHandler";
    checkKnown(what, options, ["flushLevel", "target", "flushOnClose"]);
    const { flushLevel = ERROR, target = null, flushOnClose = true } = options;
    checkTarget(what, target);
    checkBoolean(what, "flushOnClose", flushOnClose);
    const level = checkLevel(flushLevel);
    super(capacity);
    this.flushLevel = level;
    this.target = target;
    this.flushOnClose = flushOnClose;
    this.#forgetExit = exitHooks.add(this.#exitHooks, true, "passes on");
  }

  /** Says whether the buffer is full, or the record's level is `flushLevel` or above. */
  override shouldFlush(record: LogRecord): boolean {
    return super.shouldFlush(record) || record.levelno >= this.flushLevel;
  }

  /**
   * Sets the handler that gets the records; with `null` they stay in the buffer.
   *
   * @throws {TypeError} when it is no handler
   */
  setTarget(target: Handler | null): void {
    checkTarget("set the target", target);
    this.target = target;
  }

  /** Keeps the record, and passes all on where there is a reason to. Waits for no target. */
  override emit(record: LogRecord): void {
    const outer = this.#isEmitting;
    this.#isEmitting = true;
    try {
      super.emit(record);
    } finally {
      this.#isEmitting = outer;
    }
    if (exitHooks.isEnding) exitHooks.passOn();
  }

  /**
   * Passes the records on to the target, at once and if there is one; resolves when the target has
   * flushed too. Never rejects.
   */
  override async flush(options?: FlushOptions): Promise<void> {
    const { target } = this;
    if (target === null) return;
    // Taken out first: a target that logs may come here again, and nothing is passed on twice.
    for (const record of this.buffer.splice(0)) {
      try {
        watchFault(this, record, target.handle(record));
      } catch (error) {
        tellFault(this, record, error);
      }
    }
    if (this.#isEmitting) return;
    try {
      await target.flush(options);
    } catch (error) {
      reportError(null, error);
    }
  }

  /**
   * Flushes, unless `flushOnClose` is false, empties the buffer and releases the target, which it
   * does not close. Final: records emitted afterwards are counted as `dropped`.
   */
  override async close(): Promise<void> {
    try {
      const flushed = this.flushOnClose ? this.flush() : undefined;
      this.target = null;
      this.buffer.length = 0;
      await flushed;
    } catch (error) {
      reportError(null, error);
    }
    this.#forgetExit();
    await super.close();
  }
}

function checkTarget(what: string, target: Handler | null): void {
  if (target !== null) checkMethods(what, "target", target, ["handle", "flush"]);
}
