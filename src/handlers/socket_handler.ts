/**
 * `./socket-handler`: `SocketHandler` sends records to a log server over TCP, TLS or a Unix
 * socket, as CPython's `logging.handlers.SocketHandler` does. Each record is a pickle behind a
 * 4-byte big-endian length.
 *
 * Choose it when a Python log server already runs, or a `LogRecordSocketReceiver` of `./receiver`:
 * a record arrives with all its attributes, `extra` and the traceback included. For a syslog
 * daemon choose `./sys-log-handler`, for a web server `./http-handler`.
 *
 * ## Options
 *
 * - `connector` (required) opens connections: import it from `./deno`, `./bun`, `./node` or
 *   `./auto`. `failover(connector, others)` of `./failover` goes on at another server.
 * - `tls`: `true` for the system's certificate authorities, or `{ ca, cert, key, serverName }` in
 *   PEM.
 * - `whileDisconnected`: `"drop"` (the default, as CPython) or `"queue"`.
 * - `maxQueuedBytes` (64 MiB), `maxQueuedRecords` (no limit) and `overflow` (`"drop-oldest"` or
 *   `"drop-newest"`) limit the queue.
 * - `connectTimeoutMs` (1,000 ms), `writeTimeoutMs` (30,000 ms without progress in a write of at
 *   most 64 KiB), `closeTimeoutMs` (5,000 ms) and `exitTimeoutMs` (1,000 ms) limit each wait.
 * - `batchMs` (0 ms): how long records are gathered before they are written. A record costs a write
 *   of its own where a program logs one at a time; 2 ms make that several times cheaper. A full
 *   batch (64 KiB), `flush()`, `close()` and the exit hooks do not wait. Records that wait are lost
 *   when the process is killed, and the server gets each record up to so much later.
 * - `serializer`: `json`, `jsonLines` or `signed(pickle, key)` instead of pickles, where both ends
 *   are yours.
 * - `connection`: `"per-flush"` for edge workers, see below.
 * - `onEvent` gets each event: a connection, an outage, a drop.
 *
 * `retryStart`, `retryFactor` and `retryMax` are properties, as in CPython: 1 second, 2 and 30
 * seconds.
 *
 * ## When the server is away
 *
 * The handler dials without blocking; records that are logged meanwhile wait for the dial. After a
 * failed dial the next one may follow after 1, 2, 4, 8, 16, 30, 30 … seconds.
 *
 * - In `"drop"` mode a new record starts a dial as soon as the back-off allows one. Records in
 *   between are dropped and counted in `stats.dropped.disconnected`.
 * - In `"queue"` mode records wait in the queue. A timer dials, up to a tenth later than the
 *   back-off says, so that many clients do not dial at the same moment.
 *
 * A connection that breaks in the middle of a record loses none: the record is sent again, whole.
 * If the server closes a connection in order, the handler notices before it writes the next
 * record.
 *
 * Records that were written to a connection younger than one second stay queued until that second
 * is over, because a proxy may accept a connection that no server stands behind. If such a
 * connection ends, its records are sent again (in `"drop"` mode once). The next connection must
 * stay open for 100 ms, then carries one record, and then twice as many every 100 ms. A record
 * upon which three connections have ended alone is dropped, counted in `stats.dropped.refused` and
 * reported with its size: it may be too large for the server.
 *
 * A record that is sent again may arrive twice. On Node and Deno this holds for the last 64 KiB
 * before the failure, or one larger record, because these runtimes do not say how much of a failed
 * write the kernel took. Records that the kernel had taken when the server died later are lost,
 * and no counter knows of them: this protocol has no acknowledgements.
 *
 * ## When the program ends
 *
 * A program that returns waits up to `closeTimeoutMs` until the queue is sent. `process.exit()`,
 * `Deno.exit()` and an uncaught error write the queue to an open connection. On Bun, and on Node
 * without TLS and not on Windows, they wait for the server to read it, up to `exitTimeoutMs` (1,000
 * ms; 0 does not wait), which blocks the process. Elsewhere they write what the kernel takes: of a
 * server on the same Linux machine that is not reading, about 4 MB. The rest is counted as lost and
 * reported in one line on stderr; a record that was cut is part of it. A signal without a listener ends
 * the process at once. `await handler.flush()`, `await handler.close()` and `await shutdown()`
 * wait. `close()` is final: later records count as `stats.dropped.closed`.
 *
 * ## In an edge worker
 *
 * A socket of a Cloudflare Worker cannot outlive the request that opened it. With the connector of
 * `./cloudflare` a handler therefore has `connection: "per-flush"`: logging fills the queue, and a
 * flush connects, writes the queue, half-closes and waits for the server's end. `withFlush`
 * flushes after each response, and again when the promises that the worker gave to `ctx.waitUntil`
 * have settled. `flushAfter(ctx, handler)` flushes what was logged so far; a class
 * (`extends WorkerEntrypoint`, `DurableObject`) calls `flushAfter(this.ctx, handler)` itself, as
 * `withFlush` takes an object.
 *
 * - Loggers and handlers belong to the module and serve all requests at once. One connection at a
 *   time carries the records of all of them, in order. A flush that finds a connection under way
 *   waits for its turn.
 * - The back-off holds across requests. Within it a flush does not dial: `"queue"` leaves the
 *   records in the queue, `"drop"` (the default) drops them. No timer dials, so the records of an
 *   outage are sent with the first request after it.
 * - A record counts as sent when the server has ended the connection in order, or has kept it open
 *   for `closeTimeoutMs`. The records of a connection that broke earlier are sent again, and may
 *   arrive twice, but not more often. A server that stops in order loses nothing. A crash of the
 *   server can look like a clean shutdown; so can a server for TLS that gets records without TLS.
 * - If the platform cancels a request, a later request sends its records, some seconds after the
 *   cancelled flush should have ended.
 * - Records that are logged while a response is streamed, or while the module loads, are sent with
 *   the next request. Give the end of a stream to `ctx.waitUntil` to send them earlier. Records
 *   logged while the module loads are dated 1970, because workers have no clock there.
 * - Workers trust the certificate authorities of their runtime, and have neither Unix sockets nor
 *   datagrams. They do not say why a connection failed: the code of the `ConnectionError` is
 *   `other`, or `tls` after a handshake.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option.
 * - `records are not delivered: …` on stderr is the start of an outage. Its end is
 *   `the outage is over: 7 records lost`, or `closed during the outage: …`, or
 *   `the process ends: …`. The events hold a `ConnectionError`, whose `code` (`refused`,
 *   `timeout`, `tls` …) is the same word on every runtime.
 * - `the server answers, and should only read` says that another service listens at this port.
 * - A record that cannot be encoded counts as `stats.dropped.error` and goes to `handleError()`.
 *
 * Differs from CPython: connecting does not block, a record that was cut is sent again, there is
 * TLS, and `close()` is final.
 *
 * Browser compatible: it connects only through its `connector`.
 *
 * @example Log into a server
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { SocketHandler } from "jsr:@logwire/logging/socket-handler";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * await using handler = new SocketHandler("localhost", 9020, { connector });
 * getLogger().addHandler(handler);
 * getLogger("myapp.area1").warning("Jackdaws love my %s of quartz.", "big sphinx");
 * getLogger().removeHandler(handler);
 * await handler.close();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @example Keep records while the server is away
 * ```ts
 * import { Logger } from "jsr:@logwire/logging";
 * import { SocketHandler } from "jsr:@logwire/logging/socket-handler";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // An in-memory network on a virtual clock, on which the first dial is refused.
 * const connector = new MemoryNetwork();
 * connector.nextConnects("refused");
 *
 * const events: string[] = [];
 * const handler = new SocketHandler("localhost", 9020, {
 *   connector,
 *   clock: connector.clock,
 *   whileDisconnected: "queue",
 *   onEvent: ({ type }) => events.push(type),
 * });
 * const log = new Logger("shop");
 * log.addHandler(handler);
 * log.warning("low on quartz");
 * await connector.clock.advance(3000);
 * await handler.close();
 * console.assert(handler.stats.sent === 1 && handler.stats.connectFailures === 1);
 * console.assert(events.join() === "outage,connect-failed,connected,outage-over");
 * ```
 *
 * @module
 */
import type {
  Connector,
  ExitNotifier,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
} from "../net/connector.ts";
import { exceptionText } from "../text/exception_text.ts";
import { atOnce, watch } from "../logging/callback.ts";
import { Handler } from "../logging/handler.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { checkKnown, checkMethods, checkStreamTarget } from "../logging/validate.ts";
import { frame } from "../wire/length_prefix.ts";
import { PickleEncoder } from "../wire/pickle_encoder.ts";
import { recordFields } from "../wire/record_fields.ts";
import { pickleFields } from "../wire/record_pickler.ts";
import type { Serializer } from "../wire/serializer.ts";
import { DirectEncoderFirst, FrameEncoder } from "../delivery/frame_encoder.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import {
  checkConnector,
  type DeliveryOptions,
  RECORD_DELIVERY_OPTIONS,
  type RecordDeliveryOptions,
} from "../delivery/delivery_options.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { StreamWriter } from "../delivery/stream_writer.ts";
import type { SocketTarget } from "./_socket_target.ts";

// A page of documentation shows the members of a base that its entry point exports.
export type { DeliveryOptions, RecordDeliveryOptions };

/** Options of {@linkcode SocketHandler}. */
export interface SocketHandlerOptions extends RecordDeliveryOptions {
  /** Opens connections: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  connector: Connector;
  /** TLS, with these settings or (`true`) the system's. @default no TLS */
  tls?: TlsOptions | true;
}

/** The part of a serializer that a sender needs. */
type Sending = Pick<Serializer, "dumps" | "framing" | "contentType">;

function checkStream(
  host: string,
  port: number | null,
  options: SocketHandlerOptions,
): SocketTarget<StreamAddress> {
  const what = "create SocketHandler";
  const tls = options?.tls === true ? {} : options?.tls;
  const address = checkStreamTarget(what, host, port, 1, tls);
  checkKnown(what, options ?? {}, [...RECORD_DELIVERY_OPTIONS, "tls"]);
  checkConnector(what, options?.connector, ["connect"]);
  return { name: "SocketHandler", address };
}

/** Sends records to a log server; see the module's description. */
export class SocketHandler<Socket = StreamConnection, Address = StreamAddress>
  extends NetworkHandler {
  /** The host name or IP address, or the path of the Unix socket. */
  readonly host: string;
  /** The port; `null`: a Unix socket. */
  readonly port: number | null;
  /** Where the connector is asked to connect to. */
  readonly address: Address;
  readonly #connector: Connector;
  readonly #serializer: Sending;
  /** The direct way of pickles, where nobody gave another serializer. */
  readonly #direct: DirectEncoderFirst | undefined;

  /**
   * Opens nothing: the first record does.
   *
   * @param host a host name or IP address; with `port` null the path of a Unix socket
   * @param port from 1 to 65535, or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: SocketHandlerOptions);
  /** @ignore */
  constructor(
    host: string,
    port: number | null,
    options: RecordDeliveryOptions & { connector: ExitNotifier },
    target: SocketTarget<unknown>,
  );
  constructor(
    host: string,
    port: number | null,
    options: RecordDeliveryOptions & { connector: ExitNotifier },
    target: SocketTarget<unknown> = checkStream(host, port, options as SocketHandlerOptions),
  ) {
    const { connector, serializer = { dumps: pickleFields, contentType: "pickle" } }: {
      connector: ExitNotifier;
      serializer?: Sending;
    } = options;
    const name = `${target.name} ${host}${port === null ? "" : `:${port}`}`;
    checkMethods(`create ${name}`, "serializer", serializer, ["dumps"]);
    super(name, options, { exitNotifier: connector, contentType: serializer.contentType });
    this.host = host;
    this.port = port;
    this.address = target.address as Address;
    this.#connector = connector as Connector;
    this.#serializer = serializer;
    if (serializer.dumps === pickleFields) {
      const whole = new FrameEncoder((record: LogRecord) => this.encode(record));
      this.#direct = new DirectEncoderFirst(new PickleEncoder(), whole, this.#formatError);
    }
  }

  /** Encodes the record and sends it; an error in that drops this record and goes to handleError(). */
  override emit(record: LogRecord): void {
    const direct = this.#direct;
    if (direct === undefined || this.makePickle !== makePickle) super.emit(record);
    else this.transmit(record, direct);
  }

  /** Returns the frame of `makePickle()`, which is the method to override. */
  protected override encode(record: LogRecord): Uint8Array {
    return atOnce(this.makePickle(record), "makePickle()");
  }

  /**
   * The record as one frame: a 4-byte big-endian length and the serializer's bytes. As CPython's
   * `makePickle`, an error in the record is formatted first, so that its text travels.
   */
  makePickle(record: LogRecord): Uint8Array {
    this.#formatError(record);
    const payload = atOnce(this.#serializer.dumps(recordFields(record)), "dumps()");
    const { framing } = this.#serializer;
    return framing === undefined ? frame(payload) : framing.frame(payload);
  }

  readonly #formatError = (record: LogRecord): void => {
    if (!record.exc_info) return;
    // Without a formatter only the error becomes a text: the encoder merges the message.
    if (this.formatter !== null || this.format !== format) watch(this.format(record));
    else record.exc_text ||= exceptionText(record.exc_info);
  };

  /** Connects to `address`. Override it to connect in another way. */
  makeSocket(options?: WaitOptions): Promise<Socket> {
    const connection = this.#connector.connect(this.address as StreamAddress, options);
    return connection as Promise<Socket>;
  }

  /** Opens a connection by `makeSocket()`. */
  protected override async openWriter(options: WaitOptions): Promise<BatchWriter> {
    return new StreamWriter(await this.makeSocket(options) as StreamConnection);
  }
}

const format = /* @__PURE__ */ prototypeMethod(Handler, "format");
const makePickle = /* @__PURE__ */ prototypeMethod(SocketHandler, "makePickle");
