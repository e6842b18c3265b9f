/**
 * Listens for byte streams, passes the bytes of each connection to a pipeline, and bounds the
 * memory and the number of connections.
 *
 * Browser compatible: an acceptor, which listens, is passed in.
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
} from "../logging/validate.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type {
  Acceptor,
  Listener,
  StreamAddress,
  StreamConnection,
  TlsOptions,
} from "../net/connector.ts";
import { withTimeout } from "../net/with_timeout.ts";
import { makeFault, type ReceiverFaultReason } from "./receiver_fault.ts";
import type { RecordPipeline } from "./_record_pipeline.ts";
import { QUIET_MS, type RecordServer } from "./_record_server.ts";
import { ServedConnection } from "./_served_connection.ts";

/**
 * A minute for a frame: CPython's handlers give up after a second without progress. Senders dial
 * when they have a record, so one that has sent nothing for a minute loses none when it is closed.
 */
const DEFAULT_FRAME_TIMEOUT_MS = 60_000;

/** 64 MiB: four frames of the default greatest size, or 64 KiB of each of 1024 connections. */
const DEFAULT_MAX_BUFFERED_BYTES = 67_108_864;

/** Options of every receiver that listens for byte streams. */
export interface StreamServerOptions {
  /** The acceptor that listens: the `connector` of `./deno`, `./bun`, `./node` or `./auto`. */
  acceptor: Acceptor;
  /**
   * A connection that is silent for so many milliseconds is closed; 0: never, since a handler of
   * CPython notices that only when it has lost a record or two. @default {0}
   */
  idleTimeoutMs?: number;
  /**
   * The time in which a connection must complete its first frame, and any frame that it has begun,
   * in milliseconds; 0: any time. Then it is closed, unless it has sent 64 KiB meanwhile. It does
   * not limit the silence between two frames. @default {60000}
   */
  frameTimeoutMs?: number;
  /**
   * The most memory, in bytes, that the unfinished frames of all connections may take, from 1, or
   * `Infinity`; beyond it the connection whose frame takes the most is closed. The bytes that a
   * runtime reads ahead, up to 256 KiB a connection, are not included. A frame of `maxFrameBytes`
   * needs as much. @default {67108864} or `maxFrameBytes`, whichever is more
   */
  maxBufferedBytes?: number;
  /**
   * The most connections that are served at once, from 1, or `Infinity`. When one more opens, the
   * connection that has been idle for the longest is closed: one before its first whole frame or
   * inside a frame, if there is such a one. If records of every connection are being handled, the
   * new one is closed. @default {1024}
   */
  maxConnections?: number;
  /**
   * TLS with this certificate (`cert` and `key`); `ca` demands one of each sender. @default none
   */
  tls?: TlsOptions;
}

/** The names of the options in {@linkcode StreamServerOptions}, but for `acceptor`. */
export const STREAM_OPTIONS: readonly string[] = [
  "idleTimeoutMs",
  "frameTimeoutMs",
  "maxBufferedBytes",
  "maxConnections",
  "tls",
];

/** The counts of a {@linkcode StreamServer} so far. */
export interface StreamServerStats {
  /** Connections that were accepted, without those that were refused. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that were closed unread, as none of `maxConnections` was idle. */
  readonly refused: number;
}

/** The settings of a {@linkcode StreamServer}; every value has been checked. */
export interface StreamServerSettings {
  readonly acceptor: Acceptor;
  readonly idleTimeoutMs: number;
  readonly frameTimeoutMs: number;
  readonly maxBufferedBytes: number;
  readonly maxConnections: number;
  /** The address with `tls`, and so with the private key. */
  readonly listenAt: StreamAddress;
}

/** Checks where and how to listen; throws for a bad value. */
export function checkStreamServer(
  what: string,
  host: string,
  port: number | null,
  options: StreamServerOptions & { maxFrameBytes?: number },
): StreamServerSettings {
  const {
    acceptor,
    idleTimeoutMs = 0,
    frameTimeoutMs = DEFAULT_FRAME_TIMEOUT_MS,
    maxFrameBytes = 0,
    maxBufferedBytes = maxFrameBytes > DEFAULT_MAX_BUFFERED_BYTES
      ? maxFrameBytes
      : DEFAULT_MAX_BUFFERED_BYTES,
    maxConnections = 1024,
    tls,
  } = options;
  checkMethods(what, "acceptor", acceptor, ["listen"]);
  checkInteger(what, "idleTimeoutMs", idleTimeoutMs, 0, MAX_TIMEOUT_MS);
  checkInteger(what, "frameTimeoutMs", frameTimeoutMs, 0, MAX_TIMEOUT_MS);
  checkLimit(what, "maxBufferedBytes", maxBufferedBytes, 1);
  checkLimit(what, "maxConnections", maxConnections, 1);
  const listenAt = checkStreamTarget(what, host, port, 0, tls);
  if (tls !== undefined) {
    if (tls.cert === undefined) refuse(what, "tls.cert", "a PEM certificate", tls.cert);
    if (tls.key === undefined) refuse(what, "tls.key", "a PEM private key", tls.key);
  }
  return { acceptor, idleTimeoutMs, frameTimeoutMs, maxBufferedBytes, maxConnections, listenAt };
}

/** Listens for byte streams, and serves each connection until it ends. */
export class StreamServer implements RecordServer {
  readonly #pipeline: RecordPipeline;
  readonly #settings: StreamServerSettings;
  #listener: Listener<StreamConnection> | undefined;
  #accepting: Promise<void> | undefined;
  #connections = 0;
  #refused = 0;
  /**
   * The bytes of each connection's unfinished frame; the one with the latest whole frame is last.
   */
  readonly #open = new Map<ServedConnection, number>();
  #heldBytes = 0;
  /** Includes connections that are closed while their last record is being handled. */
  readonly #serving = new Set<ServedConnection>();

  /** The bytes of the connections go through `pipeline`. */
  constructor(pipeline: RecordPipeline, settings: StreamServerSettings) {
    this.#pipeline = pipeline;
    this.#settings = settings;
  }

  /** The address that it listens at; before `open()` the one that it was given. */
  get address(): StreamAddress {
    const at = this.#listener?.address ?? this.#settings.listenAt;
    if (at.transport === "unix") return { transport: "unix", path: at.path };
    return { transport: "tcp", hostname: at.hostname, port: at.port };
  }

  /** The counts so far. */
  get stats(): StreamServerStats {
    return {
      connections: this.#connections,
      open: this.#open.size,
      refused: this.#refused,
    };
  }

  /** Starts listening. */
  async open(stopping: AbortSignal, failed: (error: unknown) => void): Promise<void> {
    const { acceptor, listenAt } = this.#settings;
    const listener = await acceptor.listen(listenAt, { signal: stopping });
    this.#listener = listener;
    listener.onHandshakeFailed = (error) => this.#pipeline.report(makeFault("connection", error));
    this.#accepting = this.#accept(listener).catch((error) => {
      if (!stopping.aborted) failed(error);
    });
  }

  /** Stops accepting, and drains the connections. */
  async shut(timeoutMs: number): Promise<void> {
    await this.#listener?.close().catch(() => {});
    await this.#accepting;
    const serving = [...this.#serving];
    const drained = () => {
      for (const connection of serving) connection.drain(QUIET_MS);
      return Promise.all(serving.map(({ done }) => done));
    };
    const late = new ConnectionError(
      "timeout",
      `It did not end within the ${timeoutMs} ms of stop()`,
    );
    try {
      // A record that is never handled keeps its connection from ending.
      const abort = new AbortController();
      const { clock } = this.#pipeline;
      await withTimeout(drained, { abort, clock, ms: timeoutMs, late: () => late });
    } catch {
      for (const one of serving) this.#giveUp(one, "connection", late);
      await Promise.all(serving.map((one) => one.abandon()));
    }
  }

  /** Serves what connects; rejects when the listening socket closes. */
  async #accept(listener: Listener<StreamConnection>): Promise<void> {
    for await (const connection of listener) this.#serve(connection);
    throw new ConnectionError("closed", "The listening socket was closed");
  }

  #serve(connection: StreamConnection): void {
    const { maxConnections, idleTimeoutMs, frameTimeoutMs } = this.#settings;
    const pipeline = this.#pipeline;
    if (this.#open.size >= maxConnections && !this.#makeRoom()) {
      this.#refused++;
      const message = `There are ${maxConnections} connections already`;
      pipeline.report(makeFault("refused", new ConnectionError("denied", message)));
      connection.close({ signal: AbortSignal.abort() }).catch(() => {});
      return;
    }
    const one: ServedConnection = new ServedConnection(connection, ++this.#connections, pipeline, {
      idleTimeoutMs,
      frameTimeoutMs,
      taken: (completed) => this.#taken(one, completed),
    });
    this.#serving.add(one);
    this.#open.set(one, 0);
    const over = () => {
      this.#serving.delete(one);
      this.#remove(one);
    };
    one.done.then(over, over);
  }

  /** Notes what a connection holds now, and closes connections until all are within the budget. */
  #taken(one: ServedConnection, completed: boolean): void {
    const before = this.#open.get(one);
    if (before === undefined) return;
    const { heldBytes } = one;
    if (completed) this.#open.delete(one);
    this.#open.set(one, heldBytes);
    this.#heldBytes += heldBytes - before;
    const { maxBufferedBytes } = this.#settings;
    while (this.#heldBytes > maxBufferedBytes) {
      const most = this.#holdingMost();
      if (most === undefined) return;
      const message =
        `Its frame takes ${this.#open.get(most)} bytes, the most of all frames that ` +
        `are not complete: together they may take ${maxBufferedBytes}`;
      this.#giveUp(most, "buffer", new ConnectionError("too-large", message));
    }
  }

  #holdingMost(): ServedConnection | undefined {
    let most: ServedConnection | undefined;
    let mostBytes = 0;
    for (const [one, heldBytes] of this.#open) {
      if (heldBytes <= mostBytes || !one.isIdle) continue;
      most = one;
      mostBytes = heldBytes;
    }
    return most;
  }

  /** Closes the connection that has been idle for the longest; `false` if none is idle. */
  #makeRoom(): boolean {
    const idle = [...this.#open.keys()].filter(({ isIdle }) => isIdle);
    const longest = idle.find(({ isInFrame }) => isInFrame) ?? idle[0];
    if (longest === undefined) return false;
    const { maxConnections } = this.#settings;
    const message = `It was idle for the longest of ${maxConnections} connections as another came`;
    this.#giveUp(longest, "idle", new ConnectionError("denied", message));
    return true;
  }

  #giveUp(one: ServedConnection, reason: ReceiverFaultReason, error: ConnectionError): void {
    this.#remove(one);
    one.giveUp(reason, error);
  }

  #remove(one: ServedConnection): void {
    this.#heldBytes -= this.#open.get(one) ?? 0;
    this.#open.delete(one);
  }
}
