/**
 * The listening half of a `JetStreamQueue`: takes messages from a durable consumer, makes records of
 * them, and acknowledges each message once its records are handled and the handlers have flushed.
 *
 * While records wait, it tells the server that they are being handled, so that no other listener gets
 * them. A message that comes again is acknowledged, and not handled. A message that holds anything but
 * records is reported, and never delivered again; the records in it are handled.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { callBack } from "../logging/callback.ts";
import { raiseExceptions } from "../logging/raise_exceptions.ts";
import { reportFault } from "../logging/report_error.ts";
import { writeToStderr } from "../logging/stderr.ts";
import { valueText } from "../logging/validate.ts";
import type { Clock } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import { withTimeout } from "../net/with_timeout.ts";
import { escapeControls } from "../text/control_characters.ts";
import { readRecords } from "./_framed_records.ts";
import { MessageHistory } from "./_message_history.ts";
import type {
  JetStreamConsumerLike,
  JetStreamLike,
  JetStreamMessageLike,
  JetStreamMessagesLike,
} from "./jetstream_client.ts";
import { type QueueItem, RecordQueue } from "./record_queue.ts";

/** The consumer that is listened to, and how; every value has been checked. */
export interface JetStreamSource {
  readonly js: JetStreamLike;
  readonly stream: string;
  readonly subject: string;
  readonly durable: string | undefined;
  /** The most messages whose records are not handled, or not flushed. */
  readonly maxMessages: number;
  readonly escapeControlCharacters: boolean;
  readonly closeTimeoutMs: number;
  readonly clock: Clock;
  readonly onError: ((error: Error) => void) | undefined;
}

/** A snapshot of the counters of a listening queue; each message is counted once in the lower part. */
export interface JetStreamListenerStats {
  /**
   * Messages that were delivered to this queue:
   * `delivered === acknowledged + duplicates + rejected + pending`, always.
   */
  delivered: number;
  /** Messages whose records are handled and flushed. */
  acknowledged: number;
  /** Messages that came again, and were dropped. */
  duplicates: number;
  /** Messages that held anything but records, and are never delivered again. */
  rejected: number;
  /** Messages whose records wait, are being handled, or are being flushed. */
  pending: number;
  /** Records of all messages, but for duplicates: `received === handled + queued`, always. */
  received: number;
  /** Records that the listener is done with. */
  handled: number;
  /** Records that wait for the listener. */
  queued: number;
}

/** The server closes a request for messages after so many milliseconds, and the next one follows. */
const REQUEST_MS = 5000;

/** The wait after a failed request, in milliseconds: twice as long each time, up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** The server's own time until a message that is not acknowledged is delivered again. */
const USUAL_ACK_WAIT_MS = 30_000;

const NANOSECONDS = 1_000_000;

/** The server's error code for a consumer that does not exist. */
const CONSUMER_NOT_FOUND = 10014;

/** Records between two turns of the event loop: a few hundred microseconds of work. */
const RECORDS_A_TURN = 128;

/** An id of a program's own that is longer is not remembered. */
const MAX_ID_LENGTH = 256;

/** The seconds between two lines on stderr about faults. */
const QUIET_SECONDS = 10;

/** A fault has the sender's bytes in it: more characters are cut off. */
const MAX_FAULT_LENGTH = 500;

/** A message that is not acknowledged. */
interface PendingMessage {
  readonly id: string;
  /** Its deliveries. */
  readonly messages: JetStreamMessageLike[];
  /** Its records are handled when so many items are done with. */
  readonly last: number;
  /** It holds anything but records. */
  readonly isRejected: boolean;
}

/** Takes messages; see the module. */
export class JetStreamListener {
  readonly #source: JetStreamSource;
  readonly #records = new RecordQueue({ maxRecords: Infinity });
  readonly #history = new MessageHistory();
  /** The messages that are not acknowledged, by their ids. */
  readonly #pending = new Map<string, PendingMessage>();
  /** Those of them whose records wait, and those whose records are handled and not flushed. */
  readonly #waiting: PendingMessage[] = [];
  readonly #handled: PendingMessage[] = [];
  /** Flushes the handlers of the listener that reads the queue; `undefined`: none reads it. */
  #flush: (() => Promise<void>) | undefined;
  #settling: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  #isOpen = false;
  /** The server may not have the last acknowledgements. */
  #isUnsure = false;
  #consumer: JetStreamConsumerLike | undefined;
  #messages: JetStreamMessagesLike | undefined;
  #workTimer: unknown;
  /** Ends the wait for room, and the pause after a failure. */
  #onRoom: () => void = () => {};
  #endPause: () => void = () => {};
  /** Items that were put in, and those that are done with, sentinels included. */
  #put = 0;
  #done = 0;
  /** The numbers of the sentinels among the items. */
  readonly #sentinels: number[] = [];
  readonly #counts = {
    delivered: 0,
    acknowledged: 0,
    duplicates: 0,
    rejected: 0,
    received: 0,
    handled: 0,
  };
  /** Records that had been received at the last turn of the event loop. */
  #receivedAtTurn = 0;
  #shownAt = -Infinity;
  #hidden = 0;

  constructor(source: JetStreamSource) {
    this.#source = source;
  }

  get stats(): JetStreamListenerStats {
    const { received, handled } = this.#counts;
    return { ...this.#counts, pending: this.#pending.size, queued: received - handled };
  }

  /** Takes messages from now on; `flush` flushes the handlers. */
  open(flush: () => Promise<void>): void {
    const { durable } = this.#source;
    if (durable === undefined) {
      throw new TypeError("Cannot listen as 'durable' is not set: it names the consumer");
    }
    if (this.#flush !== undefined) {
      throw new Error("Cannot listen as another listener reads this queue: make one for each");
    }
    this.#flush = flush;
    this.#isOpen = true;
    this.#running = this.#run(durable);
  }

  /** Asks for no more messages; resolves when those that are here are in the queue. */
  async arrived(): Promise<void> {
    this.#isOpen = false;
    this.#onRoom();
    this.#endPause();
    this.#stopRequest();
    await this.#running;
  }

  /**
   * The listener has stopped, and its handlers have flushed: acknowledges what is handled. Resolves
   * when the server has taken that, or `closeTimeoutMs` are over.
   */
  async close(): Promise<void> {
    const { clock, closeTimeoutMs: ms } = this.#source;
    const abort = new AbortController();
    const late = () => new Error(`no answer within ${ms} ms`);
    const acknowledge = async () => {
      await this.#settling;
      // The server answers behind the acknowledgements.
      if (this.#isUnsure) await this.#consumer?.info();
      this.#isUnsure = false;
    };
    await withTimeout(acknowledge, { abort, clock, ms, late })
      .catch((error) => this.#report(this.#fault("may not have the last acknowledgements", error)));
    clock.clearTimeout(this.#workTimer);
    this.#consumer = undefined;
    this.#flush = undefined;
  }

  // A listener takes the records out.

  get(): Promise<QueueItem> {
    return this.#records.get();
  }

  getNowait(): QueueItem | undefined {
    return this.#records.get_nowait();
  }

  ready(): Promise<void> {
    return this.#records.ready();
  }

  join(options?: { signal?: AbortSignal }): Promise<void> {
    return this.#records.join(options);
  }

  /** Puts the sentinel in, behind the records that are here. */
  putSentinel(): void {
    this.#records.put_nowait(null);
    this.#sentinels.push(++this.#put);
  }

  /** An item is done with. */
  taskDone(): void {
    this.#records.task_done();
    this.#done++;
    if (this.#sentinels[0] === this.#done) this.#sentinels.shift();
    else this.#counts.handled++;
    this.#lookForHandled();
  }

  // Messages come.

  /** Asks for messages until it is closed. Never rejects. */
  async #run(durable: string): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; this.#isOpen;) {
      try {
        const consumer = this.#consumer ??= await this.#bind(durable);
        await this.#room();
        if (this.#isOpen) await this.#request(consumer);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        this.#consumer = undefined;
        if (!this.#isOpen) return;
        this.#report(this.#fault("cannot be listened to", error));
        await this.#pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Returns the consumer, which is made if there is none. */
  async #bind(durable: string): Promise<JetStreamConsumerLike> {
    const { js, stream, subject } = this.#source;
    let consumer: JetStreamConsumerLike;
    try {
      consumer = await js.consumers.get(stream, durable);
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== CONSUMER_NOT_FOUND) throw error;
      const manager = await js.jetstreamManager(false);
      await manager.consumers.add(stream, {
        durable_name: durable,
        ack_policy: "explicit",
        filter_subject: subject,
      });
      consumer = await js.consumers.get(stream, durable);
    }
    const { ack_policy, ack_wait } = (await consumer.info(true)).config;
    if (ack_policy !== "explicit") {
      throw new TypeError(
        `the consumer '${durable}' must have the ack_policy "explicit": it is ${
          valueText(ack_policy)
        }`,
      );
    }
    this.#source.clock.clearTimeout(this.#workTimer);
    this.#keepWorking((ack_wait ? ack_wait / NANOSECONDS : USUAL_ACK_WAIT_MS) / 3);
    return consumer;
  }

  /** Resolves when half of the messages are acknowledged, if there are too many, or it is closed. */
  async #room(): Promise<void> {
    const { maxMessages } = this.#source;
    if (this.#pending.size < maxMessages) return;
    while (this.#isOpen && this.#pending.size * 2 > maxMessages) {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
  }

  /** Takes messages until there are as many as were asked for, or the time is over. */
  async #request(consumer: JetStreamConsumerLike): Promise<void> {
    const max_messages = this.#source.maxMessages - this.#pending.size;
    const messages = await consumer.fetch({ max_messages, expires: REQUEST_MS });
    this.#messages = messages;
    try {
      // Not awaited: it resolves once the messages have been iterated.
      if (!this.#isOpen) this.#stopRequest();
      for await (const message of messages) {
        this.#take(message);
        if (this.#counts.received - this.#receivedAtTurn < RECORDS_A_TURN) continue;
        this.#receivedAtTurn = this.#counts.received;
        await turn();
      }
    } finally {
      this.#messages = undefined;
    }
  }

  #stopRequest(): void {
    callBack(() => this.#messages?.close(), reportFault);
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#source;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, ms);
      this.#endPause = () => {
        clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  #take(message: JetStreamMessageLike): void {
    const { seq, data } = message;
    this.#counts.delivered++;
    const id = idOf(message);
    const known = this.#pending.get(id);
    if (known !== undefined || this.#history.has(id)) {
      this.#counts.duplicates++;
      // One that is being handled is acknowledged in the end.
      if (known !== undefined) known.messages.push(message);
      else this.#answer(() => message.ack());
      return;
    }
    const { records, fault } = readRecords(data, this.#source.escapeControlCharacters);
    const isRejected = fault !== undefined;
    if (isRejected) this.#report(this.#fault(`has no log records in message ${seq}`, fault));
    for (const record of records) this.#records.put_nowait(record);
    this.#counts.received += records.length;
    this.#put += records.length;
    const pending = { id, messages: [message], last: this.#put, isRejected };
    this.#pending.set(id, pending);
    this.#waiting.push(pending);
    this.#lookForHandled();
  }

  // Messages are done with.

  #lookForHandled(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.last <= this.#done) {
      this.#handled.push(this.#waiting.shift()!);
    }
    if (this.#handled.length > 0) this.#settling ??= this.#settleHandled();
  }

  /** Flushes the handlers for all messages that are handled at that time, again and again. */
  async #settleHandled(): Promise<void> {
    while (this.#handled.length > 0) {
      const handled = this.#handled.splice(0);
      // To hand the records out again would not help.
      try {
        // Within then() one that throws becomes one that rejects.
        await Promise.resolve().then(() => this.#flush?.());
      } catch (error) {
        this.#report(this.#fault("could not flush its handlers", error));
      }
      for (const pending of handled) this.#settle(pending);
      this.#onRoom();
    }
    this.#settling = undefined;
  }

  #settle({ id, messages, isRejected }: PendingMessage): void {
    this.#pending.delete(id);
    this.#history.add(id);
    this.#isUnsure = true;
    if (isRejected) this.#counts.rejected++;
    else this.#counts.acknowledged++;
    for (const message of messages) {
      // Without a reason, which a server before 2.11 does not take.
      this.#answer(() => isRejected ? message.term() : message.ack());
    }
  }

  /** An answer that does not reach the server has the message delivered again. */
  #answer(answer: () => void): void {
    callBack(answer, (error) => this.#report(this.#fault("takes no acknowledgement", error)));
  }

  /** Tells the server, so often, that the pending messages are being handled. */
  #keepWorking(ms: number): void {
    this.#workTimer = this.#source.clock.setTimeout(() => {
      for (const { messages } of this.#pending.values()) {
        this.#answer(() => messages.at(-1)?.working());
      }
      this.#keepWorking(ms);
    }, ms);
  }

  // Faults.

  #fault(what: string, cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(`stream '${this.#source.stream}' ${what}: ${reason}`, { cause });
  }

  #report(error: Error): void {
    const { onError } = this.#source;
    callBack(() => onError === undefined ? this.#print(error) : onError(error), reportFault);
  }

  /** One line every ten seconds. */
  #print({ message }: Error): void {
    const { clock, subject } = this.#source;
    const now = clock.now();
    if (Math.abs(now - this.#shownAt) < QUIET_SECONDS) return void this.#hidden++;
    this.#shownAt = now;
    const more = this.#hidden === 0 ? "" : ` (and ${this.#hidden} more before)`;
    this.#hidden = 0;
    if (!raiseExceptions) return;
    const text = escapeControls(message).slice(0, MAX_FAULT_LENGTH);
    writeToStderr(`logwire: JetStreamQueue ${subject}: ${text}${more}\n`);
  }
}

/** The id that the sender gave to a message, or else its place in the stream. */
function idOf({ headers, seq, timestampNanos }: JetStreamMessageLike): string {
  const id = headers?.get("Nats-Msg-Id") ?? "";
  return id !== "" && id.length <= MAX_ID_LENGTH ? id : `${seq}@${timestampNanos}`;
}
