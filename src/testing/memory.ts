/**
 * An in-memory network with scripted faults, on a virtual clock: for tests of what logs over the
 * network, this module's own and its users'.
 *
 * It is one machine, 127.0.0.1 (over IPv6 ::1): every host name leads to it, and only the port or the
 * path counts. A connection goes to the listener at its address; where none listens,
 * `whenNobodyListens` says what happens, by default a {@linkcode MemoryPeer} answers, which the test
 * then plays. Connections behave as on the real adapters, with which they share their code. TLS
 * options are taken and ignored: script the outcome `tls`.
 *
 * Browser compatible: no I/O, no real timers.
 *
 * @example Test that a record waits for its server
 * ```ts
 * import { Logger, SocketHandler } from "jsr:@logwire/logging";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * const network = new MemoryNetwork();
 * network.nextConnects("refused");
 * const handler = new SocketHandler("logs.example.com", 9020, {
 *   connector: network,
 *   clock: network.clock,
 *   whileDisconnected: "queue",
 *   onEvent: () => {}, // no lines on stderr
 * });
 * const log = new Logger("shop");
 * log.addHandler(handler);
 *
 * log.warning("low on ink");
 * await network.clock.advance(100);
 * console.assert(handler.stats.queued === 1);
 * await network.clock.advance(3000); // the back-off, and a second on the connection
 * console.assert(handler.stats.sent === 1);
 * await handler.close();
 * ```
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type {
  Acceptor,
  Connector,
  DatagramAcceptor,
  DatagramAddress,
  DatagramConnector,
  DatagramListener,
  DatagramSocket,
  ExitHooks,
  Listener,
  StreamAddress,
  StreamConnection,
  WaitOptions,
} from "../net/connector.ts";
import { SocketListener } from "../net/listener.ts";
import { MemoryDatagramListener, MemoryDatagramSocket } from "./_memory_datagrams.ts";
import { MemoryPipe } from "./_memory_pipe.ts";
import {
  machineAddress,
  MemoryPeer,
  type MemoryPeerOptions,
  MemoryStream,
} from "./_memory_stream.ts";
import { checkAddress, showAddress } from "../net/address.ts";
import { abortedError } from "../net/native_error.ts";
import { VirtualClock } from "./_virtual_clock.ts";

export { ConnectionError, MemoryPeer, VirtualClock };
export type { ConnectionErrorCode, MemoryPeerOptions };
export type * from "../net/connector.ts";

/**
 * The outcome of a connect, of an `openDatagram`, or of a datagram sent: it succeeds, it fails with a
 * code, it never ends (until its signal is aborted), or it throws something else.
 */
export type MemoryOutcome = "ok" | "hang" | ConnectionErrorCode | { throws: unknown };

/** One step of a script: an outcome, at once or after a while, and how the peer begins. */
export type MemoryStep = MemoryOutcome | {
  /** @default {"ok"} */
  outcome?: MemoryOutcome;
  /** How long it takes, on the virtual clock. @default {0} */
  delayMs?: number;
  /** How the {@linkcode MemoryPeer} that answers begins; without a meaning for a listener. */
  peer?: MemoryPeerOptions;
};

/** One line of {@linkcode MemoryNetwork.log}. */
export interface MemoryLogEntry {
  /** When, in seconds of the virtual clock. */
  at: number;
  /** The event: a dial began, succeeded or failed, or a datagram was sent or could not be. */
  what: "dial" | "open" | "fail" | "send" | "send-fail";
  /** Where it leads. */
  to: StreamAddress | DatagramAddress;
  /** Why it failed; absent for what is no {@linkcode ConnectionError}. */
  code?: ConnectionErrorCode;
}

/** Options of {@linkcode MemoryNetwork}. */
export interface MemoryNetworkOptions {
  /** The clock that delays run on. @default a new one that shows 0 */
  clock?: VirtualClock;
  /** The bytes that a kernel's socket buffer holds in each direction. @default {65536} */
  bufferBytes?: number;
  /** The outcome of a connect without a listener and without a script. @default {"ok"} */
  whenNobodyListens?: MemoryStep;
}

// The largest UDP payload over IPv4: 65,535 less the headers of IP and UDP.
const MAX_DATAGRAM_BYTES = 65_507;
const FIRST_EPHEMERAL_PORT = 49_152;

/**
 * A connector and acceptor, for streams and datagrams, that a test scripts and looks into.
 *
 * @example
 * ```ts
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * const network = new MemoryNetwork();
 * network.nextConnects("refused", { delayMs: 250 });
 * const to = { transport: "tcp", hostname: "localhost", port: 9020 } as const;
 *
 * await network.connect(to).catch((error) => console.assert(error.code === "refused"));
 * const connecting = network.connect(to);
 * await network.clock.advance(250);
 * const connection = await connecting;
 * await connection.write(new Uint8Array([1, 2, 3]));
 * console.assert(network.peer.received.length === 3);
 * network.peer.reset();
 * console.assert((await connection.closed)?.code === "reset");
 * ```
 */
export class MemoryNetwork implements Connector, DatagramConnector, Acceptor, DatagramAcceptor {
  /** The clock that its delays run on; give it to handlers too. */
  readonly clock: VirtualClock;
  /** The dials and datagrams so far, with their results. */
  readonly log: MemoryLogEntry[] = [];
  /** The far ends of the connections so far that went to no listener, oldest first. */
  readonly peers: MemoryPeer[] = [];
  /** The datagrams that were sent so far, whether or not anything is bound to their address. */
  readonly datagrams: Uint8Array[] = [];
  /** The outcome of a connect without a listener and without a script. */
  whenNobodyListens: MemoryStep;
  /** The result of {@linkcode hostName}; `undefined`: it may not be asked. @default {"memory"} */
  machineName: string | undefined = "memory";
  readonly #bufferBytes: number;
  readonly #connects: MemoryStep[] = [];
  readonly #sends: MemoryOutcome[] = [];
  readonly #holding = new Set<object>();
  readonly #listeners = new Map<string, SocketListener>();
  readonly #bound = new Map<string, MemoryDatagramListener>();
  readonly #sockets = new Set<MemoryDatagramSocket>();
  readonly #hooks = new Set<ExitHooks>();
  #nextPort = FIRST_EPHEMERAL_PORT;

  /** Makes a network of its own; networks do not see each other. */
  constructor(
    { clock = new VirtualClock(), bufferBytes = 65536, whenNobodyListens = "ok" }:
      MemoryNetworkOptions = {},
  ) {
    this.clock = clock;
    this.#bufferBytes = bufferBytes;
    this.whenNobodyListens = whenNobodyListens;
  }

  /** Appends to the script: what the next connects and `openDatagram`s meet, one step each. */
  nextConnects(...steps: MemoryStep[]): void {
    this.#connects.push(...steps);
  }

  /** Appends to the script: what becomes of the next datagrams sent; `ok` when it is used up. */
  nextSends(...outcomes: MemoryOutcome[]): void {
    this.#sends.push(...outcomes);
  }

  /** The far end of the latest connection. */
  get peer(): MemoryPeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error("Cannot get 'peer': no client has connected yet");
    return peer;
  }

  /** When each dial began, in seconds of the clock. */
  get dialTimes(): number[] {
    return this.log.filter((entry) => entry.what === "dial").map((entry) => entry.at);
  }

  /** How many open sockets and listeners would hold a process open: all that were not `unref`ed. */
  get holding(): number {
    return this.#holding.size;
  }

  /** Connects as the script says, else to the listener, else as `whenNobodyListens` says. */
  async connect(to: StreamAddress, { signal }: WaitOptions = {}): Promise<StreamConnection> {
    checkAddress(to, "Cannot connect");
    const listener = this.#listeners.get(key(to));
    const step = this.#connects.shift() ?? (listener ? "ok" : this.whenNobodyListens);
    await this.#meet(step, to, signal);
    const peerOptions = typeof step === "object" && "peer" in step ? step.peer ?? {} : {};
    const out = new MemoryPipe(peerOptions.bufferBytes ?? this.#bufferBytes);
    const back = new MemoryPipe(this.#bufferBytes);
    const stream = this.#hold(new MemoryStream(to, back, out, this.#owner, false));
    const accepting = this.#listeners.get(key(to));
    if (accepting === undefined) this.peers.push(new MemoryPeer(to, out, back, peerOptions));
    else accepting.accept(this.#hold(new MemoryStream(to, out, back, this.#owner, true)));
    return stream;
  }

  /** Listens; port 0 takes a free one. */
  // deno-lint-ignore require-await -- a bad address must reject, not throw
  async listen(
    at: StreamAddress,
    { signal }: WaitOptions = {},
  ): Promise<Listener<StreamConnection>> {
    checkAddress(at, "Cannot listen");
    if (signal?.aborted) throw abortedError(signal, `Cannot listen at ${showAddress(at)}`);
    const address = this.#claim(at, this.#listeners);
    const listener: SocketListener = new SocketListener(address, {
      close: () => {
        this.#listeners.delete(key(address));
        this.#holding.delete(listener);
      },
      unref: () => void this.#holding.delete(listener),
    });
    this.#listeners.set(key(address), listener);
    return this.#hold(listener);
  }

  /** Opens a datagram socket, as the script says. */
  async openDatagram(
    peer: DatagramAddress,
    { signal }: WaitOptions = {},
  ): Promise<DatagramSocket> {
    checkAddress(peer, "Cannot open a datagram socket");
    await this.#meet(this.#connects.shift() ?? "ok", peer, signal);
    const socket = new MemoryDatagramSocket(this.#owner, (bytes) => this.#send(peer, bytes));
    this.#sockets.add(socket);
    return this.#hold(socket);
  }

  /** Binds; port 0 takes a free one. */
  // deno-lint-ignore require-await -- a bad address must reject, not throw
  async bindDatagram(at: DatagramAddress): Promise<DatagramListener> {
    checkAddress(at, "Cannot bind");
    const address = this.#claim(at, this.#bound);
    const listener = new MemoryDatagramListener(this.#owner, address);
    this.#bound.set(key(address), listener);
    return this.#hold(listener);
  }

  /** Sends a datagram back to every datagram socket that is open. */
  reply(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.receive(bytes.slice());
  }

  /** Returns the name of the machine: {@linkcode machineName}. */
  hostName(): string | undefined {
    return this.machineName;
  }

  /** Registers hooks that {@linkcode beforeExit} and {@linkcode exit} run. */
  atExit(hooks: ExitHooks): () => void {
    this.#hooks.add(hooks);
    return () => void this.#hooks.delete(hooks);
  }

  /** How many exit hooks are registered. */
  get exitHooks(): number {
    return this.#hooks.size;
  }

  /** The event loop is empty: runs what was registered, and resolves when it is done. */
  async beforeExit(): Promise<void> {
    await Promise.all([...this.#hooks].map((hooks) => hooks.beforeExit()));
  }

  /** The process ends now, or (`mayGoOn`) unless the program handles the error that ends it. */
  exit(mayGoOn: boolean = false): void {
    for (const hooks of [...this.#hooks]) hooks.exit(mayGoOn);
  }

  readonly #owner = {
    unref: (socket: object) => void this.#holding.delete(socket),
    release: (socket: object) => {
      this.#holding.delete(socket);
      this.#sockets.delete(socket as MemoryDatagramSocket);
      for (const [at, bound] of this.#bound) if (bound === socket) this.#bound.delete(at);
    },
  };

  #hold<T extends object>(thing: T): T {
    this.#holding.add(thing);
    return thing;
  }

  async #meet(
    step: MemoryStep,
    to: StreamAddress | DatagramAddress,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const plain = typeof step === "string" || "throws" in step;
    const { outcome = "ok", delayMs = 0 } = plain ? { outcome: step } : step;
    const doing = `Cannot connect to ${showAddress(to)}`;
    this.#note("dial", to);
    try {
      if (signal?.aborted) throw abortedError(signal, doing);
      if (delayMs > 0) await this.#wait(delayMs, signal, doing);
      if (outcome === "hang") await this.#wait(undefined, signal, doing);
      fail(outcome, doing);
    } catch (error) {
      this.#note("fail", to, error);
      throw error;
    }
    this.#note("open", to);
  }

  #wait(ms: number | undefined, signal: AbortSignal | undefined, doing: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.clock.clearTimeout(timer);
        reject(abortedError(signal as AbortSignal, doing));
      };
      const timer = ms === undefined ? undefined : this.clock.setTimeout(() => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      }, ms);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  #note(what: MemoryLogEntry["what"], to: StreamAddress | DatagramAddress, error?: unknown): void {
    const code = error instanceof ConnectionError ? { code: error.code } : {};
    this.log.push({ at: this.clock.now(), what, to, ...code });
  }

  #send(to: DatagramAddress, bytes: Uint8Array): Promise<void> {
    const doing = `Cannot send to ${showAddress(to)}`;
    const outcome = this.#sends.shift() ?? "ok";
    if (outcome === "hang") return new Promise(() => {});
    try {
      if (bytes.length > MAX_DATAGRAM_BYTES) fail("too-large", doing);
      fail(outcome, doing);
    } catch (error) {
      this.#note("send-fail", to, error);
      return Promise.reject(error);
    }
    this.#note("send", to);
    this.datagrams.push(bytes.slice());
    this.#bound.get(key(to))?.receive(bytes.slice(), machineAddress(to));
    return Promise.resolve();
  }

  #claim<A extends StreamAddress | DatagramAddress>(at: A, taken: Map<string, unknown>): A {
    const address = "port" in at && at.port === 0 ? { ...at, port: this.#nextPort++ } : at;
    if (!taken.has(key(address))) return address;
    throw new ConnectionError(
      "other",
      `Cannot listen at ${showAddress(at)}: the address is in use`,
    );
  }
}

function fail(outcome: MemoryOutcome, doing: string): void {
  if (typeof outcome === "object") throw outcome.throws;
  if (outcome !== "ok" && outcome !== "hang") {
    throw new ConnectionError(outcome, `${doing}: ${outcome}`);
  }
}

function key(address: StreamAddress | DatagramAddress): string {
  return "path" in address ? address.path : String(address.port);
}
