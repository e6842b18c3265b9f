/**
 * What every handler over a link has in common: CPython's template of small overridable methods on
 * one {@linkcode Delivery}. What it sends is its subclasses' to say, in `emit()`.
 *
 * Browser compatible.
 *
 * @module
 */
import type { StreamFraming } from "../core/framing.ts";
import { checkNumber } from "../core/options.ts";
import { Handler, tellFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import type {
  DatagramSocket,
  ExitNotifier,
  StreamConnection,
  WaitOptions,
} from "../net/connector.ts";
import { Delivery } from "./delivery.ts";
import { type DeliveryEvent, type DeliveryStats, printEvents } from "./delivery_event.ts";
import { checkDeliveryOptions, type DeliveryOptions } from "./delivery_options.ts";
import { toOutlet } from "./outlet.ts";

const deliveries = new WeakMap<DeliveryHandler, Delivery>();

/** The delivery of a handler: for the classes of this folder, whose `emit()` writes to it. */
export function deliveryOf(handler: DeliveryHandler): Delivery {
  return deliveries.get(handler)!;
}

/** A handler that encodes records at once and delivers them over a link that it keeps open. */
export abstract class DeliveryHandler extends Handler {
  /** As CPython: an error in `emit()` closes the connection instead of being reported. */
  closeOnError = false;
  readonly #delivery: Delivery;
  readonly #onEvent: (event: DeliveryEvent) => void;

  /**
   * Opens nothing.
   *
   * @param name what lines on stderr call this handler
   * @param exitNotifier what tells that the process ends, so that the last records are written
   * @param framing what marks messages off on a stream, and not as datagrams; without it `send()`
   * is given whole frames
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(
    name: string,
    exitNotifier: ExitNotifier,
    options: DeliveryOptions,
    framing?: StreamFraming,
  ) {
    const checked = checkDeliveryOptions(`create ${name}`, options);
    super();
    this.#onEvent = options.onEvent ?? printEvents(name, checked.clock);
    this.#delivery = new Delivery({
      ...checked,
      exitNotifier,
      open: async (signal) => {
        const outlet = toOutlet(await this.makeSocket({ signal }), framing);
        outlet.unref();
        return outlet;
      },
      onEvent: (event) => this.#hear(event),
      onFault: (error, record) => this.#report(error, record),
    });
    deliveries.set(this, this.#delivery);
  }

  /**
   * Seconds to wait after the first failed dial, from 0; a timer waits a tenth of a second at least.
   *
   * @default {1}
   */
  get retryStart(): number {
    return this.#delivery.backoff.retryStart;
  }
  set retryStart(seconds: number) {
    this.#delivery.backoff.retryStart = checkNumber("set the back-off", "retryStart", seconds, 0);
  }

  /** What each further failure multiplies the wait by, from 0. @default {2} */
  get retryFactor(): number {
    return this.#delivery.backoff.retryFactor;
  }
  set retryFactor(factor: number) {
    this.#delivery.backoff.retryFactor = checkNumber("set the back-off", "retryFactor", factor, 0);
  }

  /** The longest wait between dials, in seconds, from 0. @default {30} */
  get retryMax(): number {
    return this.#delivery.backoff.retryMax;
  }
  set retryMax(seconds: number) {
    this.#delivery.backoff.retryMax = checkNumber("set the back-off", "retryMax", seconds, 0);
  }

  /** When the next dial is allowed, in seconds since the epoch; `null`: at once. */
  get retryTime(): number | null {
    return this.#delivery.backoff.retryTime;
  }
  set retryTime(seconds: number | null) {
    this.#delivery.backoff.retryTime = seconds === null
      ? null
      : checkNumber("set the back-off", "retryTime", seconds);
  }

  /** The last wait between dials, in seconds; 0 before the first failure. */
  get retryPeriod(): number {
    return this.#delivery.backoff.retryPeriod;
  }
  set retryPeriod(seconds: number) {
    this.#delivery.backoff.retryPeriod = checkNumber("set the back-off", "retryPeriod", seconds, 0);
  }

  /** The account of this moment: `emitted === sent + queued + droppedTotal`. */
  get stats(): DeliveryStats {
    return this.#delivery.stats;
  }

  /** Opens a connection: one dial. Override it to connect in a way of your own. */
  abstract makeSocket(options?: WaitOptions): Promise<StreamConnection | DatagramSocket>;

  /** Dials if there is no connection and the back-off allows it; never waits. */
  createSocket(): void {
    this.#delivery.want();
  }

  /** Hands one frame to the link: it is written soon, held, or dropped and counted. */
  send(frame: Uint8Array): void {
    if (!(frame instanceof Uint8Array)) throw new TypeError("a frame must be a Uint8Array");
    this.createSocket();
    this.#delivery.enqueue(frame);
  }

  /** As `Handler.handleError`; with `closeOnError` it closes the connection and says nothing. */
  override handleError(record: LogRecord, error: unknown): void {
    if (this.closeOnError && this.#delivery.state === "open") this.#delivery.disconnect();
    else super.handleError(record, error);
  }

  /**
   * Resolves when everything emitted before is written or dropped. In `queue` mode that may take
   * as long as the server is away: give a `signal`. Never rejects.
   */
  override flush(options?: WaitOptions): Promise<void> {
    return this.#delivery.flush(options);
  }

  /**
   * Flushes, half-closes, awaits the peer's end, within `closeTimeoutMs`. Without a connection it
   * dials once more. Final: what is emitted afterwards is counted as `dropped.closed`.
   */
  override async close(): Promise<void> {
    await this.#delivery.close();
    await super.close();
  }

  #hear(event: DeliveryEvent): void {
    try {
      this.#onEvent(event);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown, record = this.#delivery.latest): void {
    tellFault(this, record ?? makeLogRecord({}), error);
  }
}
