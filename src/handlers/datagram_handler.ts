/**
 * `./datagram-handler`: `DatagramHandler` sends records to a log server over UDP or Unix
 * datagrams, as CPython's `logging.handlers.DatagramHandler` does: one record in each datagram,
 * with its 4-byte length.
 *
 * Choose it when a lost record matters less than a connection: UDP has neither connections nor
 * confirmation, and neither the handler nor the server learns that a datagram was lost on the way.
 * Where records must arrive choose `./socket-handler`. The other end is CPython's example of a UDP
 * log server or the `LogRecordDatagramReceiver` of `./receiver`.
 *
 * ## Options
 *
 * - `connector` (required) opens sockets: import it from `./deno`, `./bun`, `./node` or `./auto`.
 *   Workers have no datagrams.
 * - `serializer`, `whileDisconnected`, `maxQueuedBytes`, `maxQueuedRecords`, `overflow`,
 *   `connectTimeoutMs` (1,000 ms), `closeTimeoutMs` (5,000 ms), `batchMs` (0 ms) and `onEvent` are
 *   those of `./socket-handler`. "Disconnected" here means that no socket could be opened, for
 *   instance because the name of the host was not found.
 * - `port` is `null` for the path of a Unix datagram socket:
 *   `new DatagramHandler("/run/log", null, …)`.
 *
 * On Deno UDP needs two permissions, one for the server and one for the address that it sends
 * from: `--allow-net=host:port,0.0.0.0:0`. Unix datagrams need `--unstable-net` and the whole
 * `--allow-net` there, on Node the package `unix-dgram`.
 *
 * ## When the server is away
 *
 * Datagrams to a server that is not there are lost, as with CPython, and count as sent: sent means
 * that the kernel took them. If no socket can be opened, the back-off and the two modes of
 * `./socket-handler` hold.
 *
 * ## When the program ends
 *
 * A program that returns waits up to `closeTimeoutMs` until the queue is sent. An uncaught error
 * and `process.exit()` send what is queued if the socket is open; on Deno `process.exit()` and
 * `Deno.exit()` lose the datagrams of the last turn. Await `handler.close()` to be sure. After a
 * signal without a listener nothing is sent.
 *
 * ## Errors
 *
 * - The constructor throws a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option.
 * - A record larger than a datagram (65,507 bytes over UDP) is dropped and counted in
 *   `stats.dropped.tooLarge`; the first one is reported on stderr.
 * - `ConnectionError` `unsupported`: this runtime has no Unix datagrams; the message says what is
 *   missing.
 *
 * Differs from CPython: IPv6 works, the name of the host is looked up once for a socket instead of
 * once for a record, and records that are too large are counted.
 *
 * Browser compatible: it sends only through its `connector`.
 *
 * @example Log over UDP
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { DatagramHandler } from "jsr:@logwire/logging/datagram-handler";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * await using handler = new DatagramHandler("localhost", 9021, { connector });
 * getLogger("myapp").addHandler(handler);
 * getLogger("myapp").warning("low on quartz");
 * await handler.flush();
 * console.assert(handler.stats.sent === 1);
 * ```
 *
 * @module
 */
import type {
  DatagramAddress,
  DatagramConnector,
  DatagramSocket,
  WaitOptions,
} from "../net/connector.ts";
import { checkDatagramTarget, checkKnown } from "../logging/validate.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import { DatagramWriter } from "../delivery/datagram_writer.ts";
import {
  checkConnector,
  type DeliveryOptions,
  RECORD_DELIVERY_OPTIONS,
  type RecordDeliveryOptions,
} from "../delivery/delivery_options.ts";
import type { SocketTarget } from "./_socket_target.ts";
import { SocketHandler } from "./socket_handler.ts";

// A page of documentation shows the members of a base that its entry point exports.
export type { DeliveryOptions, RecordDeliveryOptions };

/** Options of {@linkcode DatagramHandler}. */
export interface DatagramHandlerOptions extends RecordDeliveryOptions {
  /** Opens sockets: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  connector: DatagramConnector;
}

function checkDatagrams(
  host: string,
  port: number | null,
  options: DatagramHandlerOptions,
): SocketTarget<DatagramAddress> {
  const what = "create DatagramHandler";
  const address = checkDatagramTarget(what, host, port, 1);
  checkKnown(what, options ?? {}, RECORD_DELIVERY_OPTIONS);
  checkConnector(what, options?.connector, ["openDatagram"]);
  return { name: "DatagramHandler", address };
}

/** Sends each record as one datagram; see the module's description. */
export class DatagramHandler extends SocketHandler<DatagramSocket, DatagramAddress> {
  readonly #connector: DatagramConnector;

  /**
   * Opens nothing: the first record does.
   *
   * @param host a host name or IP address; with `port` null the path of a Unix datagram socket
   * @param port from 1 to 65535, or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: DatagramHandlerOptions) {
    super(host, port, options, checkDatagrams(host, port, options));
    this.#connector = options.connector;
  }

  /** Opens a socket for `address`. Override it to send in another way. */
  override makeSocket(options?: WaitOptions): Promise<DatagramSocket> {
    return this.#connector.openDatagram(this.address, options);
  }

  /** Opens a socket by `makeSocket()`. */
  protected override async openWriter(options: WaitOptions): Promise<BatchWriter> {
    return new DatagramWriter(await this.makeSocket(options));
  }
}
