/**
 * `./failover`: `failover(connector, others)` is a connector with several addresses. A handler that has
 * it goes on at the next server when one is gone.
 *
 * Choose it when two or more servers take the same records, and no load balancer or name stands in
 * front of them. It works for each handler that has a `connector` and sends over a stream:
 * `SocketHandler`, `SysLogHandler` with `socktype: "stream"` and `ForwardHandler`, over TCP and TLS,
 * on edge workers too. `HTTPHandler` and `SMTPHandler` have no connector: give them a name or a
 * balancer.
 *
 * The address that the handler is given is the first one, `others` are those behind it, in their order.
 * An address of `others` without `tls` has the handler's `tls`: no record goes out in plain text because
 * a server was gone.
 *
 * ## Options
 *
 * - `returnAfterMs` (60,000 ms): how long after the first address has failed it is dialled first again.
 *   0: each dial begins with it. `Infinity`: only a whole round leads back to it.
 * - `clock`: where time comes from. Tests give a virtual one, the same as to the handler.
 *
 * ## When a server is away
 *
 * A dial is for one address, and has the whole `connectTimeoutMs`. The next address follows at once
 *
 * - when a dial fails or lasts too long, or a server opens no RELP session or does not prove the shared
 *   key of Forward,
 * - when a connection ends within its first second,
 * - when the handler gives a connection up: the server has taken or acknowledged nothing for
 *   `writeTimeoutMs`, or breaks the protocol.
 *
 * If a connection ends later, the same address is dialled again first, since the server may have been
 * restarted. When as many dials in a row have failed as there are addresses, the handler backs off as it
 * does with one server: 1, 2, 4 … 30 seconds. Until then records wait, in `"drop"` mode too, and a failed
 * dial is no outage, since nothing is lost. The error of the outage names all servers that failed.
 *
 * ## When the handler returns to the first server
 *
 * The handler keeps a connection that works, however long. It returns at its next dial, if
 * `returnAfterMs` is over by then: when the second server ends the connection, for example. With
 * `connection: "per-flush"` each flush dials, and the first flush behind `returnAfterMs` returns. If the
 * first address fails again, the next one follows at once, and the time begins anew.
 *
 * `onEvent` gets `connect-failed` for each address that failed, with `retrySeconds: 0` where the next one
 * follows at once, and `connected` with the `address` that works.
 *
 * ## What may come twice, and in which order
 *
 * Each connection carries records in the order in which they were logged. Some go again to the next
 * server, and may so stand in the files of both:
 *
 * - over RELP those without an answer when the connection ended, 128 at most;
 * - over Forward those in the chunks that were not acknowledged then, 32 at most: a `ForwardReceiver`
 *   does not know the chunks of another one;
 * - over plain TCP those of a connection that ended within a second, and one that was cut.
 *
 * If you merge the files of several servers, sort the records by their time: a server that comes back may
 * write what it had taken behind what the other one has written since. What the kernels held when a
 * server died is lost over plain TCP, with several servers as with one. Over RELP and Forward it goes
 * again.
 *
 * A record upon which three connections ended alone is dropped and counted as `refused`, whichever
 * servers ended them.
 *
 * ## Names and addresses
 *
 * A host name is looked up at each dial; Bun remembers its addresses for 30 seconds (see `./bun`). Deno,
 * Bun and Node try the IPv6 and the IPv4 addresses of a name within one dial. One that does not answer
 * holds the dial up by half a second at most. To `failover()` all of them are one address.
 *
 * Handlers of one program may share the connector: those with the same first address move together,
 * others do not.
 *
 * ## Errors
 *
 * - `failover()` throws a `TypeError` or `RangeError` for an address that no dial could use, such as a
 *   URL, and for an option that does not exist.
 * - It opens no datagrams, since the loss of a datagram is not noticed: with `DatagramHandler`, and with
 *   `SysLogHandler` over UDP, its result is an error of types.
 *
 * Browser compatible: it connects only through the connector that it is given.
 *
 * @example Go on at a second server
 * ```ts
 * import { Logger, SocketHandler } from "jsr:@logwire/logging";
 * import { failover } from "jsr:@logwire/logging/failover";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 * connector.nextConnects("refused"); // the first server is gone
 *
 * const events: string[] = [];
 * const handler = new SocketHandler("logs-1.example", 9020, {
 *   connector: failover(connector, [
 *     { transport: "tcp", hostname: "logs-2.example", port: 9020 },
 *     { transport: "unix", path: "/run/logs.sock" },
 *   ]),
 *   whileDisconnected: "queue",
 *   onEvent: (event) =>
 *     events.push(event.type === "connected" ? `connected ${event.address}` : event.type),
 * });
 * const log = new Logger("shop");
 * log.addHandler(handler);
 * log.warning("low on ink");
 * await handler.close();
 * console.assert(handler.stats.sent === 1);
 * console.assert(events[0] === "connect-failed");
 * console.assert(events[1] === "connected logs-2.example:9020");
 * ```
 *
 * @module
 */
import { showAddress } from "../net/address.ts";
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type {
  Clock,
  Connector,
  DialledAddress,
  ExitHooks,
  ExitNotifier,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
} from "../net/connector.ts";
import { systemClock } from "../net/system_clock.ts";
import {
  checkHost,
  checkInteger,
  checkKnown,
  checkMethods,
  checkNumber,
  checkOneOf,
  checkString,
  checkTlsOptions,
  refuse,
} from "../logging/validate.ts";

export { ConnectionError };
export type {
  Clock,
  ConnectionErrorCode,
  Connector,
  DialledAddress,
  ExitHooks,
  ExitNotifier,
  StreamAddress,
  StreamConnection,
  TlsOptions,
  WaitOptions,
};

/** Options of {@linkcode failover}. */
export interface FailoverOptions {
  /**
   * How long after the first address has failed a dial begins with it again, in milliseconds, from 0;
   * `Infinity`: it does not.
   *
   * @default {60000}
   */
  returnAfterMs?: number;
  /** Where time comes from; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

/** A connection that ends sooner was none; deliveries have the same second. */
const YOUNG_SECONDS = 1;

const WHAT = "create failover()";

/**
 * A connector that dials the address that it is given and, when that fails, one of `others`.
 *
 * @param connector opens the connections: that of `./deno`, `./bun`, `./node`, `./cloudflare` or `./auto`
 * @param others the addresses behind the first one, in their order; none makes no difference
 * @returns a connector for streams, with the exit notifier and the host name of the one given
 * @throws {TypeError | RangeError} when an address or an option has a bad value
 */
export function failover(
  connector: Connector,
  others: readonly StreamAddress[],
  options: FailoverOptions = {},
): Connector {
  checkMethods(WHAT, "connector", connector, ["connect"]);
  if (!Array.isArray(others)) refuse(WHAT, "others", "an array of addresses", others);
  const rest = others.map((address, index) => checkOther(address, index));
  checkKnown(WHAT, options, ["returnAfterMs", "clock"]);
  const { returnAfterMs = 60_000, clock = systemClock } = options;
  checkNumber(WHAT, "returnAfterMs", returnAfterMs, 0);
  checkMethods(WHAT, "clock", clock, ["now"]);
  /** By the first address: a program has as many as it has handlers. */
  const routes = new Map<string, Route>();
  const { connection } = connector;
  return {
    addresses: 1 + rest.length,
    connect(to, wait) {
      const name = showAddress(to);
      let route = routes.get(name);
      if (route === undefined) {
        routes.set(name, route = new Route(1 + rest.length, returnAfterMs, clock));
      }
      return dial(connector, [to, ...rest], route, clock, wait);
    },
    ...connection && { connection },
    ...connector.hostName && { hostName: () => connector.hostName!() },
    ...connector.atExit && { atExit: (hooks, isWeak) => connector.atExit!(hooks, isWeak) },
  };
}

/** Returns a checked copy. */
function checkOther(address: StreamAddress, index: number): StreamAddress {
  const name = `others[${index}]`;
  const what = `${WHAT} with '${name}'`;
  if (typeof address !== "object" || address === null) {
    refuse(WHAT, name, 'an address such as { transport: "tcp", hostname, port }', address);
  }
  if (checkOneOf(what, "transport", address.transport, ["tcp", "unix"]) === "unix") {
    checkKnown(what, address, ["transport", "path"]);
    checkString(what, "path", (address as { path: unknown }).path);
  } else {
    const { hostname, port, tls } = address as Extract<StreamAddress, { transport: "tcp" }>;
    checkKnown(what, address, ["transport", "hostname", "port", "tls"]);
    checkHost(what, "hostname", hostname);
    checkInteger(what, "port", port, 1, 65535);
    checkTlsOptions(what, "tls", tls);
  }
  return { ...address };
}

/** Dials the address whose turn it is. */
async function dial(
  connector: Connector,
  addresses: readonly StreamAddress[],
  route: Route,
  clock: Clock,
  wait: WaitOptions = {},
): Promise<StreamConnection> {
  const { signal } = wait;
  const at = route.begin();
  const address = secured(addresses[at]!, addresses[0]!);
  const name = showAddress(address);
  let errors: readonly unknown[] | undefined;
  // At once: a connector that ignores the signal may never reject.
  const late = () => {
    if (!isTimeout(signal!.reason)) return;
    const message = `Cannot connect to ${name}: no answer in time`;
    errors = route.failed(at, new ConnectionError("timeout", message));
  };
  signal?.addEventListener("abort", late);
  try {
    const connection = await connector.connect(address, wait);
    // One that does not say when it ends is never over.
    if (connection?.closed === undefined) return connection;
    return new WatchedConnection(connection, name, clock, (reason) => {
      if (reason === undefined) route.lasted();
      else route.failed(at, reason);
    });
  } catch (error) {
    // A dial that the handler gave up says nothing of the server.
    if (signal?.aborted && !isTimeout(signal.reason)) throw error;
    errors ??= route.failed(at, error);
    // The connector's own error says more than that of the signal.
    throw ofAll([...errors.slice(0, -1), error], error);
  } finally {
    signal?.removeEventListener("abort", late);
  }
}

function isTimeout(reason: unknown): boolean {
  return (reason as { name?: unknown } | null | undefined)?.name === "TimeoutError";
}

/** An address with the TLS settings of the first one, unless it has its own, or is a Unix socket. */
function secured(address: StreamAddress, first: StreamAddress): StreamAddress {
  if (address.transport !== "tcp" || address.tls !== undefined) return address;
  return first.transport === "tcp" && first.tls !== undefined
    ? { ...address, tls: first.tls }
    : address;
}

/** The turns of the addresses behind one first address. */
class Route {
  readonly #addresses: number;
  readonly #returnAfterMs: number;
  readonly #clock: Clock;
  /** The address whose turn it is, and when the first one has failed last. */
  #at = 0;
  #failedAt = 0;
  /** The errors of this round. */
  #errors: unknown[] = [];

  constructor(addresses: number, returnAfterMs: number, clock: Clock) {
    this.#addresses = addresses;
    this.#returnAfterMs = returnAfterMs;
    this.#clock = clock;
  }

  /** The number of the address to dial now. */
  begin(): number {
    const now = this.#clock.now();
    // A clock that was set back has the time begin anew.
    this.#failedAt = Math.min(this.#failedAt, now);
    const isDue = (now - this.#failedAt) * 1000 >= this.#returnAfterMs;
    // Within a round each address has its turn.
    if (isDue && this.#errors.length === 0) this.#at = 0;
    return this.#at;
  }

  /**
   * The dial of that address has failed, or its connection. Returns the errors to report: those of a whole
   * round, or this one.
   */
  failed(at: number, error: unknown): readonly unknown[] {
    // Another handler may have found that out before.
    if (at !== this.#at) return [error];
    this.#at = (at + 1) % this.#addresses;
    if (at === 0) this.#failedAt = this.#clock.now();
    this.#errors.push(error);
    if (this.#errors.length < this.#addresses) return [error];
    const errors = this.#errors;
    this.#errors = [];
    return errors;
  }

  /** A connection was good: the next failure begins a round. */
  lasted(): void {
    this.#errors = [];
  }
}

/** The last error of a round, with the messages of all. */
function ofAll(errors: readonly unknown[], last: unknown): unknown {
  if (errors.length === 1 || !(last instanceof ConnectionError)) return last;
  const messages = errors.map((error) => error instanceof Error ? error.message : String(error));
  return new ConnectionError(last.code, messages.join("; "), { cause: last });
}

/** A connection that reports its end to its route. */
class WatchedConnection implements StreamConnection {
  readonly closed: Promise<ConnectionError | undefined>;
  readonly dialled: DialledAddress;
  readonly writeSync?: (bytes: Uint8Array, waitMs?: number) => number;
  readonly retryWrite?: () => void;
  readonly unref?: () => void;
  readonly #connection: StreamConnection;
  /** `undefined`: it has ended well. */
  readonly #onEnd: (reason: unknown) => void;
  #isEnded = false;
  #isClosing = false;

  constructor(
    connection: StreamConnection,
    address: string,
    clock: Clock,
    onEnd: (reason: unknown) => void,
  ) {
    this.#connection = connection;
    this.#onEnd = onEnd;
    this.dialled = { address };
    this.closed = connection.closed;
    const openedAt = clock.now();
    // Before the handler sees the end, and dials.
    const ended = (error: unknown) => {
      const isYoung = clock.now() - openedAt < YOUNG_SECONDS;
      const isBad = isYoung && (error !== undefined || !this.#isClosing);
      this.#end(isBad ? error ?? `${address} has ended a new connection` : undefined);
    };
    this.closed.then(ended, ended);
    if (connection.writeSync !== undefined) {
      this.writeSync = (bytes, waitMs) => connection.writeSync!(bytes, waitMs);
    }
    if (connection.retryWrite !== undefined) this.retryWrite = () => connection.retryWrite!();
    if (connection.unref !== undefined) this.unref = () => connection.unref!();
  }

  get bytesWritten(): number {
    return this.#connection.bytesWritten!;
  }

  get peerAddress(): string | undefined {
    return this.#connection.peerAddress;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#connection.write(bytes);
  }

  close(options?: WaitOptions): Promise<void> {
    // At once, though it has not ended: the server takes nothing, or breaks the protocol.
    if (options?.signal?.aborted) this.#end(`${this.dialled.address} was given up`);
    this.#isClosing = true;
    return this.#connection.close(options);
  }

  #end(reason: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onEnd(reason);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#connection[Symbol.asyncIterator]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
