/**
 * Binds a datagram socket, and takes what arrives. A datagram that holds no record costs only
 * itself.
 *
 * Browser compatible: what it binds with is given to it.
 *
 * @module
 */
import { FrameError } from "../wire/length_prefix_framing.ts";
import { checkDatagramTarget, checkMethods } from "../logging/validate.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramAcceptor, DatagramAddress, DatagramListener } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import type { ReceiverFault } from "./fault.ts";
import { QUIET_MS, type Served, type Server } from "./_server.ts";

/** Datagrams between two turns of the event loop. */
const DATAGRAMS_A_TURN = 64;

/** What a {@linkcode DatagramServer} needs to know; every value has been checked. */
export interface DatagramServerSettings {
  readonly acceptor: DatagramAcceptor;
  readonly bindAt: DatagramAddress;
}

/** Checks where and with what to bind; throws for a bad value. */
export function checkDatagramServer(
  what: string,
  host: string,
  port: number | null,
  acceptor: DatagramAcceptor,
): DatagramServerSettings {
  checkMethods(what, "acceptor", acceptor, ["bindDatagram"]);
  return { acceptor, bindAt: checkDatagramTarget(what, host, port, 0) };
}

/** The counts of a {@linkcode DatagramServer} so far. */
export interface DatagramServerStats {
  /**
   * Datagrams that were dropped as records before them were still being handled: beyond 4 MiB, or
   * when `stop()` had waited for `stopTimeoutMs`. Those that the system dropped are not included.
   */
  readonly dropped: number;
}

/** Takes datagrams; see the module. */
export class DatagramServer implements Server {
  readonly #served: Served;
  readonly #acceptor: DatagramAcceptor;
  #address: DatagramAddress;
  #listener: DatagramListener | undefined;
  #reading: Promise<void> | undefined;
  #taking = false;
  #timer: unknown;
  readonly #release = new AbortController();
  #dropped = 0;

  constructor(served: Served, { acceptor, bindAt }: DatagramServerSettings) {
    this.#served = served;
    this.#acceptor = acceptor;
    this.#address = bindAt;
  }

  /** Where it is bound; before `open()` where it is going to be, with port 0 if that was given. */
  get address(): DatagramAddress {
    return this.#address;
  }

  /** The counts so far. */
  get stats(): DatagramServerStats {
    return { dropped: this.#dropped + (this.#listener?.dropped ?? 0) };
  }

  /** Starts listening. */
  async open(): Promise<void> {
    const listener = await this.#acceptor.bindDatagram(this.#address);
    this.#listener = listener;
    this.#address = listener.address;
    this.#reading = this.#read(listener);
  }

  /** Reads on until nothing more is there. */
  async shut(): Promise<void> {
    if (this.#listener === undefined) return;
    const { clock, stopTimeoutMs } = this.#served;
    let bound: unknown;
    // A record that is never handled keeps the socket from being read to its end.
    const givenUp = new Promise<void>((resolve) => {
      bound = clock.setTimeout(() => {
        this.#release.abort();
        resolve();
      }, stopTimeoutMs);
    });
    if (!this.#taking) this.#awaitQuiet();
    await Promise.race([this.#reading, givenUp]);
    clock.clearTimeout(bound);
    clock.clearTimeout(this.#timer);
    await this.#close();
  }

  /** Never rejects. */
  async #read(listener: DatagramListener): Promise<void> {
    const served = this.#served;
    try {
      let count = 0;
      for await (const datagram of listener) {
        if (this.#release.signal.aborted) {
          this.#dropped++;
          continue;
        }
        served.clock.clearTimeout(this.#timer);
        this.#taking = true;
        const fault = await this.#take(datagram, listener.peerAddress);
        if (fault !== undefined) served.report(fault);
        if (++count % DATAGRAMS_A_TURN === 0) await turn();
        this.#taking = false;
        if (served.isStopping()) this.#awaitQuiet();
      }
      if (!served.isStopping()) throw new ConnectionError("closed", "The bound socket was closed");
    } catch (error) {
      if (!served.isStopping()) served.fail(error);
    }
  }

  /** A frame that is cut off is a fault; so is a datagram without one. */
  async #take(datagram: Uint8Array, sender?: string): Promise<ReceiverFault | undefined> {
    const served = this.#served;
    if (datagram.length === 0) {
      return served.reject(new FrameError("cut-off", "a datagram is empty"));
    }
    const reader = served.makeReader(sender);
    const fault = await served.take(reader, datagram, undefined, this.#release.signal) ??
      served.finish(reader);
    return fault instanceof Promise ? await fault : fault;
  }

  /** Closes when nothing has come for a while. */
  #awaitQuiet(): void {
    this.#timer = this.#served.clock.setTimeout(() => void this.#close(), QUIET_MS);
  }

  async #close(): Promise<void> {
    await this.#listener?.close().catch(() => {});
  }
}
