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
import { DirectEncoderFirst, FrameEncoder } from "../delivery/frame_encoder.ts";
import type { BatchWriter } from "../delivery/batch_writer.ts";
import {
  RECORD_DELIVERY_OPTIONS,
  type RecordDeliveryOptions,
} from "../delivery/delivery_options.ts";
import { NetworkHandler } from "../delivery/network_handler.ts";
import { StreamWriter } from "../delivery/stream_writer.ts";
import { atOnce, watch } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { prototypeMethod } from "../logging/prototype_method.ts";
import { checkKnown, checkMethods, checkStreamTarget } from "../logging/validate.ts";
import type {
  Connector,
  ExitNotifier,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
} from "../net/connector.ts";
import { frame } from "../wire/length_prefix_framing.ts";
import { PickleEncoder } from "../wire/pickle_encoder.ts";
import { recordFields } from "../wire/record_fields.ts";
import { pickleFields } from "../wire/record_pickler.ts";
import type { Serializer } from "../wire/serializer.ts";
import type { SocketTarget } from "./_socket_target.ts";

/** Options of {@linkcode SocketHandler}. */
export interface SocketHandlerOptions extends RecordDeliveryOptions {
  /** Opens connections: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  connector: Connector;
  /** TLS, with these settings or (`true`) the system's. @default no TLS */
  tls?: TlsOptions | true;
}

/** What a sender needs of a serializer. */
type Sending = Pick<Serializer, "dumps" | "framing">;

function checkStream(
  host: string,
  port: number | null,
  options: SocketHandlerOptions,
): SocketTarget<StreamAddress> {
  const what = "create SocketHandler";
  const tls = options?.tls === true ? {} : options?.tls;
  const address = checkStreamTarget(what, host, port, 1, tls);
  checkKnown(what, options, [...RECORD_DELIVERY_OPTIONS, "tls"]);
  checkMethods(what, "connector", options.connector, ["connect"]);
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
  /** Where the methods are those of this class; the direct way of pickles, if it is one. */
  readonly #encoder: FrameEncoder<LogRecord>;
  /** Where `makePickle()` is overridden. */
  readonly #overridden: FrameEncoder<LogRecord>;

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
    const { connector, serializer = { dumps: pickleFields } }: {
      connector: ExitNotifier;
      serializer?: Sending;
    } = options;
    const name = `${target.name} ${host}${port === null ? "" : `:${port}`}`;
    checkMethods(`create ${name}`, "serializer", serializer, ["dumps"]);
    super(name, options, { exitNotifier: connector });
    this.host = host;
    this.port = port;
    this.address = target.address as Address;
    this.#connector = connector as Connector;
    this.#serializer = serializer;
    const whole = (record: LogRecord) => atOnce(this.makePickle(record), "makePickle()");
    this.#overridden = new FrameEncoder(whole);
    this.#encoder = serializer.dumps === pickleFields
      ? new DirectEncoderFirst(new PickleEncoder(), whole, this.#formatError)
      : this.#overridden;
  }

  /** Encodes the record and sends it; an error in that drops this record and goes to handleError(). */
  override emit(record: LogRecord): void {
    this.transmit(record, this.makePickle === makePickle ? this.#encoder : this.#overridden);
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
    if (record.exc_info) watch(this.format(record));
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

const makePickle = /* @__PURE__ */ prototypeMethod(SocketHandler, "makePickle");
