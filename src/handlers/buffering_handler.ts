/**
 * Keeps records in memory until there is a reason to pass them on. After CPython's
 * `BufferingHandler`. Differs: the buffer is bounded even where nothing ever empties it, and
 * `close()` is final.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkInteger } from "../logging/validate.ts";
import { atOnce } from "../logging/callback.ts";
import { type FlushOptions, Handler, tellFault, watchFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";

/**
 * The most records of a buffer that is never emptied, unless its capacity is more: some tens of
 * megabytes. CPython keeps them all, until there is no memory left.
 */
const MAX_BUFFERED = 100_000;

/**
 * Keeps records and calls `flush()` when `shouldFlush()` says so. A subclass overrides these; this
 * `flush()` throws the records away.
 *
 * @example
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { BufferingHandler } from "jsr:@logwire/logging/memory-handler";
 *
 * const digests: string[] = [];
 * class DigestHandler extends BufferingHandler {
 *   override flush(): Promise<void> {
 *     digests.push(this.buffer.map((record) => this.format(record)).join("; "));
 *     return super.flush();
 *   }
 * }
 *
 * const log = getLogger("app.digest");
 * log.addHandler(new DigestHandler(2));
 * log.warning("low on ink");
 * log.warning("out of ink");
 * console.assert(digests[0] === "low on ink; out of ink");
 * ```
 */
export class BufferingHandler extends Handler {
  /** The number of records at which `shouldFlush()` returns true. */
  capacity: number;
  /** The records that are held back, oldest first. */
  readonly buffer: LogRecord[] = [];
  #dropped = 0;
  #isClosed = false;

  /**
   * Holds back up to `capacity` records, an integer from 0; 0 and 1 hold back nothing.
   *
   * @throws {TypeError | RangeError} when it is none
   */
  constructor(capacity: number) {
    checkInteger("create a buffering handler", "capacity", capacity, 0);
    super();
    this.capacity = capacity;
  }

  /**
   * Records that were lost: emitted after `close()`, or found more than 100,000 (and than
   * `capacity`) before them that nothing had emptied.
   */
  get dropped(): number {
    return this.#dropped;
  }

  /** Says whether the buffer is full. Override it for another rule. */
  shouldFlush(_record: LogRecord): boolean {
    return this.buffer.length >= this.capacity;
  }

  /** Keeps the record and, if `shouldFlush()` says so, calls `flush()`. */
  override emit(record: LogRecord): void {
    if (this.#isClosed) return void this.#dropped++;
    this.buffer.push(record);
    try {
      if (atOnce(this.shouldFlush(record), "shouldFlush()")) {
        watchFault(this, record, this.flush());
      }
    } catch (error) {
      tellFault(this, record, error);
    }
    this.#bound(record);
  }

  /** Drops the newest: the oldest records are more likely to say what began a failure. */
  #bound(record: LogRecord): void {
    const most = Math.max(this.capacity, MAX_BUFFERED);
    if (this.buffer.length <= most) return;
    this.buffer.pop();
    // Once: a report for each would cost more than the record.
    if (this.#dropped++ > 0) return;
    const why = `${this.constructor.name} holds ${most} records that nothing empties`;
    tellFault(this, record, new RangeError(why));
  }

  /** Empties the buffer, at once. Never rejects. */
  override flush(_options?: FlushOptions): Promise<void> {
    this.buffer.length = 0;
    return Promise.resolve();
  }

  /** Flushes. Final: records emitted afterwards are counted as `dropped`. */
  override close(): Promise<void> {
    this.#isClosed = true;
    return super.close();
  }
}
