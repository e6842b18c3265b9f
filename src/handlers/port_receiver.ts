/**
 * The end of a {@linkcode PortQueue} at which records come out, in the thread that handles them: what
 * a `QueueListener` there listens to.
 *
 * Browser compatible.
 *
 * @module
 */
import { reportError } from "../logging/report_error.ts";
import {
  checkPort,
  listen,
  type MessagePortLike,
  type ReceiverMessage,
  type SenderMessage,
} from "./message_port.ts";
import { decodeFrames } from "./port_frames.ts";
import { type QueueItem, RecordQueue } from "./record_queue.ts";

/** Records that came in one message: all of them are handled when so many of all are. */
interface Delivery {
  readonly queue: number;
  readonly last: number;
}

/** Takes records from a port: each sender has one message here at the most, so it needs no bound. */
export class PortReceiver extends RecordQueue {
  readonly #port: MessagePortLike;
  readonly #deliveries: Delivery[] = [];
  #put = 0;
  #done = 0;
  #isListening = false;
  #flush: () => Promise<void> = () => Promise.resolve();

  /**
   * Receives nothing before {@linkcode open}.
   *
   * @param port a `MessagePort`, a worker's own scope (`self`), or `parentPort` of
   * `node:worker_threads`
   * @throws {TypeError} when it is none
   */
  constructor(port: MessagePortLike) {
    checkPort("create PortReceiver", port);
    super({ maxRecords: Infinity });
    this.#port = port;
  }

  /** Receives records from now on. `flush` is what a `flush()` at the other end asks for. */
  open(flush: () => Promise<void>): void {
    this.#flush = flush;
    if (this.#isListening) {
      this.#port.ref?.();
      return;
    }
    this.#isListening = true;
    listen(this.#port, (message) => this.#hear(message as SenderMessage));
    this.#post({ logwire: "ready" });
  }

  /** Nobody takes records out any more: what comes in until `open()` waits, and so does its sender. */
  close(): void {
    this.#flush = () => Promise.resolve();
    this.#port.unref?.();
  }

  /** Puts something in, without waiting. */
  override put_nowait(item: QueueItem): boolean {
    this.#put++;
    return super.put_nowait(item);
  }

  /** Tells that something that was taken is done with: its sender may send more, once all is. */
  override task_done(): void {
    super.task_done();
    this.#done++;
    this.#acknowledge();
  }

  #acknowledge(): void {
    while (this.#deliveries.length > 0 && this.#deliveries[0]!.last <= this.#done) {
      this.#post({ logwire: "done", queue: this.#deliveries.shift()!.queue });
    }
  }

  #hear(message: SenderMessage): void {
    if (message.logwire === "hello") {
      this.#post({ logwire: "ready" });
    } else if (message.logwire === "records") {
      this.#take(message.queue, message.frames);
    } else if (message.logwire === "flush") {
      const { queue, id } = message;
      const answer = () => this.#post({ logwire: "flushed", queue, id });
      this.#flush().then(answer, answer);
    }
  }

  #take(queue: number, frames: Uint8Array): void {
    try {
      for (const record of decodeFrames(frames)) this.put_nowait(record);
    } catch (error) {
      // They are not what a PortQueue sends: the sender must not wait for them all the same.
      reportError(null, error);
    }
    this.#deliveries.push({ queue, last: this.#put });
    this.#acknowledge();
  }

  #post(message: ReceiverMessage): void {
    try {
      this.#port.postMessage(message, []);
    } catch (error) {
      reportError(null, error);
    }
  }
}
