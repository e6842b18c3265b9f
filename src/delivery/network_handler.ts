/**
 * `NetworkHandler`: the base of every handler that sends records over a network, this package's own and
 * a program's. It has the queue, the account, CPython's back-off and the probation of young
 * connections; a subclass opens a connection that batches of records are written to.
 *
 * Browser compatible.
 *
 * @example Send the text of records with a protocol of your own, in which the server acknowledges
 * ```ts
 * import { type Batch, type BatchWriter, getLogger, NetworkHandler } from "jsr:@logwire/logging";
 *
 * const arrived: string[] = [];
 *
 * class ArrayWriter implements BatchWriter {
 *   readonly acknowledges = true;
 *   onSettled?: (batch: Batch) => void;
 *   readonly closed: Promise<undefined>;
 *   #end = () => {};
 *
 *   constructor() {
 *     this.closed = new Promise((resolve) => this.#end = () => resolve(undefined));
 *   }
 *   write(batch: Batch): undefined {
 *     let at = 0;
 *     for (const length of batch.lengths) {
 *       arrived.push(new TextDecoder().decode(batch.bytes.subarray(at, at += length)));
 *     }
 *     setTimeout(() => this.onSettled?.(batch));
 *   }
 *   close(): Promise<void> {
 *     return Promise.resolve(this.#end());
 *   }
 * }
 *
 * class ArrayHandler extends NetworkHandler {
 *   protected override openWriter(): Promise<BatchWriter> {
 *     return Promise.resolve(new ArrayWriter());
 *   }
 * }
 *
 * await using handler = new ArrayHandler("ArrayHandler", { whileDisconnected: "queue" });
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("%d left", 3);
 * await handler.flush();
 * console.assert(arrived[0] === "3 left" && handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import type { ExitNotifier, WaitOptions } from "../net/connector.ts";
import { atOnce, callBack, watch } from "../logging/callback.ts";
import { correctMistake, isCorrected } from "../logging/call_mistake.ts";
import { Handler, tellFault, watchFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { emptyRecord } from "../logging/log_record_factory.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { reportFault } from "../logging/report_error.ts";
import { checkNumber } from "../logging/validate.ts";
import { Delivery } from "./_delivery.ts";
import type { BatchWriter } from "./batch_writer.ts";
import type { BatchSettings } from "./batcher.ts";
import { type DeliveryStats, printEvents } from "./delivery_event.ts";
import { checkDeliveryOptions, type DeliveryOptions } from "./delivery_options.ts";
import { encodeAlone, FrameEncoder } from "./frame_encoder.ts";
import type { Encoder } from "./outbox.ts";

/** More about how a handler delivers, beside its options. */
export interface DeliveryWay {
  /** Reports the end of the process, so that the last records are written. @default nothing does */
  exitNotifier?: ExitNotifier;
  /** The kind of records, where a handler may send several: a spool keeps to one. */
  contentType?: string | undefined;
  /** How large a batch is at most. @default as records come */
  batch?: BatchSettings;
}

const textEncoder = /* @__PURE__ */ new TextEncoder();

/** Frames that are encoded already. */
const frames = /* @__PURE__ */ new FrameEncoder<Uint8Array>((frame) => frame);

/** Sends records over a network; see the module's description. */
export abstract class NetworkHandler extends Handler {
  /** As CPython: an error in `emit()` closes the connection instead of being reported. */
  closeOnError = false;
  readonly #delivery: Delivery;
  readonly #encoder = new FrameEncoder((record: LogRecord) => this.encode(record));

  /**
   * Opens nothing: the first record does.
   *
   * @param name how lines on stderr name this handler
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(name: string, options: DeliveryOptions, way: DeliveryWay = {}) {
    const checked = checkDeliveryOptions(`create ${name}`, options);
    super();
    const onFault = (error: unknown, record = this.#delivery.latest ?? emptyRecord()) =>
      tellFault(this, record, error);
    const onEvent = options.onEvent ??
      printEvents(name, checked.clock, () => this.#delivery.isClosed);
    this.#delivery = new Delivery({
      ...checked,
      exitNotifier: {},
      name,
      ...way,
      open: (signal) => this.openWriter({ signal }),
      onEvent: (event) => callBack(() => onEvent(event), onFault),
      onFault,
    });
  }

  /**
   * Opens a connection: one dial. A rejection is a dial that failed, and the next one waits for the
   * back-off.
   */
  protected abstract openWriter(options: WaitOptions): Promise<BatchWriter>;

  /** Sends the record; an error in that drops this record and goes to handleError(). */
  emit(record: LogRecord): void {
    this.transmit(record, this.#encoder);
  }

  /**
   * Counts the record as emitted, and as dropped.
   *
   * @ignore
   */
  protected override filterFailed(record: LogRecord, error: unknown): void {
    const delivery = this.#delivery;
    delivery.giveUp(record, delivery.begin(record), error);
  }

  /** The bytes of a record: its text as the formatter makes it, in UTF-8, unless overridden. */
  protected encode(record: LogRecord): Uint8Array {
    return textEncoder.encode(atOnce(this.format(record), "format()"));
  }

  /**
   * Encodes a record and queues it, within `emit()`.
   *
   * @ignore
   */
  protected transmit(record: LogRecord, encoder: Encoder<LogRecord>): void {
    const delivery = this.#delivery;
    const begun = delivery.begin(record);
    try {
      this.#append(record, encoder);
    } catch (error) {
      try {
        // A record that is counted is queued, or was dropped for another reason.
        if (delivery.begin(record) !== begun || !correctMistake(this, record, error)) throw error;
        this.#append(record, encoder);
      } catch (error) {
        delivery.giveUp(record, begun, error);
      }
    }
  }

  #append(record: LogRecord, encoder: Encoder<LogRecord>): void {
    if (this.send === send && this.createSocket === createSocket) {
      this.#delivery.append(record, this.framed(encoder), true);
    } else {
      watchFault(this, record, this.send(encodeAlone(record, encoder)));
    }
  }

  /**
   * Returns an encoder of what is queued for an item: with what marks it off on the stream.
   *
   * @ignore
   */
  protected framed<Item>(encoder: Encoder<Item>): Encoder<Item> {
    return encoder;
  }

  /** Queues one encoded record: it is written soon, held, or dropped and counted. */
  send(frame: Uint8Array): void {
    // Before the dial.
    frames.prepare(frame);
    watch(this.createSocket(), reportFault);
    this.#delivery.append(frame, this.framed(frames), false);
  }

  /** Dials if there is no connection and the back-off allows it; never waits. */
  createSocket(): void {
    this.#delivery.want();
  }

  /**
   * As `Handler.handleError`; with `closeOnError` it closes the connection and prints nothing, but for
   * a mistake in a logging call, which loses no record.
   */
  override handleError(record: LogRecord, error: unknown): void {
    if (isCorrected(record) || !this.closeOnError || !this.#delivery.disconnect()) {
      super.handleError(record, error);
    }
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
    this.#delivery.backoff.retryStart = checkBackoff("retryStart", seconds);
  }

  /** The factor by which each further failure multiplies the wait, from 0. @default {2} */
  get retryFactor(): number {
    return this.#delivery.backoff.retryFactor;
  }
  set retryFactor(factor: number) {
    this.#delivery.backoff.retryFactor = checkBackoff("retryFactor", factor);
  }

  /** The longest wait between dials, in seconds, from 0. @default {30} */
  get retryMax(): number {
    return this.#delivery.backoff.retryMax;
  }
  set retryMax(seconds: number) {
    this.#delivery.backoff.retryMax = checkBackoff("retryMax", seconds);
  }

  /** The time of the next dial that is allowed, in seconds since the epoch; `null`: at once. */
  get retryTime(): number | null {
    return this.#delivery.backoff.retryTime;
  }
  set retryTime(seconds: number | null) {
    this.#delivery.backoff.retryTime = seconds === null
      ? null
      : checkBackoff("retryTime", seconds, -Infinity);
  }

  /** The last wait between dials, in seconds; 0 before the first failure. */
  get retryPeriod(): number {
    return this.#delivery.backoff.retryPeriod;
  }
  set retryPeriod(seconds: number) {
    this.#delivery.backoff.retryPeriod = checkBackoff("retryPeriod", seconds);
  }

  /** The account of this moment: `emitted + recovered === sent + queued + droppedTotal`. */
  get stats(): DeliveryStats {
    return this.#delivery.stats;
  }

  /**
   * As in `stats`, for a subclass that asks for each record.
   *
   * @ignore
   */
  protected get droppedTotal(): number {
    return this.#delivery.droppedTotal;
  }

  /**
   * Resolves when everything emitted before is written, acknowledged where the server does that, or
   * dropped. In `queue` mode that may take as long as the server is away: give a `signal`. With
   * `connection: "per-flush"` it connects for that, and where it cannot, or may not yet again, resolves
   * with the records still queued. Never rejects.
   */
  override flush(options?: WaitOptions): Promise<void> {
    return this.#delivery.whenFlushed(options);
  }

  /**
   * Flushes, half-closes, awaits the other side's end, within `closeTimeoutMs`. Without a connection it
   * dials once more. Final: records emitted afterwards are counted as `dropped.closed`.
   */
  override async close(): Promise<void> {
    await this.#delivery.close();
    await super.close();
  }
}

const send = /* @__PURE__ */ prototypeMethod(NetworkHandler, "send");
const createSocket = /* @__PURE__ */ prototypeMethod(NetworkHandler, "createSocket");

function checkBackoff(name: string, value: number, min = 0): number {
  return checkNumber("set the back-off", name, value, min);
}
