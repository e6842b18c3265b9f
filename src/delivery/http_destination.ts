/**
 * Remembers about a web server, beyond a single request, in which form and size it takes requests, for
 * how long it has refused everything, how many refusals were reported, and the idempotency keys.
 *
 * Browser compatible: time and randomness are given.
 *
 * @module
 */
import type { Clock } from "../net/connector.ts";

/** Refusals that are reported in a minute at most: enough to see what is wrong, and no flood. */
const MAX_REPORTS = 10;
const REPORT_SECONDS = 60;

/**
 * Requests are made smaller in advance down to this size, below the limit of every common server. It
 * is not lower, because one large record would make all later requests small.
 */
const LEAST_BYTES = 65536;

/**
 * Each answer allows the next requests so many bytes more behind one that took too long: on a slow line
 * one request in some thirty takes too long, and after a pause of the server sizes are soon as before.
 */
const MORE_BYTES = 8192;

/** The state of one destination; the requests of a handler share it. */
export class HttpDestination {
  /** Says whether it has refused a compressed request: from then on none is compressed. */
  isPlain = false;
  /** The most bytes of a request that is not too large, and of one that is answered in time. */
  #takenBytes = Infinity;
  #timelyBytes = Infinity;
  readonly #clock: Clock;
  readonly #randomId: () => string;
  #keyPrefix: string | undefined;
  #id: string | undefined;
  /** Seconds for which it has answered that it takes nothing, without another answer in between. */
  #refusedSeconds = 0;
  #refusedAt: number | undefined;
  #reports = 0;
  #reportsSince = -Infinity;
  #unreported = 0;

  constructor(clock: Clock, randomId: () => string) {
    this.#clock = clock;
    this.#randomId = randomId;
  }

  /** The most bytes of a request with more than one record, as far as its answers say. */
  get mostBytes(): number {
    return Math.min(this.#takenBytes, this.#timelyBytes);
  }

  /** Names the handler to its server: random, and the same for each request. */
  get id(): string {
    return this.#id ??= this.#randomId();
  }

  /**
   * The value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header: a quoted string) for
   * the batch of this name. Random from the first request on: workers have no randomness before.
   */
  keyOf(batch: number | string): string {
    this.#keyPrefix ??= this.#randomId();
    return `"${this.#keyPrefix}-${batch}"`;
  }

  /** It takes no compressed requests. The next ones are others, so they get other keys. */
  refusedCompression(): void {
    this.isPlain = true;
    this.#keyPrefix = undefined;
  }

  /** A request of so many bytes is too large: no further one is sent that would have to be split. */
  refusedSize(bytes: number): void {
    this.#takenBytes = Math.min(this.#takenBytes, halfOf(bytes));
  }

  /** A request of so many bytes and more than one record took too long: the line may be slow. */
  tookTooLong(bytes: number): void {
    this.#timelyBytes = Math.min(this.#timelyBytes, halfOf(bytes));
  }

  /** It takes records, or has judged one. */
  answered(): void {
    this.#timelyBytes += MORE_BYTES;
    this.#refusedSeconds = 0;
    this.#refusedAt = undefined;
  }

  /** No answer, or one that says "later": that time does not count. */
  wasAway(): void {
    this.#refusedAt = undefined;
  }

  /** It has answered that it takes nothing; for how many seconds it has done so. */
  refusedAll(): number {
    const now = this.#clock.now();
    // If the clock is set back, the time between two requests does not count.
    this.#refusedSeconds += Math.max(now - (this.#refusedAt ?? now), 0);
    this.#refusedAt = now;
    return this.#refusedSeconds;
  }

  /** The text to report a refusal with; `undefined` where there were enough of late. */
  report(text: string): string | undefined {
    const elapsed = this.#clock.now() - this.#reportsSince;
    if (elapsed >= REPORT_SECONDS || elapsed < 0) {
      this.#reportsSince = this.#clock.now();
      this.#reports = 0;
    }
    if (++this.#reports > MAX_REPORTS) {
      this.#unreported++;
      return undefined;
    }
    const others = this.#unreported;
    this.#unreported = 0;
    return others === 0 ? text : `${text} (${others} refusals before were not reported)`;
  }
}

function halfOf(bytes: number): number {
  return Math.max(bytes >> 1, LEAST_BYTES);
}
