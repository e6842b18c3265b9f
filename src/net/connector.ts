/**
 * The contracts between handlers and receivers on one side and a runtime's sockets on the other.
 * Handlers and receivers know these types alone; an adapter implements them for one runtime.
 *
 * Browser compatible: types only.
 *
 * @module
 */
import type { ConnectionError } from "./connection_error.ts";

/** Where a byte stream leads: TCP, TCP with TLS, or a Unix domain socket. */
export type StreamAddress =
  | { transport: "tcp"; hostname: string; port: number; tls?: TlsOptions }
  | { transport: "unix"; path: string };

/** Where datagrams go: UDP or a Unix datagram socket. */
export type DatagramAddress =
  | { transport: "udp"; hostname: string; port: number }
  | { transport: "unixgram"; path: string };

/**
 * TLS settings; every certificate and key is PEM text. A client uses `ca` (authorities to trust
 * instead of the system's), `cert` and `key` (its own certificate, for servers that ask for one)
 * and `serverName`; a listener uses `cert` and `key` (required), and `ca` to demand a client
 * certificate signed by one of these.
 */
export interface TlsOptions {
  /** PEM certificates of the authorities to trust instead of the system's. */
  ca?: string[];
  /** The PEM certificate (chain) that this side presents. */
  cert?: string;
  /** The PEM private key of `cert`. */
  key?: string;
  /** The name to send (SNI) and to check the peer's certificate for. @default the host name */
  serverName?: string;
}

/** Options of everything that waits. */
export interface WaitOptions {
  /** Aborting it ends the wait. */
  signal?: AbortSignal;
}

/** The address that a connector with several of them has dialled. */
export interface DialledAddress {
  /** As messages show it: `logs-2.example:601`, or a path. */
  readonly address: string;
}

/** An open byte stream; iterating it yields the chunks that arrive, until the peer's end. */
export interface StreamConnection extends AsyncIterable<Uint8Array>, AsyncDisposable {
  /**
   * Resolves when the kernel has taken every byte; rejects with {@linkcode ConnectionError}.
   * One call at a time; the caller leaves `bytes` unchanged until it settles. A write that waits
   * when the peer's FIN comes goes on waiting for the peer to read; `close` with a signal ends it.
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * For exit hooks, after which no turn of the event loop follows: ends the `write` that is pending, and
   * writes what the kernel takes; the number of bytes taken. All calls together block for at most
   * `waitMs` milliseconds until the peer has read, where the runtime can write at once. Without it a
   * call does not wait.
   */
  writeSync?(bytes: Uint8Array, waitMs?: number): number;
  /** Writes at once, of what a pending `write` has left, what the kernel has room for by now. */
  retryWrite?(): void;
  /**
   * Bytes that the kernel is known to have taken so far, those of a write that failed midway
   * included. Where it is absent a failed write counts as not taken at all.
   */
  readonly bytesWritten?: number;
  /**
   * Settles when the stream ends: `undefined` after the peer's FIN or this side's `close()`,
   * the error after a RST. Never rejects. Known before the next write fails: a read is always
   * pending.
   */
  readonly closed: Promise<ConnectionError | undefined>;
  /** The IP address of the peer, where there is one and the runtime says it. */
  readonly peerAddress?: string | undefined;
  /** The address that was dialled, where the connector has several; a handler reports it. */
  readonly dialled?: DialledAddress | undefined;
  /**
   * Half-closes, awaits the peer's end, releases; idempotent, never rejects, bounded by `signal`.
   * Until then a consumer that is iterating still gets what arrives; else it is discarded.
   */
  close(options?: WaitOptions): Promise<void>;
  /** From now on the connection alone does not hold the process open. */
  unref?(): void;
}

/** A datagram socket for one peer; iterating it yields the datagrams that the peer sends back. */
export interface DatagramSocket extends AsyncIterable<Uint8Array>, AsyncDisposable {
  /**
   * Sends one datagram to the peer that the socket was opened for. Several calls may be under way;
   * the datagrams leave in the order of the calls.
   */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * Sends several datagrams, which stand one after the other in `bytes`, in this order. Resolves when
   * each of them was sent or has failed, with the index and the error of each that failed. Never
   * rejects. A handler uses it where it is there, as it makes no promise for each datagram.
   */
  sendMany?(
    bytes: Uint8Array,
    lengths: Uint32Array,
  ): Promise<readonly (readonly [index: number, error: unknown])[]>;
  /** Sends it if that needs no waiting; `false`: not sent, and {@linkcode send} says why. */
  sendSync?(bytes: Uint8Array): boolean;
  /**
   * Sends the first datagrams of those that stand one after the other in `bytes`, as far as that needs
   * no waiting, and returns how many.
   */
  sendManySync?(bytes: Uint8Array, lengths: Uint32Array): number;
  /**
   * True where a {@linkcode send} may reach the kernel only in a later turn, as on Deno, and on Bun where
   * the kernel has no room: a process that ends in this turn loses the datagram, and a handler counts it
   * as lost unless {@linkcode sendSync} took it.
   *
   * @default {false}
   */
  readonly sendsLate?: boolean;
  /** Releases the socket; idempotent, never rejects. */
  close(): Promise<void>;
  /** From now on the socket alone does not hold the process open. */
  unref?(): void;
}

/** Opens byte streams. Every rejection is a {@linkcode ConnectionError}. */
export interface Connector extends ExitNotifier {
  /**
   * The `connection` of a handler that is not given one: `"per-flush"` where a socket may not outlive
   * the request that opened it.
   *
   * @default {"persistent"}
   */
  readonly connection?: "persistent" | "per-flush";
  /**
   * How many addresses it dials in turn, one a call of {@linkcode connect}: behind a dial that failed it
   * goes on to the next one. A handler dials on at once until so many dials in a row have failed.
   *
   * @default {1}
   */
  readonly addresses?: number;
  /** Connects, TLS handshake included; aborting `signal` rejects and leaves no socket behind. */
  connect(to: StreamAddress, options?: WaitOptions): Promise<StreamConnection>;
  /**
   * The machine's name as the operating system has it, as Python's `socket.gethostname()`; `undefined`
   * where it may not be asked: on Deno without `--allow-sys=hostname`. Never prompts, never waits.
   */
  hostName?(): string | undefined;
}

/** Opens datagram sockets. Every rejection is a {@linkcode ConnectionError}. */
export interface DatagramConnector extends ExitNotifier {
  /** Resolves the peer's name once and opens a socket for it. */
  openDatagram(peer: DatagramAddress, options?: WaitOptions): Promise<DatagramSocket>;
  /** As {@linkcode Connector.hostName}. */
  hostName?(): string | undefined;
}

/** Accepts byte streams. */
export interface Acceptor {
  /** Listens; port 0 asks the system for a free one, found in the listener's `address`. */
  listen(at: StreamAddress, options?: WaitOptions): Promise<Listener<StreamConnection>>;
}

/** Receives datagrams. */
export interface DatagramAcceptor {
  /** Binds; port 0 asks the system for a free one, found in the listener's `address`. */
  bindDatagram(at: DatagramAddress): Promise<DatagramListener>;
}

/** A listening socket; iterating it yields the connections as they are accepted. */
export interface Listener<Connection> extends AsyncIterable<Connection>, AsyncDisposable {
  /** Where it listens, with the port that the system chose. */
  readonly address: StreamAddress;
  /** Called for a connection that is dropped as its TLS handshake failed, if it is set. */
  onHandshakeFailed?: ((error: ConnectionError) => void) | undefined;
  /** Stops accepting and ends the iteration; accepted connections stay open. Idempotent. */
  close(): Promise<void>;
  /** From now on the listener alone does not hold the process open. */
  unref?(): void;
}

/** A bound datagram socket; iterating it yields what arrives, from any peer. */
export interface DatagramListener extends AsyncIterable<Uint8Array>, AsyncDisposable {
  /** Where it is bound, with the port that the system chose. */
  readonly address: DatagramAddress;
  /** The IP address that the datagram came from which was yielded last, where there is one. */
  readonly peerAddress?: string | undefined;
  /** Datagrams that were dropped so far as the consumer was too slow; absent where none are. */
  readonly dropped?: number;
  /** Ends the iteration and releases the socket. Idempotent. */
  close(): Promise<void>;
  /** From now on the socket alone does not hold the process open. */
  unref?(): void;
}

/** Run when the process ends, for the last records. */
export interface ExitHooks {
  /**
   * The event loop is empty: may wait, and the process waits for it.
   *
   * @param isRepeated the loop is empty for the third time in a row, as each hook began something: now
   * it must begin nothing, or the process would never end
   */
  beforeExit(isRepeated?: boolean): Promise<void>;
  /**
   * The process ends now: synchronous work alone.
   *
   * @param mayGoOn the process ends only if the program does not handle the error that ends it, which
   * cannot be known on Deno; there the hook may run more than once
   */
  exit(mayGoOn?: boolean): void;
}

/** A runtime that reports that the process is about to end. */
export interface ExitNotifier {
  /**
   * Registers hooks; the function that is returned takes them off again.
   *
   * @param isWeak true: that also happens when the hooks are collected, so the caller keeps them
   */
  atExit?(hooks: ExitHooks, isWeak?: boolean): () => void;
}

/** Time as a parameter; the default is the runtime's own, tests give a virtual one. */
export interface Clock {
  /** Seconds since the epoch, as Python's `time.time()`. */
  now(): number;
  /** Calls back once after `ms` milliseconds; the result is what `clearTimeout` takes. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Takes a call-back off again; harmless if it has run. */
  clearTimeout(id: unknown): void;
}
