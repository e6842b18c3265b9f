/**
 * `SocketHandler`: records to a log server over TCP, TLS or a Unix socket, as CPython's
 * `logging.handlers.SocketHandler`: each a pickle behind a 4-byte big-endian length.
 *
 * Differs from CPython: the dial does not block and records emitted meanwhile are held; a record
 * cut off by a failure is sent again; `close()` is final.
 *
 * Browser compatible: what it connects with is given to it.
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
 * @module
 */
import { checkKnown, checkMethods, checkStreamTarget } from "../logging/validate.ts";
import type {
  Connector,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
} from "../net/connector.ts";
import {
  RECORD_DELIVERY_OPTIONS,
  RecordDeliveryHandler,
  type RecordDeliveryOptions,
} from "../delivery/record_delivery_handler.ts";
import { deliverBySocket } from "../delivery/socket_delivery_handler.ts";
import { StreamOutlet } from "../delivery/stream_writer.ts";

/** Options of {@linkcode SocketHandler}. */
export interface SocketHandlerOptions extends RecordDeliveryOptions {
  /** What opens connections: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  connector: Connector;
  /** TLS, with these settings or (`true`) the system's. @default no TLS */
  tls?: TlsOptions | true;
}

/** Sends records to a log server; see the module's description. */
export class SocketHandler extends RecordDeliveryHandler {
  /** The host name or IP address, or the path of the Unix socket. */
  readonly host: string;
  /** The TCP port; `null`: a Unix socket. */
  readonly port: number | null;
  /** Where the connector is asked to connect to. */
  readonly address: StreamAddress;
  readonly #connector: Connector;

  /**
   * Opens nothing: the first record does.
   *
   * @param host a host name or IP address; with `port` null the path of a Unix socket
   * @param port from 1 to 65535, or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: SocketHandlerOptions) {
    const what = "create SocketHandler";
    const address = checkStreamTarget(
      what,
      host,
      port,
      1,
      options?.tls === true ? {} : options?.tls,
    );
    checkKnown(what, options, [...RECORD_DELIVERY_OPTIONS, "tls"]);
    checkMethods(what, "connector", options.connector, ["connect"]);
    super(`SocketHandler ${host}${port === null ? "" : `:${port}`}`, options);
    this.host = host;
    this.port = port;
    this.address = address;
    this.#connector = options.connector;
    deliverBySocket(this, options.connector, (socket) => new StreamOutlet(socket));
  }

  /** Connects to `address`. Override it to connect in a way of your own. */
  makeSocket(options?: WaitOptions): Promise<StreamConnection> {
    return this.#connector.connect(this.address, options);
  }
}
