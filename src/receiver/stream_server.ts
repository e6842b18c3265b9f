/**
 * Listens for byte streams, and serves each connection until it ends.
 *
 * Browser compatible: what it listens with is given to it.
 *
 * @module
 */
import {
  checkInteger,
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
import { ServedConnection } from "./served_connection.ts";
import { QUIET_MS, type Served, type Server } from "./server.ts";

/** Options of every receiver that listens for byte streams. */
export interface StreamServerOptions {
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

/** The names of the options in {@linkcode StreamServerOptions}, but for `acceptor`. */
export const STREAM_OPTIONS: readonly string[] = ["idleTimeoutMs", "maxConnections", "tls"];

/** What a {@linkcode StreamServer} has counted so far. */
export interface StreamServerStats {
  /** Connections that were accepted, those that were refused not included. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that were closed as they came, for there were `maxConnections`. */
  readonly refused: number;
}

/** What a {@linkcode StreamServer} needs to know; every value has been checked. */
export interface StreamServerSettings {
  readonly acceptor: Acceptor;
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  /** With `tls`, and so with the private key. */
  readonly listenAt: StreamAddress;
}

/** Checks where and how to listen; throws for a bad value. */
export function checkStreamServer(
  what: string,
  host: string,
  port: number | null,
  options: StreamServerOptions,
): StreamServerSettings {
  const { acceptor, idleTimeoutMs = 0, maxConnections = 1024, tls } = options;
  checkMethods(what, "acceptor", acceptor, ["listen"]);
  checkInteger(what, "idleTimeoutMs", idleTimeoutMs, 0, MAX_TIMEOUT_MS);
  checkLimit(what, "maxConnections", maxConnections, 1);
  const listenAt = checkStreamTarget(what, host, port, 0, tls);
  if (tls !== undefined) {
    if (tls.cert === undefined) refuse(what, "tls.cert", "a PEM certificate", tls.cert);
    if (tls.key === undefined) refuse(what, "tls.key", "a PEM private key", tls.key);
  }
  return { acceptor, idleTimeoutMs, maxConnections, listenAt };
}

/** Listens for byte streams; see the module. */
export class StreamServer implements Server {
  readonly #served: Served;
  readonly #settings: StreamServerSettings;
  #listener: Listener<StreamConnection> | undefined;
  #accepting: Promise<void> | undefined;
  #connections = 0;
  #refused = 0;
  readonly #open = new Set<ServedConnection>();

  constructor(served: Served, settings: StreamServerSettings) {
    this.#served = served;
    this.#settings = settings;
  }

  /** Where it listens; before `open()` where it is going to, with port 0 if that was asked for. */
  get address(): StreamAddress {
    const at = this.#listener?.address ?? this.#settings.listenAt;
    if (at.transport === "unix") return { transport: "unix", path: at.path };
    return { transport: "tcp", hostname: at.hostname, port: at.port };
  }

  /** What was counted so far. */
  get stats(): StreamServerStats {
    return {
      connections: this.#connections,
      open: this.#open.size,
      refused: this.#refused,
    };
  }

  /** Starts listening. */
  async open(signal: AbortSignal): Promise<void> {
    const { acceptor, listenAt } = this.#settings;
    const listener = await acceptor.listen(listenAt, { signal });
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
  }

  /** Stops accepting, and drains the connections. */
  async shut(): Promise<void> {
    const { clock, stopTimeoutMs } = this.#served;
    await this.#listener?.close().catch(() => {});
    await this.#accepting;
    const open = [...this.#open];
    const bound = clock.setTimeout(() => {
      for (const connection of open) connection.abandon();
    }, stopTimeoutMs);
    for (const connection of open) connection.drain(QUIET_MS);
    await Promise.all(open.map(({ done }) => done));
    clock.clearTimeout(bound);
  }

  /** Never rejects. */
  async #accept(listener: Listener<StreamConnection>): Promise<void> {
    const served = this.#served;
    try {
      for await (const connection of listener) this.#serve(connection);
      if (!served.isStopping()) {
        throw new ConnectionError("closed", "The listening socket was closed");
      }
    } catch (error) {
      if (!served.isStopping()) served.fail(error);
    }
  }

  #serve(connection: StreamConnection): void {
    const { maxConnections, idleTimeoutMs } = this.#settings;
    const served = this.#served;
    if (this.#open.size >= maxConnections) {
      this.#refused++;
      const message = `There are ${maxConnections} connections already`;
      served.report({ reason: "refused", error: new ConnectionError("denied", message) });
      connection.close({ signal: AbortSignal.abort() }).catch(() => {});
      return;
    }
    const number = ++this.#connections;
    const reader = served.makeReader(connection.peerAddress);
    const one = new ServedConnection(connection, {
      number,
      reader,
      idleTimeoutMs,
      clock: served.clock,
      take: (chunk) => served.take(reader, chunk, number),
      finish: () => served.finish(reader, number),
      report: (fault) => served.report(fault),
    });
    this.#open.add(one);
    one.done.then(() => this.#open.delete(one), () => {});
  }
}
