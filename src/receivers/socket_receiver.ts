/**
 * `./receiver` collects records from the handlers of CPython and of this module.
 * {@linkcode LogRecordSocketReceiver} listens on TCP, TLS or Unix sockets for `SocketHandler`,
 * {@linkcode LogRecordDatagramReceiver} takes the datagrams of `DatagramHandler`, and
 * {@linkcode readRecords} reads any bytes. They work as the receiver in CPython's logging cookbook
 * does, and never execute what they receive. {@linkcode SyslogReceiver} receives syslog.
 *
 * Strangers may send to a receiver. They can make it hold `maxBufferedBytes` of unfinished frames
 * and `maxConnections` connections; beyond that, it closes and reports the connection that holds
 * the most, or was idle for the longest. They can make no loggers, forge no line of a console or a
 * file (`escapeControlCharacters`), and send no faster than records are handled: the receiver
 * awaits a promise that `handleLogRecord()` returns.
 *
 * Browser compatible: an acceptor, which listens, is passed in.
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
