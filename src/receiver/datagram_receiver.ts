/**
 * Collects records from CPython's `DatagramHandler` and this module's: each datagram is one frame,
 * with its length before it. A datagram that holds no record costs only itself.
 *
 * Browser compatible: what it binds with is given to it.
 *
 * @module
 */
import { FrameError } from "../core/framer.ts";
import { checkInteger, checkKnown, checkMethods, checkString } from "../core/options.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramAcceptor, DatagramAddress, DatagramListener } from "../net/connector.ts";
import { turn } from "./fair_turn.ts";
import type { ReceiverFault } from "./fault.ts";
import {
  QUIET_MS,
  RECEIVER_OPTIONS,
  RecordReceiver,
  type RecordReceiverOptions,
} from "./record_receiver.ts";

/** Datagrams between two turns of the event loop. */
const DATAGRAMS_A_TURN = 64;

/** Options of {@linkcode LogRecordDatagramReceiver}. */
export interface LogRecordDatagramReceiverOptions extends RecordReceiverOptions {
  /** What binds: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  acceptor: DatagramAcceptor;
}

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
 * const receiver = new LogRecordDatagramReceiver("localhost", 9021, { acceptor: connector, clock });
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
  readonly #acceptor: DatagramAcceptor;
  #address: DatagramAddress;
  #listener: DatagramListener | undefined;
  #reading: Promise<void> | undefined;
  #taking = false;
  #timer: unknown;

  /**
   * Opens nothing: `start()` does.
   *
   * @param host the host name or IP address to bind; with `port` null the path of a Unix socket
   * @param port from 0 to 65535, 0 for a free one that the system chooses; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: LogRecordDatagramReceiverOptions) {
    const what = "create LogRecordDatagramReceiver";
    checkKnown(what, options, RECEIVER_OPTIONS);
    checkMethods(what, "acceptor", options.acceptor, ["bindDatagram"]);
    super(what, options);
    this.#acceptor = options.acceptor;
    checkString(what, "host", host);
    this.#address = port === null
      ? { transport: "unixgram", path: host }
      : { transport: "udp", hostname: host, port: checkInteger(what, "port", port, 0, 65535) };
  }

  /** Where it is bound; before `start()` where it is going to be, with port 0 if that was given. */
  get address(): DatagramAddress {
    return this.#address;
  }

  /** Starts listening. */
  protected override async open(): Promise<void> {
    const listener = await this.#acceptor.bindDatagram(this.#address);
    this.#listener = listener;
    this.#address = listener.address;
    this.#reading = this.#read(listener);
  }

  /** Reads on until nothing more is there. */
  protected override async shut(): Promise<void> {
    if (this.#listener === undefined) return;
    const close = () => void this.#listener?.close().catch(() => {});
    const bound = this.clock.setTimeout(close, this.stopTimeoutMs);
    if (!this.#taking) this.#awaitQuiet();
    await this.#reading;
    this.clock.clearTimeout(bound);
    this.clock.clearTimeout(this.#timer);
    await this.#listener.close().catch(() => {});
  }

  /** What lines on stderr call this receiver. */
  protected override describe(): string {
    const at = this.#address;
    return `receiver at ${at.transport === "unixgram" ? at.path : `${at.hostname}:${at.port}`}`;
  }

  /** Never rejects. */
  async #read(listener: DatagramListener): Promise<void> {
    try {
      let count = 0;
      for await (const datagram of listener) {
        this.clock.clearTimeout(this.#timer);
        this.#taking = true;
        const fault = await this.#takeDatagram(datagram);
        if (fault !== undefined) this.report(fault);
        if (++count % DATAGRAMS_A_TURN === 0) await turn();
        this.#taking = false;
        if (this.stopping) this.#awaitQuiet();
      }
      if (!this.stopping) throw new ConnectionError("closed", "The bound socket was closed");
    } catch (error) {
      if (!this.stopping) this.fail(error);
    }
  }

  /** A frame that is cut off is a fault; so is a datagram without one. */
  async #takeDatagram(datagram: Uint8Array): Promise<ReceiverFault | undefined> {
    if (datagram.length === 0) {
      return this.reject(new FrameError("cut-off", "a datagram is empty"));
    }
    const reader = this.makeReader();
    return await this.take(reader, datagram) ?? this.finish(reader);
  }

  /** Closes when nothing has come for a while. */
  #awaitQuiet(): void {
    this.#timer = this.clock.setTimeout(
      () => void this.#listener?.close().catch(() => {}),
      QUIET_MS,
    );
  }
}
