/**
 * What `SocketHandler` and `DatagramHandler` have in common: records travel whole, attribute by
 * attribute, each as a frame of its own, by default a pickle as CPython's.
 *
 * Browser compatible.
 *
 * @module
 */
import { frame } from "../wire/length_prefix_framing.ts";
import { checkMethods } from "../logging/validate.ts";
import { PickleEncoder } from "../wire/pickle_encoder.ts";
import { recordFields } from "../wire/record_fields.ts";
import { pickleFields } from "../wire/record_pickler.ts";
import type { Serializer } from "../wire/serializer.ts";
import { atOnce, watch } from "../logging/callback.ts";
import { watchFault } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type { Delivery } from "./delivery.ts";
import { deliveryOf } from "./delivery_handler.ts";
import { DELIVERY_OPTIONS, type DeliveryOptions } from "./delivery_options.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { SocketDeliveryHandler } from "./socket_delivery_handler.ts";

/** Options of every handler that delivers whole records. */
export interface RecordDeliveryOptions extends DeliveryOptions {
  /** How a record becomes bytes. @default pickle, as CPython */
  serializer?: Serializer;
}

/** The names of the options in {@linkcode RecordDeliveryOptions}. */
export const RECORD_DELIVERY_OPTIONS: readonly string[] = /* @__PURE__ */ DELIVERY_OPTIONS.concat(
  "serializer",
);

/** What a sender needs of a serializer. */
type Sending = Pick<Serializer, "dumps" | "framing">;

/** A handler that delivers whole records. */
export abstract class RecordDeliveryHandler extends SocketDeliveryHandler {
  #delivery: Delivery | undefined;
  readonly #serializer: Sending;
  readonly #isPickle: boolean;
  readonly #encoder = new PickleEncoder();

  /**
   * Opens nothing.
   *
   * @param name what lines on stderr call this handler
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(name: string, options: RecordDeliveryOptions) {
    const { serializer = { dumps: pickleFields } }: { serializer?: Sending } = options;
    checkMethods(`create ${name}`, "serializer", serializer, ["dumps"]);
    super(name, options);
    this.#serializer = serializer;
    this.#isPickle = serializer.dumps === pickleFields;
  }

  /** Encodes the record and sends it; what goes wrong costs this record and goes to handleError(). */
  emit(record: LogRecord): void {
    const delivery = this.#delivery ??= deliveryOf(this);
    const begun = delivery.begin(record);
    try {
      if (this.#isStock()) {
        if (record.exc_info) watch(this.format(record));
        if (delivery.enqueueRecord(record, this.#encoder)) return;
      }
      watchFault(this, record, this.send(atOnce(this.makePickle(record), "makePickle()")));
    } catch (error) {
      delivery.giveUp(record, begun, error);
    }
  }

  /** Whether nobody has overridden what lies between a record and the link. */
  #isStock(): boolean {
    return this.#isPickle && this.makePickle === makePickle &&
      this.createSocket === createSocket && this.send === send;
  }

  /**
   * The record as one frame: a 4-byte big-endian length and what the serializer makes of it. As
   * CPython's `makePickle`, an error in the record is formatted first, so that its text travels.
   */
  makePickle(record: LogRecord): Uint8Array {
    if (record.exc_info) watch(this.format(record));
    const payload = atOnce(this.#serializer.dumps(recordFields(record)), "dumps()");
    const { framing } = this.#serializer;
    return framing === undefined ? frame(payload) : framing.frame(payload);
  }
}

const makePickle = /* @__PURE__ */ prototypeMethod(RecordDeliveryHandler, "makePickle");
const createSocket = /* @__PURE__ */ prototypeMethod(RecordDeliveryHandler, "createSocket");
const send = /* @__PURE__ */ prototypeMethod(RecordDeliveryHandler, "send");
