/**
 * `DatagramHandler`: records to a log server over UDP, IPv4 and IPv6, as CPython's
 * `logging.handlers.DatagramHandler`: one record a datagram, its 4-byte length included.
 *
 * Differs from CPython: IPv6 works, the name is looked up once a socket and not once a record, and
 * a record too large for a datagram is dropped and counted.
 *
 * Browser compatible: what it sends with is given to it.
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
import type { BatchWriter } from "../delivery/batch_writer.ts";
import { DatagramWriter } from "../delivery/datagram_writer.ts";
import { checkDatagramTarget, checkKnown, checkMethods } from "../logging/validate.ts";
import type {
  DatagramAddress,
  DatagramConnector,
  DatagramSocket,
  WaitOptions,
} from "../net/connector.ts";
import {
  RECORD_DELIVERY_OPTIONS,
  type RecordDeliveryOptions,
} from "../delivery/delivery_options.ts";
import type { SocketTarget } from "./_socket_target.ts";
import { SocketHandler } from "./socket_handler.ts";

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
  checkKnown(what, options, RECORD_DELIVERY_OPTIONS);
  checkMethods(what, "connector", options.connector, ["openDatagram"]);
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
