/**
 * `./config-listener`: `listen(port, options)` waits for configurations of logging that other
 * programs send, and puts each into effect while the program runs, as CPython's
 * `logging.config.listen` does. `stopListening()` ends that.
 *
 * Choose it where an operator changes the level of one logger without a restart. A program that
 * reads its own file needs `./config` alone.
 *
 * ## Sending
 *
 * A sender connects, sends a 4-byte big-endian length and so many bytes, and closes: what Python's
 * documentation has for `listen()` works without a change.
 *
 * ```python
 * import socket, struct
 * data = open("logging.json", "rb").read()
 * with socket.create_connection(("localhost", 9030)) as sender:
 *     sender.sendall(struct.pack(">L", len(data)) + data)
 * ```
 *
 * The bytes are UTF-8: a dictionary in JSON, as for `dictConfig()`, or the text of a file, as for
 * `fileConfig()`. One connection carries one configuration. There is no answer: the sender learns
 * neither that it was taken nor why it was not, but the connection is closed when either is so.
 * Configurations that are sent at the same time take effect in the order in which `verify` settles:
 * await the end of one connection before you send the next configuration.
 *
 * ## Options
 *
 * - `acceptor` (required) listens: the `connector` of `./deno`, `./bun`, `./node` or `./auto`.
 * - `classes`: the classes that a received configuration may name, besides those which need nothing
 *   of a runtime: `handlerClasses({ connector })` of `./config`, `fileHandlerClasses` of
 *   `./file-handlers`.
 * - `folder`: the folder below which its files lie; without it it may name none.
 * - `verify` gets the bytes, and returns those to use, or null to discard them. It may return a
 *   promise, so that it can check a signature by `crypto.subtle`.
 * - `host` (`"127.0.0.1"`). At another address other machines could change the logging of the
 *   program: there `verify` is required, and `tls` takes a certificate.
 * - `maxBytes` (1 MiB), `maxConnections` (16) and `timeoutMs` (10,000 ms) limit each sender; a
 *   configuration has at most 100 handlers, a list or a dictionary at most 1,000 entries, and a name
 *   at most 1,024 characters and 64 dots.
 * - `onConfigured` is called when a configuration has taken effect, `onError` for each fault;
 *   without it faults are lines on stderr.
 *
 * ## Configurations that you do not trust
 *
 * Nothing that is received is executed. A received configuration may name the classes of the tables
 * and no others. It may have no `()`, no `.`, no `cfg://`, and of `ext://` only `sys.stdout` and
 * `sys.stderr`. The arguments in a file are literals. A `filename`, and the path of a Unix socket,
 * must lie below `folder`, without `..` or a name that Windows gives another meaning; `/dev/log` is
 * also allowed for syslog. `context` and `dllname` are refused, as both may name a file. Portable code
 * cannot see links: give a folder that only this program can write to, and that holds nothing else, as a
 * handler may empty a file there. If a class of your own takes a path by another name than
 * `filename`, it must check it.
 *
 * A sender can do what a configuration can: silence loggers, fill the folder or the memory, and, with
 * `handlerClasses`, send the records of this program to any host that it names. Leave
 * `handlerClasses` out, or check the hosts in `verify`, where that must not be.
 *
 * On loopback every user of the machine can connect. Where several use it, give `verify`, or listen
 * at a Unix socket (port `null`) in a folder of your own.
 *
 * ## When something goes wrong
 *
 * An invalid configuration changes nothing: it is checked before it takes effect, and reported. A
 * sender that is slow, sends too much or breaks off loses its own connection and nothing else.
 *
 * - `listen()` throws a `TypeError` or `RangeError` for a bad option, also for `verify` missing.
 * - `start()` rejects with a `ConnectionError` when the address is in use or not allowed.
 * - `onError` gets a {@linkcode ConfigListenerFault}, whose `reason` says at which step it failed.
 *
 * A listener keeps its program running until `stop()`, as CPython's thread does.
 *
 * Differs from CPython: `listen()` needs an acceptor; `start()` and `stop()` return promises; the
 * limits above. CPython imports any class that a configuration names, and evaluates its arguments.
 *
 * Browser compatible: it listens only through its `acceptor`.
 *
 * @example Change a level while the program runs
 * ```ts
 * import { getLogger } from "jsr:@logwire/logging";
 * import { listen, stopListening } from "jsr:@logwire/logging/config-listener";
 * import { frame } from "jsr:@logwire/logging/framer";
 * import { connector } from "jsr:@logwire/logging/auto";
 *
 * let configured = () => {};
 * const done = new Promise<void>((resolve) => configured = resolve);
 * const listener = listen(0, { acceptor: connector, onConfigured: configured });
 * await listener.start();
 *
 * // Another program sends:
 * const config = { version: 1, incremental: true, loggers: { shop: { level: "DEBUG" } } };
 * const sender = await connector.connect(listener.address);
 * await sender.write(frame(new TextEncoder().encode(JSON.stringify(config))));
 * await sender.close();
 *
 * await done;
 * console.assert(getLogger("shop").isEnabledFor(10));
 * await stopListening();
 * ```
 *
 * @module
 */
import { callBack } from "../logging/callback.ts";
import { FaultPrinter } from "../logging/fault_printer.ts";
import { reportFault } from "../logging/report_error.ts";
import { valueText } from "../logging/validate.ts";
import { showAddress } from "../net/address.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { Listener, StreamAddress, StreamConnection } from "../net/connector.ts";
import { withTimeout } from "../net/with_timeout.ts";
import { FrameError } from "../wire/framing.ts";
import {
  checkConfigListener,
  type ConfigListenerFault,
  type ConfigListenerFaultReason,
  type ConfigListenerOptions,
  type ConfigListenerSettings,
} from "./_config_listener_options.ts";
import { readConfig } from "./_config_frame.ts";
import { configureReceived } from "./_received_config.ts";

export type { Acceptor, Clock, StreamAddress, TlsOptions } from "../net/connector.ts";
export type { ConfigClasses } from "./config_factory.ts";
export type { ConfigListenerFault, ConfigListenerFaultReason, ConfigListenerOptions };

/** The port of `listen()`, as in CPython. */
export const DEFAULT_LOGGING_CONFIG_PORT = 9030;

/** A sender that has sent its configuration closes within milliseconds. */
const CLOSE_MS = 1000;

/** The error of a connection that `stop()` closes; it is no fault. */
const STOPPED = new ConnectionError("closed", "The listener was stopped");

/** The listener that was started last. */
let listening: ConfigListener | undefined;

/**
 * Returns a listener for configurations, which does not listen before its `start()`.
 *
 * @param port from 0 to 65535, 0 for a free one that the system chooses; null for a Unix socket at
 * `host`
 * @throws {TypeError | RangeError} when a value is bad or an option unknown, and when `verify` is
 * missing at an address that is not loopback
 */
export function listen(
  port: number | null = DEFAULT_LOGGING_CONFIG_PORT,
  options: ConfigListenerOptions,
): ConfigListener {
  return new ConfigListener(port, options);
}

/** Stops the listener that was started last, if there is one. Never rejects. */
export function stopListening(): Promise<void> {
  return listening?.stop() ?? Promise.resolve();
}

/** Receives configurations; see the module's description. */
export class ConfigListener implements AsyncDisposable {
  readonly #settings: ConfigListenerSettings;
  readonly #printer: FaultPrinter;
  readonly #stopping: AbortController = new AbortController();
  /** The connections whose configuration is awaited, the one that waits for the longest first. */
  readonly #waiting = new Set<AbortController>();
  /** Every connection that is not closed. */
  readonly #serving = new Set<Promise<void>>();
  #listener: Listener<StreamConnection> | undefined;
  #starting: Promise<void> | undefined;
  #accepting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #connections = 0;

  /** Opens nothing: `start()` does. Arguments and errors are those of {@linkcode listen}. */
  constructor(port: number | null, options: ConfigListenerOptions) {
    this.#settings = checkConfigListener(port, options);
    const name = () => `configuration listener at ${showAddress(this.address)}`;
    this.#printer = new FaultPrinter(name, this.#settings.clock);
  }

  /** The address that it listens at; before `start()` the one that it was given. */
  get address(): StreamAddress {
    const at = this.#listener?.address ?? this.#settings.listenAt;
    if (at.transport === "unix") return { transport: "unix", path: at.path };
    return { transport: "tcp", hostname: at.hostname, port: at.port };
  }

  /**
   * Listens. Rejects with a `ConnectionError` if that fails: the address is in use, not permitted,
   * … A listener starts once: after `stop()`, or a failure, make another.
   */
  start(): Promise<void> {
    if (this.#stopping.signal.aborted) {
      return Promise.reject(new TypeError("Cannot start as it was stopped before"));
    }
    return this.#starting ??= this.#start();
  }

  async #start(): Promise<void> {
    const { acceptor, listenAt } = this.#settings;
    const listener = await acceptor.listen(listenAt, { signal: this.#stopping.signal });
    this.#listener = listener;
    listener.onHandshakeFailed = (error) => this.#report("connection", error);
    listening = this;
    this.#accepting = this.#accept(listener);
  }

  /** Stops listening, and closes connections that have not sent everything. Never rejects. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  /** As `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#starting?.catch(() => {});
    if (listening === this) listening = undefined;
    await this.#listener?.close().catch(() => {});
    await this.#accepting;
    for (const waiting of this.#waiting) waiting.abort(STOPPED);
    await Promise.all(this.#serving);
    this.#printer.flush();
  }

  async #accept(listener: Listener<StreamConnection>): Promise<void> {
    let failure: unknown = new ConnectionError("closed", "The listening socket was closed");
    try {
      for await (const connection of listener) this.#take(connection);
    } catch (error) {
      failure = error;
    }
    if (this.#stopping.signal.aborted) return;
    this.#report("listener", failure);
    void this.stop();
  }

  #take(connection: StreamConnection): void {
    const { maxConnections } = this.#settings;
    const [longest] = this.#waiting;
    if (longest !== undefined && this.#waiting.size >= maxConnections) {
      const message = `It waited for the longest of ${maxConnections} connections as another came`;
      this.#waiting.delete(longest);
      longest.abort(new ConnectionError("denied", message));
    }
    const waiting = new AbortController();
    this.#waiting.add(waiting);
    const serving = this.#serve(connection, waiting, ++this.#connections);
    this.#serving.add(serving);
    void serving.finally(() => this.#serving.delete(serving));
  }

  async #serve(
    connection: StreamConnection,
    waiting: AbortController,
    number: number,
  ): Promise<void> {
    const { clock, timeoutMs, onConfigured } = this.#settings;
    const closing = new AbortController();
    let step: ConfigListenerFaultReason = "connection";
    const reached = (next: ConfigListenerFaultReason) => step = next;
    const late = () =>
      new ConnectionError("timeout", `No configuration was complete within ${timeoutMs} ms`);
    const receive = () => this.#receive(connection, reached);
    try {
      const timeout = { abort: waiting, clock, ms: timeoutMs, late };
      const bytes = await withTimeout(receive, timeout);
      this.#waiting.delete(waiting);
      if (bytes !== undefined) {
        reached("configuration");
        configureReceived(textOf(bytes), this.#settings);
        if (onConfigured !== undefined) callBack(onConfigured, reportFault);
      }
    } catch (error) {
      closing.abort();
      this.#waiting.delete(waiting);
      if (error !== STOPPED) this.#report(reasonOf(error, step, waiting.signal), error, number);
    }
    const timer = clock.setTimeout(() => closing.abort(), CLOSE_MS);
    // close() must not reject; the connection is gone even where it does.
    await connection.close({ signal: closing.signal }).catch(() => {});
    clock.clearTimeout(timer);
  }

  /** The bytes of a configuration, verified; `undefined` if the sender sent nothing. */
  async #receive(
    connection: StreamConnection,
    reached: (step: ConfigListenerFaultReason) => void,
  ): Promise<Uint8Array | undefined> {
    const { verify, maxBytes } = this.#settings;
    const bytes = await readConfig(connection, maxBytes);
    if (bytes === undefined || verify === undefined) return bytes;
    reached("verify");
    const verified: unknown = await verify(bytes);
    if (verified instanceof Uint8Array) return verified;
    throw verified === null
      ? new Error("verify() has discarded the configuration")
      : new TypeError(`verify() must return a Uint8Array or null: it was ${valueText(verified)}`);
  }

  /** Reports a fault to `onError`, or else on stderr. Never throws. */
  #report(reason: ConfigListenerFaultReason, error: unknown, connection?: number): void {
    const fault = { reason, error, ...(connection === undefined ? {} : { connection }) };
    const { onError } = this.#settings;
    const report = () => onError === undefined ? this.#printer.print(fault) : onError(fault);
    callBack(report, reportFault);
  }
}

function reasonOf(
  error: unknown,
  step: ConfigListenerFaultReason,
  signal: AbortSignal,
): ConfigListenerFaultReason {
  if (!signal.aborted || signal.reason !== error) {
    return step === "connection" && error instanceof FrameError ? "frame" : step;
  }
  return (error as ConnectionError).code === "timeout" ? "timeout" : "refused";
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
