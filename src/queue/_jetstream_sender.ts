/**
 * The sending half of a `JetStreamQueue`: a delivery, with its queue, its account, its back-off and its
 * spool, whose connection is a stream of JetStream.
 *
 * Browser compatible.
 *
 * @module
 */
import type { BatchWriter } from "../delivery/batch_writer.ts";
import { DirectEncoderFirst, FrameEncoder } from "../delivery/frame_encoder.ts";
import type { DeliveryOptions } from "../delivery/delivery_options.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { isCorrected } from "../logging/call_mistake.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { exitNotifier } from "../net/exit_hooks.ts";
import { PickleEncoder } from "../wire/pickle_encoder.ts";
import { type JetStreamTarget, JetStreamWriter, toConnectionError } from "./_jetstream_writer.ts";
import { encodeFrame } from "./_port_codec.ts";
import { QueueFullError } from "./record_queue.ts";

/** Publishes the records that are put in. */
export class JetStreamSender extends NetworkHandler {
  readonly #target: JetStreamTarget;
  readonly #dropsNewest: boolean;
  readonly #recordEncoder = new DirectEncoderFirst(
    new PickleEncoder(),
    new FrameEncoder(encodeFrame),
  );
  #isClosed = false;
  /** How many records are being put in: an encoder may log. */
  #puts = 0;
  /** The errors of these records, of the innermost one last. */
  readonly #errors: unknown[] = [];

  constructor(target: JetStreamTarget, options: DeliveryOptions) {
    super(`JetStreamQueue ${target.subject}`, options, {
      exitNotifier,
      contentType: "pickle",
      batch: { records: Infinity, bytes: target.mostBytes },
    });
    this.#target = target;
    this.#dropsNewest = options.overflow === "drop-newest";
  }

  /**
   * Queues a record; it is published at the end of the turn.
   *
   * @throws {QueueFullError} when the record was dropped, as there was no room for it
   * @throws {unknown} the error of encoding it
   */
  put(record: LogRecord): void {
    const { droppedTotal } = this;
    const errors = this.#errors.length;
    this.#puts++;
    // It throws nothing.
    this.emit(record);
    this.#puts--;
    if (this.#errors.length > errors) throw this.#errors.splice(errors)[0];
    if (this.droppedTotal === droppedTotal) return;
    if (this.#isClosed) throw new Error("the queue is closed");
    // Otherwise it was queued, and older ones were dropped.
    if (this.#dropsNewest) {
      throw new QueueFullError("the queue is full: the server is away, or behind");
    }
  }

  override emit(record: LogRecord): void {
    this.transmit(record, this.#recordEncoder);
  }

  /** An error of the record that is being put in is the error of `put()`. */
  override handleError(record: LogRecord, error: unknown): void {
    if (this.#puts === 0 || isCorrected(record)) super.handleError(record, error);
    else this.#errors.push(error);
  }

  override close(): Promise<void> {
    this.#isClosed = true;
    return super.close();
  }

  /** Asks for the stream: a small message, should the client keep it until there is a connection. */
  protected override async openWriter(): Promise<BatchWriter> {
    const { js, stream } = this.#target;
    try {
      const manager = await js.jetstreamManager(false);
      await manager.streams.info(stream);
    } catch (error) {
      const failure = toConnectionError(error, this.#target);
      // An account that may publish, and no more, learns by publishing if the stream is there.
      if (failure.code !== "denied") throw failure;
    }
    return new JetStreamWriter(this.#target);
  }
}
