/**
 * Collects records from CPython's `DatagramHandler` and this module's: each datagram is one frame,
 * with its length before it. A datagram that holds no record is dropped and reported.
 *
 * Browser compatible: an acceptor, which binds the socket, is passed in.
 *
 * @module
 */
import { checkKnown } from "../logging/validate.ts";
import type { DatagramAcceptor, DatagramAddress } from "../net/connector.ts";
import {
  checkDatagramServer,
  DatagramServer,
  type DatagramServerStats,
} from "./datagram_server.ts";
import {
  type ReceiverStats,
  RECORD_RECEIVER_OPTIONS,
  RecordReceiver,
  type RecordReceiverOptions,
} from "./record_receiver.ts";

/** Options of {@linkcode LogRecordDatagramReceiver}. */
export interface LogRecordDatagramReceiverOptions extends RecordReceiverOptions {
  /** The acceptor that binds: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  acceptor: DatagramAcceptor;
}

/** The counts of a {@linkcode LogRecordDatagramReceiver} so far: a snapshot. */
export interface DatagramReceiverStats extends ReceiverStats, DatagramServerStats {}

/**
 * Receives records over UDP or a Unix datagram socket. `connection` is absent from its faults.
 *
 * @example
 * ```ts
 * import { DatagramHandler, getLogger } from "jsr:@logwire/logging";
 * import { LogRecordDatagramReceiver } from "jsr:@logwire/logging/receiver";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 * const { clock } = connector;
 *
 * const receiver = new LogRecordDatagramReceiver("localhost", 9021, {
 *   acceptor: connector,
 *   clock,
 * });
 * receiver.handleLogRecord = (record) => console.assert(record.getMessage() === "spam");
 * await receiver.start();
 *
 * const handler = new DatagramHandler("localhost", 9021, { connector });
 * getLogger("myapp.area2").addHandler(handler);
 * getLogger("myapp.area2").error("spam");
 * await handler.close();
 *
 * // It waits for more to come, 200 milliseconds of which pass on the network's own clock.
 * await Promise.all([receiver.stop(), clock.advance(200)]);
 * console.assert(receiver.stats.received === 1);
 * ```
 */
export class LogRecordDatagramReceiver extends RecordReceiver {
  /** @ignore */
  protected override readonly server: DatagramServer;

  /**
   * Opens nothing: `start()` does.
   *
   * @param host the host name or IP address to bind; with `port` null the path of a Unix socket
   * @param port from 0 to 65535, 0 for a free one that the system chooses; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: LogRecordDatagramReceiverOptions) {
    const what = "create LogRecordDatagramReceiver";
    checkKnown(what, options, RECORD_RECEIVER_OPTIONS);
    const settings = checkDatagramServer(what, host, port, options.acceptor);
    super(what, options);
    this.server = new DatagramServer(this.pipeline, settings);
  }

  /**
   * The address that it is bound to; before `start()` the one that it was given, even with port 0.
   */
  get address(): DatagramAddress {
    return this.server.address;
  }

  /** The counts so far. */
  override get stats(): DatagramReceiverStats {
    return { ...super.stats, ...this.server.stats };
  }
}
