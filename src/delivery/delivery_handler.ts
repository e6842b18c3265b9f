/**
 * What every handler that delivers has in common, over whatever it does: one {@linkcode Delivery},
 * its account and CPython's back-off. What is sent, and where, is its subclasses' to say.
 *
 * Browser compatible.
 *
 * @module
 */
import { checkNumber } from "../logging/validate.ts";
import { callBack } from "../logging/callback.ts";
import { Handler, tellFault } from "../logging/handler.ts";
import { emptyRecord } from "../logging/log_record_factory.ts";
import type { WaitOptions } from "../net/connector.ts";
import type { Delivery, DeliverySettings } from "./delivery.ts";
import { type DeliveryEvent, type DeliveryStats, printEvents } from "./delivery_event.ts";
import {
  checkDeliveryOptions,
  type CheckedDeliveryOptions,
  type DeliveryOptions,
} from "./delivery_options.ts";
import { LinkDelivery } from "./_link_delivery.ts";
import { PerFlushDelivery } from "./_per_flush_delivery.ts";

/** How a handler delivers: what its subclass says. */
type Way = Pick<DeliverySettings, "open" | "exitNotifier" | "batch">;

const makers = new WeakMap<DeliveryHandler, (way: Way) => Delivery>();
const deliveries = new WeakMap<DeliveryHandler, Delivery>();

/** The delivery of a handler: for the classes of this folder, whose `emit()` writes to it. */
export function deliveryOf(handler: DeliveryHandler): Delivery {
  return deliveries.get(handler)!;
}

/** Makes the delivery of a handler that is being constructed: for the classes of this folder. */
export function deliver(handler: DeliveryHandler, way: Way): Delivery {
  const delivery = makers.get(handler)!(way);
  deliveries.set(handler, delivery);
  return delivery;
}

/** A handler that encodes records at once and delivers them while the program goes on. */
export abstract class DeliveryHandler extends Handler {
  #delivery!: Delivery;
  readonly #options: CheckedDeliveryOptions;
  readonly #onEvent: (event: DeliveryEvent) => void;

  /**
   * Opens nothing. A handler of your own extends one that says where records go, as
   * {@linkcode SocketHandler} does.
   *
   * @param name what lines on stderr call this handler
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(name: string, options: DeliveryOptions) {
    const checked = checkDeliveryOptions(`create ${name}`, options);
    super();
    this.#options = checked;
    this.#onEvent = options.onEvent ?? printEvents(name, checked.clock);
    makers.set(this, (way) => this.#delivery = this.#makeDelivery(way));
  }

  #makeDelivery(way: Way): Delivery {
    const onFault = (error: unknown, record = this.#delivery.latest ?? emptyRecord()) =>
      tellFault(this, record, error);
    const settings: DeliverySettings = {
      ...this.#options,
      ...way,
      onEvent: (event) => callBack(() => this.#onEvent(event), onFault),
      onFault,
    };
    return this.#options.connection === "per-flush"
      ? new PerFlushDelivery(settings)
      : new LinkDelivery(settings);
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

  /**
   * Resolves when everything emitted before is written or dropped. In `queue` mode that may take
   * as long as the server is away: give a `signal`. With `connection: "per-flush"` it connects for
   * that, and where it cannot, or may not yet again, resolves with the records still queued. Never
   * rejects.
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
}
