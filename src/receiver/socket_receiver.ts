/**
 * `./receiver`: collects records from CPython's `SocketHandler` and this module's, over TCP, TLS or
 * Unix sockets: {@linkcode LogRecordSocketReceiver}; over datagrams,
 * {@linkcode LogRecordDatagramReceiver}; and out of any bytes, {@linkcode readRecords}. They work
 * as the receiver in CPython's logging cookbook does, and never execute what they receive.
 *
 * Browser compatible: what it listens with is given to it.
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
import {
  checkInteger,
  checkKnown,
  checkLimit,
  checkMethods,
  checkStreamTarget,
  MAX_TIMEOUT_MS,
  refuse,
} from "../core/options.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type {
  Acceptor,
  Listener,
  StreamAddress,
  StreamConnection,
  TlsOptions,
} from "../net/connector.ts";
import {
  QUIET_MS,
  RECEIVER_OPTIONS,
  type ReceiverStats,
  RecordReceiver,
  type RecordReceiverOptions,
} from "./record_receiver.ts";
import { ServedConnection } from "./served_connection.ts";

export { makeLogRecord } from "../logging/make_log_record.ts";
export { LogRecordDatagramReceiver } from "./datagram_receiver.ts";
export type { LogRecordDatagramReceiverOptions } from "./datagram_receiver.ts";
export type { ReceiverFault, ReceiverFaultReason } from "./fault.ts";
export { readRecords } from "./record_stream.ts";
export type { ReadRecordsOptions } from "./record_stream.ts";

/** Options of {@linkcode LogRecordSocketReceiver}. */
export interface LogRecordSocketReceiverOptions extends RecordReceiverOptions {
  /** What listens: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  acceptor: Acceptor;
  /** A connection that is silent for so many milliseconds is closed; 0: never. @default {0} */
  idleTimeoutMs?: number;
  /**
   * How many connections are served at once, from 1, or `Infinity`; one more is closed as it comes,
   * so that its sender learns of it, rather than left waiting unread. @default {1024}
   */
  maxConnections?: number;
  /** TLS, with this certificate (`cert` and `key`); `ca` demands one of each sender. @default none */
  tls?: TlsOptions;
}

/** What a {@linkcode LogRecordSocketReceiver} has counted so far: a snapshot. */
export interface SocketReceiverStats extends ReceiverStats {
  /** Connections that were accepted, those that were refused not included. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that were closed as they came, for there were `maxConnections`. */
  readonly refused: number;
}

/** Receives records over byte streams; see the module's description. */
export class LogRecordSocketReceiver extends RecordReceiver {
  readonly #acceptor: Acceptor;
  readonly #idleTimeoutMs: number;
  readonly #maxConnections: number;
  /** With `tls`, and so with the private key. */
  readonly #listenAt: StreamAddress;
  #listener: Listener<StreamConnection> | undefined;
  #accepting: Promise<void> | undefined;
  #connections = 0;
  #refused = 0;
  readonly #open = new Set<ServedConnection>();

  /**
   * Opens nothing: `start()` does.
   *
   * @param host the host name or IP address to listen at; with `port` null the path of a Unix socket
   * @param port from 0 to 65535, 0 for a free one that the system chooses; or null
   * @throws {TypeError | RangeError} when a value is bad or an option unknown
   */
  constructor(host: string, port: number | null, options: LogRecordSocketReceiverOptions) {
    const what = "create LogRecordSocketReceiver";
    checkKnown(what, options, [...RECEIVER_OPTIONS, "idleTimeoutMs", "maxConnections", "tls"]);
    const { acceptor, idleTimeoutMs = 0, maxConnections = 1024, tls } = options;
    checkMethods(what, "acceptor", acceptor, ["listen"]);
    checkInteger(what, "idleTimeoutMs", idleTimeoutMs, 0, MAX_TIMEOUT_MS);
    checkLimit(what, "maxConnections", maxConnections, 1);
    super(what, options);
    this.#acceptor = acceptor;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#maxConnections = maxConnections;
    this.#listenAt = streamAddress(what, host, port, tls);
  }

  /** Where it listens; before `start()` where it is going to, with port 0 if that was asked for. */
  get address(): StreamAddress {
    const at = this.#listener?.address ?? this.#listenAt;
    if (at.transport === "unix") return { transport: "unix", path: at.path };
    return { transport: "tcp", hostname: at.hostname, port: at.port };
  }

  /** What was counted so far. */
  override get stats(): SocketReceiverStats {
    return {
      ...super.stats,
      connections: this.#connections,
      open: this.#open.size,
      refused: this.#refused,
    };
  }

  /** Starts listening. */
  protected override async open(signal: AbortSignal): Promise<void> {
    const listener = await this.#acceptor.listen(this.#listenAt, { signal });
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
  }

  /** Stops accepting, and drains the connections. */
  protected override async shut(): Promise<void> {
    await this.#listener?.close().catch(() => {});
    await this.#accepting;
    const open = [...this.#open];
    const bound = this.clock.setTimeout(() => {
      for (const connection of open) connection.abandon();
    }, this.stopTimeoutMs);
    for (const connection of open) connection.drain(QUIET_MS);
    await Promise.all(open.map(({ done }) => done));
    this.clock.clearTimeout(bound);
  }

  /** What lines on stderr call this receiver. */
  protected override describe(): string {
    const at = this.address;
    return `receiver at ${at.transport === "unix" ? at.path : `${at.hostname}:${at.port}`}`;
  }

  /** Never rejects. */
  async #accept(listener: Listener<StreamConnection>): Promise<void> {
    try {
      for await (const connection of listener) this.#serve(connection);
      if (!this.stopping) throw new ConnectionError("closed", "The listening socket was closed");
    } catch (error) {
      if (!this.stopping) this.fail(error);
    }
  }

  #serve(connection: StreamConnection): void {
    if (this.#open.size >= this.#maxConnections) {
      this.#refused++;
      const message = `There are ${this.#maxConnections} connections already`;
      this.report({ reason: "refused", error: new ConnectionError("denied", message) });
      connection.close({ signal: AbortSignal.abort() }).catch(() => {});
      return;
    }
    const number = ++this.#connections;
    const reader = this.makeReader();
    const served = new ServedConnection(connection, {
      number,
      reader,
      idleTimeoutMs: this.#idleTimeoutMs,
      clock: this.clock,
      take: (chunk) => this.take(reader, chunk, number),
      finish: () => this.finish(reader, number),
      report: (fault) => this.report(fault),
    });
    this.#open.add(served);
    served.done.then(() => this.#open.delete(served), () => {});
  }
}

function streamAddress(
  what: string,
  host: string,
  port: number | null,
  tls: TlsOptions | undefined,
): StreamAddress {
  const address = checkStreamTarget(what, host, port, 0, tls);
  if (tls === undefined) return address;
  if (tls.cert === undefined) refuse(what, "tls.cert", "a PEM certificate", tls.cert);
  if (tls.key === undefined) refuse(what, "tls.key", "a PEM private key", tls.key);
  return address;
}
