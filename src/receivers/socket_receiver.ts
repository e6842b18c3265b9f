/**
 * `./receiver`: receivers collect the records that other programs send, from CPython 2.7 on and
 * from this package. They work as the receiver in CPython's logging cookbook does.
 *
 * - {@linkcode LogRecordSocketReceiver} receives what `SocketHandler` sends, over TCP, TLS or a
 *   Unix socket.
 * - {@linkcode LogRecordDatagramReceiver} receives what `DatagramHandler` sends.
 * - {@linkcode SyslogReceiver} receives syslog messages and makes records of them, which also have
 *   a `sender_address`. It reads what Cisco, Huawei, AIX, Docker and Heroku send.
 * - {@linkcode readRecords} reads records from any bytes, such as a file.
 *
 * Each record goes to the logger of its name, or to the nearest existing logger above it: the
 * loggers and handlers of the receiving program decide what happens then. Override
 * `handleLogRecord(record)` to do something else with it. A promise that it returns is awaited, so
 * that senders are slowed down to the speed of the handling.
 *
 * ## Options
 *
 * - `acceptor` (required) listens: the `connector` of `./deno`, `./bun`, `./node` or `./auto`.
 *   Workers cannot listen.
 * - `logname`: one logger that gets every record.
 * - `maxFrameBytes` (16 MiB; 1 MiB for syslog), `maxBufferedBytes` (64 MiB of unfinished frames,
 *   all connections together) and `maxConnections` (1,024) limit the memory.
 * - `frameTimeoutMs` (60,000 ms) limits the time of an unfinished frame; `idleTimeoutMs` (0: no
 *   limit) the silence of a connection; `stopTimeoutMs` (5,000 ms) the reading after `stop()`.
 * - `tls`: `{ cert, key }` in PEM; with `ca` each sender must show a certificate.
 * - `serializer`: `json`, `jsonLines` or `signed(pickle, key)` where the senders use that.
 * - `escapeControlCharacters` (`true`): no record forges a line of a console or of a file.
 * - `onError` gets each fault; without it faults are lines on stderr.
 * - `SyslogReceiver`: `defaultTimeZone` and `timeZones` say how times without a zone are meant;
 *   `delimiter` and `framing` say how messages end on a stream. Where stock CPython is the only
 *   sender, `delimiter: "nul"` keeps its line feeds; where no sender counts octets,
 *   `framing: "lines"` takes no number at the start of a line for a length. `framing: "relp"` with
 *   `transport: "tcp"` takes RELP, of rsyslog's `omrelp` and of our `SysLogHandler`.
 *
 * ## RELP
 *
 * Over RELP a sender keeps each message until the receiver has acknowledged it, and sends it again
 * on its next connection otherwise. The receiver acknowledges what arrived together when
 * `handleLogRecord()` has settled for all of it, and the handlers of the loggers that it went to have
 * flushed. If you override `handleLogRecord()`, return a promise that resolves when the record is
 * safe. A record whose handling fails is reported and acknowledged: it would fail again. A sender may
 * send a message twice when a connection is lost, so a record may arrive twice. `stop()` asks the
 * senders to end their sessions, and acknowledges what they had sent.
 *
 * ## Senders that you do not trust
 *
 * Pickles are parsed as data; nothing in them is imported or run. A `datetime`, a `Decimal`, a
 * `UUID`, an `HTTPStatus` and similar values become text and numbers as Python prints them; every
 * other object stays inert. Formatting writes at most four million characters of a record; the
 * rest becomes `…`. A sender cannot create loggers. If there are too many connections or
 * unfinished frames, the receiver closes those that hold the most, or were idle for the longest,
 * and reports them. Nothing but `tls` with `ca`, or a `signed` serializer, says who the sender is:
 * listen on loopback or in a network that you trust.
 *
 * ## When the program ends
 *
 * A receiver that listens keeps its program running. `await receiver.stop()` accepts no more
 * connections, reads what the open ones have sent, for `stopTimeoutMs` at most, and handles it. A
 * CPython sender notices the end of its connection only after it has lost a record or two. After
 * `process.exit()` and after a signal without a listener the records that the receiver has not
 * read are lost.
 *
 * ## Errors
 *
 * - The constructors throw a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option.
 * - `start()` rejects with a {@linkcode ConnectionError} when the address is in use or not
 *   allowed.
 * - A {@linkcode ReceiverFault} has a `reason`. `frame` (too large, or cut off) and `payload` (it
 *   holds no record) end the connection that they came from; `record` means that handling a record
 *   failed, and only that record is lost; after `listener` the receiver has stopped.
 *
 * Browser compatible: it listens only through its `acceptor`.
 *
 * @example Receive records, each handled by the logger that it was logged with
 * ```ts
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { LogRecordSocketReceiver } from "jsr:@logwire/logging/receiver";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * const receiver = new LogRecordSocketReceiver("localhost", 9020, {
 *   acceptor: connector,
 *   logname: "collected",
 * });
 * await receiver.start();
 *
 * const handler = new SocketHandler("localhost", 9020, { connector });
 * getLogger("myapp.area1").addHandler(handler);
 * getLogger("myapp.area1").warning("Jackdaws love my %s of quartz.", "big sphinx");
 * await handler.close();
 *
 * await receiver.stop();
 * console.assert(receiver.stats.received === 1);
 * ```
 *
 * @module
 */
import { checkKnown } from "../logging/validate.ts";
import type { StreamAddress } from "../net/connector.ts";
import {
  type ReceiverStats,
  RECORD_RECEIVER_OPTIONS,
  RecordReceiver,
  type RecordReceiverOptions,
} from "./record_receiver.ts";
import {
  checkStreamServer,
  STREAM_OPTIONS,
  StreamServer,
  type StreamServerOptions,
  type StreamServerStats,
} from "./stream_server.ts";

export { makeLogRecord } from "../logging/make_log_record.ts";
export { LogRecordDatagramReceiver } from "./datagram_receiver.ts";
export type {
  DatagramReceiverStats,
  LogRecordDatagramReceiverOptions,
} from "./datagram_receiver.ts";
export type { Acceptor, DatagramAcceptor, DatagramListener, Listener } from "../net/connector.ts";
export type { DatagramServerStats } from "./datagram_server.ts";
export type { ReceiverFault, ReceiverFaultReason } from "./receiver_fault.ts";
export {
  type ReceiverOptions,
  type ReceiverStats,
  RecordReceiver,
  type RecordReceiverOptions,
} from "./record_receiver.ts";
export { readRecords } from "./read_records.ts";
export type { ReadRecordsOptions } from "./read_records.ts";
export type { StreamServerOptions, StreamServerStats } from "./stream_server.ts";
export { SyslogReceiver } from "./syslog_receiver.ts";
export type {
  SyslogDatagramReceiverOptions,
  SyslogReceiverOptions,
  SyslogReceiverStats,
  SyslogStreamReceiverOptions,
  SyslogTimeOptions,
} from "./syslog_receiver.ts";

/** Options of {@linkcode LogRecordSocketReceiver}. */
export interface LogRecordSocketReceiverOptions
  extends RecordReceiverOptions, StreamServerOptions {}

/** The counts of a {@linkcode LogRecordSocketReceiver} so far: a snapshot. */
export interface SocketReceiverStats extends ReceiverStats, StreamServerStats {}

/** Receives records over byte streams; see the module's description. */
export class LogRecordSocketReceiver extends RecordReceiver {
  /** @ignore */
  protected override readonly server: StreamServer;

  /**
   * Opens nothing: `start()` does.
   *
   * @param host the host name or IP address to listen at; with `port` null the path of a Unix
   * socket
   * @param port from 0 to 65535, 0 for a free one that the system chooses; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: LogRecordSocketReceiverOptions) {
    const what = "create LogRecordSocketReceiver";
    checkKnown(what, options, [...RECORD_RECEIVER_OPTIONS, ...STREAM_OPTIONS]);
    const settings = checkStreamServer(what, host, port, options);
    super(what, options);
    this.server = new StreamServer(this.pipeline, settings);
  }

  /**
   * The address that it listens at; before `start()` the one that it was given, even with port 0.
   */
  get address(): StreamAddress {
    return this.server.address;
  }

  /** The counts so far. */
  override get stats(): SocketReceiverStats {
    return { ...super.stats, ...this.server.stats };
  }
}
