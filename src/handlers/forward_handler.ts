/**
 * `./forward-handler`: `ForwardHandler` sends records by the Forward protocol (version 1) of Fluentd
 * and Fluent Bit, in which the server acknowledges what it has taken.
 *
 * Choose it when Fluentd, Fluent Bit or another server with a `forward` input collects your logs, or
 * when no record may be lost between two programs of yours: the `ForwardReceiver` of
 * `./forward-receiver` makes whole records of what this handler sends, and drops what comes twice.
 *
 * ## Options
 *
 * - `connector` (required) opens connections: import it from `./deno`, `./bun`, `./node`,
 *   `./cloudflare` or `./auto`. `failover(connector, others)` of `./failover` goes on at another
 *   server.
 * - `tag` (required) is the tag of all events, such as `"shop"`: servers route by it.
 * - `sharedKey`: the key that the server has, too (Fluentd's `shared_key` in `<security>`).
 *   The key proves who is there, and does not encrypt: use `tls` for that. A server that demands a
 *   user name and a password as well is refused with an error that says so.
 * - `selfHostname` (the name of the machine, or else `"logwire"`): the name of this side in the proof.
 *   A server that has the same name is refused, since it could send this side's own proof back.
 * - `ack` (`true`): chunks are acknowledged. With `false` each record is a message of its own, and
 *   counts as sent when the kernel has it, as over plain TCP; `whileDisconnected` is still `"queue"`.
 * - `gzip` (`false`): chunks are compressed. It needs `ack`.
 * - `tls`: `true` for the system's certificate authorities, or `{ ca, cert, key, serverName }` in
 *   PEM.
 * - `batchMs` (0 ms): how long records are gathered for a chunk. With 0 the records of one turn of the
 *   event loop make a chunk; larger chunks cost the server less.
 * - `spool` keeps queued records on the disk, see `./spool`.
 * - `whileDisconnected` is `"queue"` by default here. `maxQueuedBytes`, `maxQueuedRecords`,
 *   `overflow`, `connectTimeoutMs` (1,000 ms), `writeTimeoutMs` (30,000 ms), `closeTimeoutMs`
 *   (5,000 ms), `exitTimeoutMs` (1,000 ms), `connection` and `onEvent` are those of
 *   `./socket-handler`.
 *
 * ## What is sent
 *
 * An event's time is that of the record, to the nanosecond (EventTime). Its record is a map of the
 * attributes of Python's `makePickle`: `msg` with its arguments merged, `levelname`, `levelno`,
 * `name`, `exc_text` with the text of an error, and so on, then the fields of `extra`. Override
 * `mapLogRecord(record)` to send other fields.
 *
 * ## Acknowledgements
 *
 * A chunk is the records of one write, of a turn of the event loop most often. It counts as sent when
 * the server has acknowledged it. At most 32 chunks wait for that: `handler.stats.unacknowledged` is
 * how many records are in them, and `flush()` and `close()` wait for the acknowledgements. When a
 * connection ends, the chunks that were not acknowledged go again to the next one, in order, each
 * with the same records and the same id. Fluentd and Fluent Bit may then have a record twice;
 * `ForwardReceiver` drops chunks whose id it knows. With a spool the ids survive a restart of this
 * program. After two connections in a row that ended without an acknowledgement a chunk is written in
 * parts with ids of their own, to find a record on which the server ends: then `ForwardReceiver` too
 * may handle a record twice.
 *
 * A server that acknowledges nothing for `writeTimeoutMs`, or a chunk that was not sent, loses its
 * connection.
 *
 * ## When the server is away
 *
 * Records wait in the queue. The handler dials again after 1, 2, 4, 8, 16, 30, 30 … seconds.
 *
 * ## When the program ends
 *
 * A program that returns waits up to `closeTimeoutMs` until the queue is acknowledged.
 * `process.exit()`, `Deno.exit()` and an uncaught error write the queue to an open connection, as
 * `./socket-handler` describes; all that was not acknowledged counts as lost then, although it may
 * arrive. With a spool nothing is written then, as the next process sends it. `await
 * handler.close()` waits, and is final.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option.
 * - `records are not delivered: …` on stderr is the start of an outage. Its end is
 *   `the outage is over`, `closed during the outage` or `the process ends`.
 * - A record that cannot be encoded, or has more than 16,000,000 bytes, counts as
 *   `stats.dropped.error` and goes to `handleError()`.
 *
 * ## The server's side
 *
 * ```conf
 * # Fluentd
 * <source>
 *   @type forward
 *   port 24224
 *   # <security>
 *   #   self_hostname collector
 *   #   shared_key correct horse battery staple
 *   # </security>
 * </source>
 * ```
 *
 * Heartbeats over UDP, which Fluentd's own sender can use, are not sent: the connection shows whether
 * the server is there.
 *
 * CPython has no such handler.
 *
 * Browser compatible: it connects only through its `connector`.
 *
 * @example Log into a receiver that acknowledges
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { ForwardHandler } from "jsr:@logwire/logging/forward-handler";
 * import { ForwardReceiver } from "jsr:@logwire/logging/forward-receiver";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * await using receiver = new ForwardReceiver("localhost", 24224, { acceptor: connector });
 * receiver.handleLogRecord = (record) => console.assert(record.user === "anna");
 * await receiver.start();
 *
 * const handler = new ForwardHandler("localhost", 24224, { connector, tag: "shop" });
 * getLogger("myapp").addHandler(handler);
 * getLogger("myapp").warning("low on %s", "quartz", { extra: { user: "anna" } });
 * await handler.flush();
 * console.assert(handler.stats.sent === 1 && receiver.stats.received === 1);
 * await handler.close();
 * ```
 *
 * @module
 */
import { atOnce, watch } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { checkBoolean, checkKnown, checkStreamTarget, checkString } from "../logging/validate.ts";
import type {
  Connector,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
} from "../net/connector.ts";
import { encodeEntry } from "../wire/forward/forward_entry.ts";
import { checkSharedKey, randomHex } from "../wire/forward/shared_key.ts";
import { recordFields } from "../wire/record_fields.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import {
  checkConnector,
  checkDeliveryOptions,
  DELIVERY_OPTIONS,
  type DeliveryOptions,
} from "../delivery/delivery_options.ts";
import { ChunkIds } from "../delivery/chunk_ids.ts";
import { type ForwardSettings, openForward } from "../delivery/forward_writer.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";

export type { DeliveryOptions };

/** Options of {@linkcode ForwardHandler}. */
export interface ForwardHandlerOptions extends DeliveryOptions {
  /** Opens connections: the `connector` of `./deno`, `./bun`, `./node`, `./cloudflare` or `./auto`. */
  connector: Connector;
  /** The tag of all events. */
  tag: string;
  /** The key that the server has, too; a string stands for its UTF-8 bytes. @default none */
  sharedKey?: string | Uint8Array;
  /**
   * The name of this side in the handshake of a shared key, which must not be the server's name.
   *
   * @default what the connector says that this machine is called, else {"logwire"}
   */
  selfHostname?: string;
  /** Says whether the server acknowledges chunks. @default {true} */
  ack?: boolean;
  /** Says whether chunks are compressed. @default {false} */
  gzip?: boolean;
  /** TLS, with these settings or (`true`) the system's. @default no TLS */
  tls?: TlsOptions | true;
}

/** The names of the options in {@linkcode ForwardHandlerOptions}. */
const OPTIONS: readonly string[] = /* @__PURE__ */ DELIVERY_OPTIONS.concat(
  ["tag", "sharedKey", "selfHostname", "ack", "gzip", "tls"],
);

/** Sends records by the Forward protocol; see the module's description. */
export class ForwardHandler extends NetworkHandler {
  /** The host name or IP address, or the path of the Unix socket. */
  readonly host: string;
  /** The port; `null`: a Unix socket. */
  readonly port: number | null;
  /** The tag of all events. */
  readonly tag: string;
  readonly #address: StreamAddress;
  readonly #connector: Connector;
  readonly #settings: ForwardSettings;

  /**
   * Opens nothing: the first record does.
   *
   * @param host a host name or IP address; with `port` null the path of a Unix socket
   * @param port from 1 to 65535, 24224 by habit; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: ForwardHandlerOptions) {
    const what = "create ForwardHandler";
    checkKnown(what, options ?? {}, OPTIONS);
    const { connector, tag, ack = true, gzip = false, tls } = options;
    checkConnector(what, connector, ["connect"]);
    const { selfHostname = connector.hostName?.() ?? "logwire" } = options;
    const address = checkStreamTarget(what, host, port, 1, tls === true ? {} : tls);
    checkString(what, "tag", tag);
    checkString(what, "selfHostname", selfHostname);
    checkBoolean(what, "ack", ack);
    if (checkBoolean(what, "gzip", gzip) && !ack) {
      throw new TypeError(`Cannot ${what} as 'gzip' needs 'ack' to be true`);
    }
    const delivery: ForwardHandlerOptions = { whileDisconnected: "queue", ...options };
    super(`ForwardHandler ${host}${port === null ? "" : `:${port}`}`, delivery, {
      exitNotifier: connector,
      contentType: "msgpack",
    });
    const { clock, writeTimeoutMs, spool } = checkDeliveryOptions(what, delivery);
    this.host = host;
    this.port = port;
    this.tag = tag;
    this.#address = address;
    this.#connector = connector;
    this.#settings = {
      tag,
      ack,
      gzip,
      sharedKey: checkSharedKey(what, options.sharedKey),
      hostname: selfHostname,
      ids: new ChunkIds(randomHex),
      salt: randomHex,
      isSpooled: spool !== undefined,
      clock,
      writeTimeoutMs,
    };
  }

  /** The entry of a record, `[EventTime, map]` in MessagePack, of what `mapLogRecord()` gives. */
  protected override encode(record: LogRecord): Uint8Array {
    const fields = atOnce(this.mapLogRecord(record), "mapLogRecord()");
    return encodeEntry(record.created, fields);
  }

  /**
   * The fields that are sent of a record: its attributes, `msg` merged, an error as text in `exc_text`.
   * Override it to send something else.
   */
  mapLogRecord(record: LogRecord): Record<string, unknown> {
    if (record.exc_info) watch(this.format(record));
    return recordFields(record);
  }

  /** Connects to the server. Override it to connect in another way. */
  makeSocket(options?: WaitOptions): Promise<StreamConnection> {
    return this.#connector.connect(this.#address, options);
  }

  /** Opens a session on what `makeSocket()` opens. */
  protected override async openWriter(options: WaitOptions): Promise<BatchWriter> {
    return await openForward(await this.makeSocket(options), this.#settings, options);
  }
}
