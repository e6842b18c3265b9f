/**
 * `./forward-receiver`: `ForwardReceiver` receives records by the Forward protocol (version 1) of
 * Fluentd and Fluent Bit, over TCP, TLS or a Unix socket, and acknowledges what is handled.
 *
 * Choose it for the other end of `ForwardHandler` (`./forward-handler`), and for whatever else sends
 * Forward: Fluentd, Fluent Bit, Docker's `fluentd` log driver, the `fluent-logger` of many languages.
 * Each record goes to the logger of its name, or to the nearest existing logger above it, as with the
 * receivers of `./receiver`.
 *
 * ## Records
 *
 * - A record of `ForwardHandler` arrives whole: level, name, time, the text of an error, and the fields
 *   of `extra`. Integers, texts, booleans, bytes, arrays and maps arrive as such; see
 *   `./forward-handler` for the others.
 * - Any other event becomes a record named by its tag. Its text is the field `message`, `log` or
 *   `msg`, or else the JSON of all fields. Its level is that of `level` or `severity` if that is a
 *   known name, such as `"warn"` or `"FATAL"`, else INFO. The other fields are those of `extra`; one
 *   that is named like an attribute of every record has `_` behind its name.
 *
 * ## Options
 *
 * - `acceptor` (required) listens: the `connector` of `./deno`, `./bun`, `./node` or `./auto`.
 *   Workers cannot listen.
 * - `sharedKey`: a sender must prove that it has this key, and learns that the receiver has it.
 *   `selfHostname` (`"logwire-receiver"`) is the name of this side then. Users and passwords are not
 *   supported.
 * - `maxFrameBytes` (16 MiB) limits a message, and what its compressed entries inflate to. Four
 *   messages are inflated at once; others wait.
 * - `maxChunkIds` (65,536): how many ids of chunks are remembered.
 * - `logname`, `escapeControlCharacters`, `onError`, `stopTimeoutMs`, `idleTimeoutMs`,
 *   `frameTimeoutMs`, `maxBufferedBytes`, `maxConnections` and `tls` are those of `./receiver`.
 *
 * ## Acknowledgements
 *
 * A sender that gives a chunk an id keeps it until the receiver has acknowledged it, and sends it again
 * on its next connection otherwise. The receiver acknowledges a chunk when `handleLogRecord()` has
 * settled for all of it, and the handlers of the loggers that it went to have flushed. If you override
 * `handleLogRecord()`, return a promise that resolves when the record is safe. A record whose handling
 * fails is reported and acknowledged: it would fail again.
 *
 * A chunk that comes again is acknowledged, and not handled: `stats.duplicates` counts such chunks. A
 * chunk whose connection ended in the middle goes on where it stopped. The ids are in memory: a
 * receiver that was restarted handles a chunk again.
 *
 * `stop()` ends each connection behind an acknowledgement: what the sender had sent meanwhile goes to
 * its next one.
 *
 * ## Senders that you do not trust
 *
 * Events are data; nothing in them is run. A message that is too large, nests too deep or claims more
 * bytes than it may have ends its connection, and no other, before memory is allocated for it; an event
 * has a million values at most. A sender that has not shown the shared key may send 4 KiB. One that has
 * the key, or needs none, can choose names, tags and ids freely: listen on loopback or in a network
 * that you trust, or use `tls` with `ca`.
 *
 * `maxBufferedBytes` limits the messages that are not complete. A complete one stays in memory until its
 * records are handled, and each connection may have one: lower `maxFrameBytes` or `maxConnections` where
 * `maxConnections` times `maxFrameBytes` is more memory than there is.
 *
 * Heartbeats over UDP are not answered; Fluentd's sender needs `heartbeat_type transport` or `none`.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown option.
 * - `start()` rejects with a `ConnectionError` when the address is in use or not allowed.
 * - A fault with the reason `frame` or `payload` ends the connection that it came from, as in
 *   `./receiver`.
 *
 * Browser compatible: it listens only through its `acceptor`.
 *
 * @example Receive what Fluent Bit sends
 * ```ts
 * import { ForwardReceiver } from "jsr:@logwire/logging/forward-receiver";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * const receiver = new ForwardReceiver("localhost", 24224, { acceptor: connector });
 * receiver.handleLogRecord = (record) => {
 *   console.assert(record.name === "app" && record.getMessage() === "hi" && record.user === 7);
 * };
 * await receiver.start();
 *
 * const to = { transport: "tcp", hostname: "localhost", port: 24224 } as const;
 * const connection = await connector.connect(to);
 * // ["app", 1700000000, {"log": "hi", "user": 7}] in MessagePack
 * const event = "\x93\xa3app\xce\x65\x53\xf1\x00\x82\xa3log\xa2hi\xa4user\x07";
 * await connection.write(Uint8Array.from(event, (character) => character.charCodeAt(0)));
 * await connection.close();
 *
 * await receiver.stop();
 * console.assert(receiver.stats.received === 1);
 * ```
 *
 * @module
 */
import { INFO } from "../logging/level.ts";
import { LogRecord } from "../logging/log_record.ts";
import { checkInteger, checkKnown, checkString } from "../logging/validate.ts";
import type { StreamAddress } from "../net/connector.ts";
import { ChunkHistory } from "../wire/forward/chunk_history.ts";
import { ForwardServer } from "../wire/forward/forward_server.ts";
import { InflationSlots } from "../wire/forward/inflation_slots.ts";
import { eventFields } from "../wire/forward/received_event.ts";
import { checkSharedKey, randomHex } from "../wire/forward/shared_key.ts";
import { DEFAULT_MAX_FRAME_BYTES } from "../wire/framing.ts";
import {
  RECEIVER_OPTIONS,
  type ReceiverOptions,
  type ReceiverStats,
  RecordReceiver,
} from "./record_receiver.ts";
import {
  checkStreamServer,
  STREAM_OPTIONS,
  StreamServer,
  type StreamServerOptions,
  type StreamServerStats,
} from "./stream_server.ts";

export type { ReceiverOptions, ReceiverStats, StreamServerOptions, StreamServerStats };
export { RecordReceiver };

/** With ids of usual length these are some 10 MiB; the senders of a day send few chunks twice. */
const DEFAULT_MAX_CHUNK_IDS = 65_536;

/** A million ids of usual length are some 150 MiB. */
const MOST_CHUNK_IDS = 1_000_000;

/** Options of {@linkcode ForwardReceiver}. */
export interface ForwardReceiverOptions extends ReceiverOptions, StreamServerOptions {
  /** The key that each sender must have; a string stands for its UTF-8 bytes. @default none */
  sharedKey?: string | Uint8Array;
  /**
   * The name of this side in the handshake of a shared key. Some senders refuse a server that has
   * their own name. @default {"logwire-receiver"}
   */
  selfHostname?: string;
  /**
   * How many ids of chunks are remembered, from 1 to 1000000; the oldest are forgotten.
   *
   * @default {65536}
   */
  maxChunkIds?: number;
}

/** The names of all options of a {@linkcode ForwardReceiver}. */
const OPTIONS: readonly string[] = /* @__PURE__ */ RECEIVER_OPTIONS.concat(
  STREAM_OPTIONS,
  ["sharedKey", "selfHostname", "maxChunkIds"],
);

/** The counts of a {@linkcode ForwardReceiver} so far: a snapshot. */
export interface ForwardReceiverStats extends ReceiverStats, StreamServerStats {
  /** Chunks that came again after they had been handled, and were dropped. */
  readonly duplicates: number;
}

/** Receives records by the Forward protocol; see the module's description. */
export class ForwardReceiver extends RecordReceiver {
  /** @ignore */
  protected override readonly server: StreamServer;
  readonly #history: ChunkHistory;
  /** The zero of `relativeCreated`, in seconds since the epoch. */
  readonly #start: number;

  /**
   * Opens nothing: `start()` does.
   *
   * @param host the host name or IP address to listen at; with `port` null the path of a Unix
   * socket
   * @param port from 0 to 65535, 0 for a free one that the system chooses, 24224 by habit; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: ForwardReceiverOptions) {
    const what = "create ForwardReceiver";
    checkKnown(what, options, OPTIONS);
    const { selfHostname = "logwire-receiver", maxChunkIds = DEFAULT_MAX_CHUNK_IDS } = options;
    checkString(what, "selfHostname", selfHostname);
    checkInteger(what, "maxChunkIds", maxChunkIds, 1, MOST_CHUNK_IDS);
    const sharedKey = checkSharedKey(what, options.sharedKey);
    const settings = checkStreamServer(what, host, port, options);
    const history = new ChunkHistory(maxChunkIds);
    const session = {
      history,
      slots: new InflationSlots(),
      sharedKey,
      hostname: selfHostname,
      nonce: randomHex,
    };
    super(what, options, {
      reader: ({ maxFrameBytes = DEFAULT_MAX_FRAME_BYTES } = {}) =>
        new ForwardServer({ ...session, maxFrameBytes }),
    });
    this.server = new StreamServer(this.pipeline, settings);
    this.#history = history;
    const { created, relativeCreated } = new LogRecord("", INFO, "", 0, "", null, null);
    this.#start = created - relativeCreated / 1000;
  }

  /**
   * The address that it listens at; before `start()` the one that it was given, even with port 0.
   */
  get address(): StreamAddress {
    return this.server.address;
  }

  /** The counts so far. */
  override get stats(): ForwardReceiverStats {
    const { duplicates } = this.#history;
    return { ...super.stats, ...this.server.stats, duplicates };
  }

  /**
   * The fields of the record of an event, which is `[tag, time, map]` in MessagePack. Override it to
   * make other records.
   */
  override unPickle(event: Uint8Array, _sender?: string): Record<string, unknown> {
    return eventFields(event, this.#start);
  }

  /** The name of this receiver in lines on stderr. */
  protected override describe(): string {
    return `forward ${super.describe()}`;
  }
}
