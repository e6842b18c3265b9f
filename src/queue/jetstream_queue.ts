/**
 * `./jetstream`: `JetStreamQueue` carries the records of many programs to some listeners through a
 * stream of NATS JetStream, which keeps them until a listener has handled them.
 *
 * Choose it when a fleet of programs logs, and the programs that handle the records come and go: the
 * stream holds the records meanwhile, several listeners share the work, and each record is handled at
 * least once. Where one log server is enough, `./forward-handler` needs no third program.
 *
 * The client is yours: `@nats-io/jetstream` over `@nats-io/transport-node`, which runs on Node, Deno and
 * Bun alike. This package depends on neither.
 *
 * ```ts ignore
 * import { connect } from "@nats-io/transport-node";
 * import { jetstream, jetstreamManager } from "@nats-io/jetstream";
 * import { getLogger } from "jsr:@logwire/logging";
 * import { FileHandler } from "jsr:@logwire/logging/file-handlers";
 * import { JetStreamQueue } from "jsr:@logwire/logging/jetstream";
 * import { QueueHandler, QueueListener } from "jsr:@logwire/logging/queue-handler";
 *
 * // Without maxReconnectAttempts the client gives up for good after some twenty seconds.
 * const connection = await connect({ servers: "nats.example", maxReconnectAttempts: -1 });
 * const js = jetstream(connection);
 *
 * // Once, by whoever sets the stream up:
 * const manager = await jetstreamManager(connection);
 * await manager.streams.add({ name: "LOGS", subjects: ["logs.>"], retention: "workqueue" });
 *
 * // In each program that logs:
 * const handler = new QueueHandler(new JetStreamQueue(js, { stream: "LOGS", subject: "logs.shop" }));
 * getLogger().addHandler(handler);
 *
 * // In each program that handles records:
 * const queue = new JetStreamQueue(js, { stream: "LOGS", subject: "logs.>", durable: "files" });
 * const listener = new QueueListener(queue, new FileHandler("fleet.log"));
 * listener.start();
 * ```
 *
 * ## Options
 *
 * - `stream` (required): the stream, which exists. `subject` (required): what is published to, such as
 *   `"logs.shop"`; for a listener alone it may have the wildcards `*` and `>`.
 * - `durable`: the name of the consumer that a listener reads. Listeners with the same name share the
 *   work; each name gets all records. The consumer is made if there is none; make it yourself for
 *   other settings (`ack_wait`, `max_deliver`), with `ack_policy: "explicit"`.
 * - `maxQueuedBytes` (64 MiB), `maxQueuedRecords` (no limit) and `overflow` (`"drop-oldest"` or
 *   `"drop-newest"`) limit the records that wait here. `spool` keeps them on the disk, see `./spool`.
 * - `batchBytes` (65,536): the most bytes of a message, unless one record alone is larger. Keep it below
 *   the server's `max_payload` (1 MiB by default). `batchMs` (0 ms): how long records are gathered for
 *   a message; with 0 a message has the records of one turn of the event loop.
 * - `window` (32): the most messages that wait for an acknowledgement. `ackTimeoutMs` (5,000 ms): after
 *   so long without one, they are published again.
 * - `maxMessages` (64): the most messages that a listener has taken and not acknowledged. With few, slow
 *   listeners share the work evenly.
 * - `escapeControlCharacters` (`true`) is that of `./receiver`, and `connectTimeoutMs` (5,000 ms: how
 *   long the stream is asked for) and `closeTimeoutMs` (5,000 ms) limit waits.
 * - `onEvent` gets the events of sending, as those of `./socket-handler`; `onError` the faults of
 *   listening.
 *
 * ## What a message holds
 *
 * A message is the records of one batch, each as `SocketHandler` sends it: four bytes with the length,
 * the highest first, and a pickle of the record's fields. In Python:
 *
 * ```py
 * while data:
 *     size = struct.unpack(">L", data[:4])[0]
 *     record = logging.makeLogRecord(pickle.loads(data[4:4 + size]))
 *     data = data[4 + size:]
 * ```
 *
 * `pickle.loads` runs what a pickle says, so let only your own programs publish to the subject. A
 * `JetStreamQueue` parses pickles as data, and nothing in them is run.
 *
 * ## Acknowledgements and order
 *
 * - A record counts as sent when the server has acknowledged its message. `handler.flush()` waits for
 *   that, and not for a listener. Messages that are not acknowledged are published again, with the
 *   same id, which a spool keeps over a restart: the server drops one that comes again within
 *   the `duplicate_window` of the stream (two minutes by default).
 * - A listener acknowledges a message when its handlers have flushed. After a crash the server delivers
 *   the message again, to any listener, when `ack_wait` (30 s by default) is over. While handlers are
 *   slow, the listener tells the server that it is at work. A handler that throws loses that record
 *   alone; the message is acknowledged.
 * - A listener drops messages whose id it knows, of the last 65,536: `stats.listener.duplicates`. After
 *   a crash another listener cannot know them, so a record may be handled twice.
 * - With one listener the records of a sender are handled in order. With several, only those of a
 *   message are. What is published or delivered again may come behind later records.
 * - A message that holds anything but records is reported and counted (`stats.listener.rejected`), and
 *   never delivered again; the records in it are handled, and no other message is held up.
 *
 * ## Settings of the server
 *
 * - A server acknowledges a message before it is on the disk, and syncs every two minutes by default.
 *   `sync_interval: always` in the `jetstream` block of its configuration (from nats-server 2.10 on)
 *   makes each message survive a loss of power, and takes some hundred messages a second: then use
 *   `batchMs`. Replicas help, too.
 * - `retention: "workqueue"` deletes what is acknowledged, and takes one `durable`. With `"limits"`
 *   several consumers read the stream; set `max_age` or `max_bytes` then.
 * - `discard: "new"` refuses messages when the stream is full: the records wait in the senders.
 *   `"old"`, the default, loses the oldest records, which no counter here knows.
 * - A sender needs no more than the right to publish to the subject, and to subscribe to `_INBOX.>`.
 *
 * ## When the server is away
 *
 * Records wait in the queue, up to its limits. The queue asks for the stream again after 1, 2, 4, 8, 16,
 * 30, 30 … seconds: the properties `retryStart`, `retryFactor` and `retryMax`. The start and the
 * end of an outage are a line each on stderr. A listener goes on by itself.
 *
 * ## When the program ends
 *
 * `await handler.close()` waits until all is acknowledged, for the `closeTimeoutMs` of the handler; then
 * close the client. `listener.stop()` handles and acknowledges what the listener has taken. What is
 * queued at `process.exit()` stays in the spool, or is reported as lost on stderr, although messages
 * under way may arrive. `await using queue` releases the spool.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown option.
 * - `records are not delivered: stream 'LOGS', subject 'logs.shop': stream not found` and the like on
 *   stderr say why an outage lasts.
 * - A record that is larger than the server takes is dropped: `stats.dropped.tooLarge`.
 *
 * ## Redis, Kafka and others
 *
 * A class of ten lines with a `put_nowait()` is a queue. For the streams of Redis, with the npm package
 * `redis` (the program is `tests/examples/redis_shop.ts`):
 *
 * ```ts ignore
 * class RedisQueue implements HandlerQueue {
 *   readonly client = createClient({ url: process.env.REDIS_URL ?? "redis://localhost" });
 *   readonly adding = new Set<Promise<unknown>>();
 *   put_nowait(record: LogRecord): Promise<unknown> {
 *     if (this.adding.size >= 10_000) throw new QueueFullError("Redis is away, or behind");
 *     const added = this.client.xAdd("logs", "*", { record: JSON.stringify(record) });
 *     this.adding.add(added);
 *     return added.finally(() => this.adding.delete(added));
 *   }
 *   qsize = (): number => this.adding.size;
 *   flush = async (): Promise<void> => void await Promise.allSettled(this.adding);
 * }
 * ```
 *
 * A record whose promise rejects counts as `handler.stats.dropped.error`. For Kafka, send by the
 * producer of your client in place of `xAdd()`.
 *
 * CPython has no such queue.
 *
 * Browser compatible: it connects only through the client.
 *
 * @example A queue whose client keeps what is published
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { type JetStreamLike, JetStreamQueue } from "jsr:@logwire/logging/jetstream";
 * import { QueueHandler } from "jsr:@logwire/logging/queue-handler";
 *
 * // In a program: const js = jetstream(await connect({ servers, maxReconnectAttempts: -1 }));
 * const messages: Uint8Array[] = [];
 * const none = () => Promise.reject(new Error("there are no consumers here"));
 * const js: JetStreamLike = {
 *   publish: (_subject, payload) => Promise.resolve(messages.push(payload)),
 *   jetstreamManager: () =>
 *     Promise.resolve({ streams: { info: () => Promise.resolve() }, consumers: { add: none } }),
 *   consumers: { get: none },
 * };
 *
 * const queue = new JetStreamQueue(js, { stream: "LOGS", subject: "logs.shop" });
 * const handler = new QueueHandler(queue);
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("low on %s", "ink");
 * getLogger("shop").warning("out of %s", "ink");
 * await handler.close();
 * console.assert(messages.length === 1 && queue.stats.sent === 2);
 * ```
 *
 * @module
 */
import type { FlushOptions } from "../logging/handler.ts";
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkKnown,
  checkMethods,
  checkString,
  MAX_TIMEOUT_MS,
} from "../logging/validate.ts";
import { ChunkIds } from "../delivery/chunk_ids.ts";
import type { DeliveryStats } from "../delivery/delivery_event.ts";
import { checkDeliveryOptions, type DeliveryOptions } from "../delivery/delivery_options.ts";
import { JetStreamListener, type JetStreamListenerStats } from "./_jetstream_listener.ts";
import { JetStreamSender } from "./_jetstream_sender.ts";
import type { JetStreamLike } from "./jetstream_client.ts";
import type { HandlerQueue } from "./queue_handler.ts";
import type { ListenerQueue } from "./queue_listener.ts";
import type { QueueItem } from "./record_queue.ts";

export type {
  JetStreamConsumerConfig,
  JetStreamConsumerLike,
  JetStreamLike,
  JetStreamManagerLike,
  JetStreamMessageLike,
  JetStreamMessagesLike,
} from "./jetstream_client.ts";
export type { DeliveryOptions, DeliveryStats, JetStreamListenerStats };

/** Options of {@linkcode JetStreamQueue}. */
export interface JetStreamQueueOptions extends
  Omit<
    DeliveryOptions,
    "connection" | "connectTimeoutMs" | "exitTimeoutMs" | "whileDisconnected" | "writeTimeoutMs"
  > {
  /** The name of the stream, which exists. */
  stream: string;
  /** The subject that is published to; for a listener alone it may have wildcards. */
  subject: string;
  /** The name of the durable consumer of a listener; it is made if there is none. @default none */
  durable?: string;
  /**
   * The most bytes of a message, from 1 to 16 MiB, unless one record alone is larger; below the
   * server's `max_payload`. @default {65536}
   */
  batchBytes?: number;
  /** The most messages that wait for an acknowledgement, from 1 to 1000. @default {32} */
  window?: number;
  /**
   * How long a message may stay without an acknowledgement, in milliseconds, from 1, before all that
   * have none are published again. @default {5000}
   */
  ackTimeoutMs?: number;
  /** The longest that the stream is asked for, in milliseconds, from 1. @default {5000} */
  connectTimeoutMs?: number;
  /**
   * The most messages that a listener has taken and not acknowledged, from 1 to 10000.
   *
   * @default {64}
   */
  maxMessages?: number;
  /**
   * True: `StreamHandler` and the file handlers escape the control characters of the records that are
   * taken, so that a sender can neither forge a line nor steer a terminal. @default {true}
   */
  escapeControlCharacters?: boolean;
  /**
   * Gets the faults of listening: a message that holds no records, a consumer that cannot be read.
   *
   * @default a line on stderr every ten seconds
   */
  onError?: (error: Error) => void;
}

/**
 * A snapshot of the counters of a queue. Those of a delivery are about sending:
 * `emitted + recovered === sent + queued + droppedTotal`, always.
 */
export interface JetStreamQueueStats extends DeliveryStats {
  /** The counters of listening. */
  listener: JetStreamListenerStats;
}

const OPTIONS: readonly string[] = [
  ...["stream", "subject", "durable", "batchBytes", "window", "ackTimeoutMs", "maxMessages"],
  ...["escapeControlCharacters", "onError", "batchMs", "clock", "closeTimeoutMs"],
  ...["connectTimeoutMs", "maxQueuedBytes", "maxQueuedRecords", "onEvent", "overflow", "spool"],
];

const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** A token of a subject that stands for others. */
const WILDCARD = /(^|\.)[*>](\.|$)/;

/** A queue in a stream of JetStream, for both ends; see the module's description. */
export class JetStreamQueue implements HandlerQueue, ListenerQueue, AsyncDisposable {
  /** The name of the stream. */
  readonly stream: string;
  /** The subject that is published to, or the subjects that are listened to. */
  readonly subject: string;
  /** The name in the metrics of `./metrics`, which take a queue for a handler. @default {null} */
  name: string | null = null;
  /** Error and stack of a record travel apart from its text. */
  readonly keepsErrors = true;
  readonly #sender: JetStreamSender;
  readonly #listener: JetStreamListener;

  /**
   * Asks the server nothing before the first record, or before a listener starts.
   *
   * @param js a client, such as `jetstream(connection)` of `@nats-io/jetstream`
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(js: JetStreamLike, options: JetStreamQueueOptions) {
    const what = "create JetStreamQueue";
    checkMethods(what, "js", js, ["publish", "jetstreamManager"]);
    checkKnown(what, options, OPTIONS);
    const {
      stream,
      subject,
      durable,
      onError,
      batchBytes = 65_536,
      window = 32,
      ackTimeoutMs = 5000,
      maxMessages = 64,
      escapeControlCharacters = true,
    } = options;
    const sending = { connectTimeoutMs: 5000, ...sendingOptions(options) };
    const { clock, closeTimeoutMs } = checkDeliveryOptions(what, sending);
    if (durable !== undefined) checkString(what, "durable", durable);
    checkFunction(what, "onError", onError);
    this.stream = checkString(what, "stream", stream);
    this.subject = checkString(what, "subject", subject);
    this.#sender = new JetStreamSender({
      js,
      stream,
      subject,
      ids: new ChunkIds(randomId),
      window: checkInteger(what, "window", window, 1, 1000),
      ackTimeoutMs: checkInteger(what, "ackTimeoutMs", ackTimeoutMs, 1, MAX_TIMEOUT_MS),
      mostBytes: checkInteger(what, "batchBytes", batchBytes, 1, MAX_BATCH_BYTES),
    }, sending);
    this.#listener = new JetStreamListener({
      js,
      stream,
      subject,
      durable,
      maxMessages: checkInteger(what, "maxMessages", maxMessages, 1, 10_000),
      escapeControlCharacters: checkBoolean(
        what,
        "escapeControlCharacters",
        escapeControlCharacters,
      ),
      closeTimeoutMs,
      clock,
      onError,
    });
  }

  /** The counts so far. */
  get stats(): JetStreamQueueStats {
    return { ...this.#sender.stats, listener: this.#listener.stats };
  }

  // A handler puts records in.

  /**
   * Encodes a record and queues it; the records of a turn are published at its end. `null` is the
   * sentinel of the listener of this queue.
   *
   * @throws {QueueFullError} when the record was dropped, as there was no room for it
   * @throws {TypeError} when the subject has wildcards
   */
  put_nowait(item: QueueItem): void {
    if (item === null) return this.#listener.putSentinel();
    if (WILDCARD.test(this.subject)) {
      throw new TypeError(
        `Cannot publish as 'subject' must have no wildcards: current value is "${this.subject}"`,
      );
    }
    this.#sender.put(item);
  }

  /**
   * Resolves when every record that was put in before is acknowledged by the server, or dropped; or
   * when `signal` is aborted. Never rejects.
   */
  flush(options: FlushOptions = {}): Promise<void> {
    return this.#sender.flush(options);
  }

  /** Seconds to wait after the stream was asked for in vain the first time, from 0. @default {1} */
  get retryStart(): number {
    return this.#sender.retryStart;
  }
  set retryStart(seconds: number) {
    this.#sender.retryStart = seconds;
  }

  /** The factor by which each further failure multiplies the wait, from 0. @default {2} */
  get retryFactor(): number {
    return this.#sender.retryFactor;
  }
  set retryFactor(factor: number) {
    this.#sender.retryFactor = factor;
  }

  /** The longest wait until the stream is asked for again, in seconds, from 0. @default {30} */
  get retryMax(): number {
    return this.#sender.retryMax;
  }
  set retryMax(seconds: number) {
    this.#sender.retryMax = seconds;
  }

  // A listener takes records out.

  /**
   * Takes messages from now on; a `QueueListener` calls it. `flush` flushes its handlers.
   *
   * @throws {TypeError} when `durable` is not set
   * @throws {Error} when another listener reads this queue
   */
  open(flush: () => Promise<void>): void {
    this.#listener.open(flush);
  }

  /** Takes the first record or the sentinel; `undefined` if there is none. */
  get_nowait(): QueueItem | undefined {
    return this.#listener.getNowait();
  }

  /** Takes the first record or the sentinel, as soon as there is one. */
  get(): Promise<QueueItem> {
    return this.#listener.get();
  }

  /** Resolves when there is something to take; takes nothing. */
  ready(): Promise<void> {
    return this.#listener.ready();
  }

  /** Says that what was taken is handled. */
  task_done(): void {
    this.#listener.taskDone();
  }

  /** Resolves when every record that was delivered here so far is handled. Never rejects. */
  join(options: FlushOptions = {}): Promise<void> {
    return this.#listener.join(options);
  }

  /** Asks for no more messages; resolves when those that are here can be taken. Never rejects. */
  arrived(): Promise<void> {
    return this.#listener.arrived();
  }

  /** The listener has stopped: acknowledges what is handled. Never rejects. */
  close(): Promise<void> {
    return this.#listener.close();
  }

  /**
   * Flushes, for `closeTimeoutMs` at most, and releases the spool: records that are put in later are
   * dropped. A listener is stopped by its own `stop()`. Never rejects.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#sender.close();
  }
}

/** The options of the delivery, of those that are set. */
function sendingOptions(options: JetStreamQueueOptions): DeliveryOptions {
  const { batchMs, clock, closeTimeoutMs, connectTimeoutMs, onEvent, spool } = options;
  const { maxQueuedBytes, maxQueuedRecords, overflow } = options;
  const all = {
    ...{ batchMs, clock, closeTimeoutMs, connectTimeoutMs, onEvent, spool },
    ...{ maxQueuedBytes, maxQueuedRecords, overflow, whileDisconnected: "queue" },
  };
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as DeliveryOptions;
}

/** Browsers have no `randomUUID()` on pages that came without TLS. */
function randomId(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "");
}
