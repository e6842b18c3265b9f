/**
 * Binds a datagram socket, and passes each datagram to a pipeline. A datagram that holds no record
 * is dropped and reported.
 *
 * Browser compatible: an acceptor, which binds the socket, is passed in.
 *
 * @module
 */
import { FrameError } from "../wire/length_prefix_framing.ts";
import { checkDatagramTarget, checkMethods } from "../logging/validate.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramAcceptor, DatagramAddress, DatagramListener } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import { withTimeout } from "../net/with_timeout.ts";
import type { ReceiverFault } from "./receiver_fault.ts";
import type { RecordPipeline } from "./_record_pipeline.ts";
import { QUIET_MS, type RecordServer } from "./_record_server.ts";

/** Datagrams between two turns of the event loop: a few hundred microseconds of work. */
const DATAGRAMS_A_TURN = 64;

/** The settings of a {@linkcode DatagramServer}; every value has been checked. */
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
   * Datagrams that were dropped while the records before them were being handled: beyond 4 MiB, or
   * when `stop()` had waited for `stopTimeoutMs`. Those that the system dropped are not included.
   */
  readonly dropped: number;
}

/** Reads datagrams, each a source of its own. */
export class DatagramServer implements RecordServer {
  readonly #pipeline: RecordPipeline;
  readonly #acceptor: DatagramAcceptor;
  #address: DatagramAddress;
  #listener: DatagramListener | undefined;
  #reading: Promise<void> | undefined;
  #taking = false;
  #timer: unknown;
  readonly #release = new AbortController();
  #dropped = 0;

  /** The datagrams go through `pipeline`. */
  constructor(pipeline: RecordPipeline, { acceptor, bindAt }: DatagramServerSettings) {
    this.#pipeline = pipeline;
    this.#acceptor = acceptor;
    this.#address = bindAt;
  }

  /** The address that it is bound to; before `open()` the one that it was given. */
  get address(): DatagramAddress {
    return this.#address;
  }

  /** The counts so far. */
  get stats(): DatagramServerStats {
    return { dropped: this.#dropped + (this.#listener?.dropped ?? 0) };
  }

  /** Starts listening. */
  async open(stopping: AbortSignal, failed: (error: unknown) => void): Promise<void> {
    const listener = await this.#acceptor.bindDatagram(this.#address);
    this.#listener = listener;
    this.#address = listener.address;
    this.#reading = this.#read(listener, stopping).catch((error) => {
      if (!stopping.aborted) failed(error);
    });
  }

  /** Reads on until nothing arrives. */
  async shut(timeoutMs: number): Promise<void> {
    const reading = this.#reading;
    if (reading === undefined) return;
    if (!this.#taking) this.#awaitQuiet();
    const { clock } = this.#pipeline;
    // A record that is never handled keeps the socket from being read to its end.
    await withTimeout(() => reading, {
      abort: this.#release,
      clock,
      ms: timeoutMs,
      late: () =>
        new ConnectionError("timeout", `It was not read within the ${timeoutMs} ms of stop()`),
    }).catch(() => {});
    clock.clearTimeout(this.#timer);
    await this.#close();
  }

  /** Handles what arrives; rejects when the bound socket closes. */
  async #read(listener: DatagramListener, stopping: AbortSignal): Promise<void> {
    const pipeline = this.#pipeline;
    let count = 0;
    for await (const datagram of listener) {
      if (this.#release.signal.aborted) {
        this.#dropped++;
        continue;
      }
      pipeline.clock.clearTimeout(this.#timer);
      this.#taking = true;
      const fault = await this.#take(datagram, listener.peerAddress);
      if (fault !== undefined) pipeline.report(fault);
      if (++count % DATAGRAMS_A_TURN === 0) await turn();
      this.#taking = false;
      if (stopping.aborted) this.#awaitQuiet();
    }
    throw new ConnectionError("closed", "The bound socket was closed");
  }

  /** A frame that is cut off is a fault; so is a datagram without one. */
  async #take(datagram: Uint8Array, sender?: string): Promise<ReceiverFault | undefined> {
    const pipeline = this.#pipeline;
    if (datagram.length === 0) {
      return pipeline.reject("frame", new FrameError("cut-off", "a datagram is empty"));
    }
    const source = pipeline.source(sender);
    const fault = await pipeline.take(source, datagram, this.#release.signal) ??
      pipeline.end(source);
    return fault instanceof Promise ? await fault : fault;
  }

  /** Closes the socket when nothing arrives for `QUIET_MS`. */
  #awaitQuiet(): void {
    this.#timer = this.#pipeline.clock.setTimeout(() => void this.#close(), QUIET_MS);
  }

  async #close(): Promise<void> {
    await this.#listener?.close().catch(() => {});
  }
}
