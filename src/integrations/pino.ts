/**
 * `./pino`: gives what a program logs with [pino](https://getpino.io) to a handler of this package,
 * so that it reaches a Python log server, syslog or HTTP, and survives outages of these.
 *
 * The logger stays pino: levels, children, serializers, redaction and formatters do what they did.
 * There are two ways:
 *
 * - In the program: `pino(pinoDestination(handler))`. It works in bundles and compiled binaries
 *   too, and takes any handler.
 * - In a worker: `pino.transport({ target: "@logwire/logging/pino", options })`, where `options`
 *   describe the handler. Use it where encoding and sending must not take the program's own time,
 *   or where a program calls `process.exit()` at any moment.
 *
 * A bundler cannot see the file that pino's worker loads by name. Use `pinoDestination()` in what
 * esbuild bundles, and in what `bun build --compile` or `deno compile` makes.
 *
 * pino looks for the name in `node_modules`. A program that has this package from JSR names a file
 * of its own, which contains `export { default } from "jsr:@logwire/logging/pino"`, as
 * `target: import.meta.resolve("./pino_target.ts")`.
 *
 * ## From pino to a record
 *
 * | pino | record |
 * | --- | --- |
 * | `log.info("hi")` | `levelno` 20, `levelname` `INFO`; `getMessage()` is `hi` |
 * | `log.trace`, `debug`, `info`, `warn`, `error`, `fatal` | 5 (`TRACE`), 10, 20, 30, 40, 50: pino's number less 10, at least 5 |
 * | `log.info({ user: 7 }, "hi")` | attribute `user`; a field that is named like an attribute, such as `args`, gets `_` behind its name |
 * | `log.child({ id: 1 })`, `mixin`, `base` | attributes; `pid` is `process`, `hostname` stays `hostname` |
 * | `pino({ name: "shop" })`, `child({ name })` | `name`, else the option `name` |
 * | `log.error(err)`, `log.error({ err }, "no")` | `exc_text`: the stack, with those of causes and of `aggregateErrors`; `code` and other properties in the field `err` |
 * | `customLevels: { audit: 35 }` | `levelno` 25, `levelname` `AUDIT`, or what `pythonLevels` says |
 * | `messageKey`, `errorKey` | as pino says them itself; in a worker on Deno give them as options, as Deno may lose what pino says |
 * | `nestedKey: "payload"` | one field `payload`; with the option `nestedKey: "payload"` a field each |
 * | `formatters.level` with a text or another key | the same level |
 * | `timestamp`: milliseconds, seconds, ISO 8601 | `created`, in seconds; `timestamp: false`: the time of arrival |
 * | `log.info({ id: 2n ** 64n })` | the exact integer |
 * | a line that is no JSON, or has no level | a record at INFO with the whole text; counted in `stats` |
 *
 * Fields and texts are what pino writes: redacted values are redacted here as well.
 *
 * ## Cheat sheet
 *
 * For a program that moves from pino to the loggers of this package:
 *
 * | pino | `@logwire/logging` |
 * | --- | --- |
 * | `pino({ name: "shop" })` | `getLogger("shop")` |
 * | `log.info("user %s", name)` | `log.info("user %s", name)` |
 * | `log.info({ user: 7 }, "in")` | `log.info({ user: 7 }, "in")`, `log.info("in", { user: 7 })` |
 * | `log.error(err)`, `log.error({ err }, "failed")` | `log.error(err)`, `log.error("failed", err)` |
 * | `log.trace("…")` | `log.log(5, "…")` |
 * | `log.warn("…")`, `log.fatal("…")` | `log.warning("…")`, `log.critical("…")` |
 * | `log.child({ id: 1 })` | `log.child({ id: 1 })` |
 * | `log.level = "debug"` | `log.setLevel("debug")` |
 * | `log.isLevelEnabled("debug")` | `log.isEnabledFor(DEBUG)` |
 * | `redact: ["user.password"]` | `handler.addFilter(new RedactingFilter(["user.password"]))` |
 * | JSON lines on stdout | `basicConfig({ stream: process.stdout, formatter: new JSONFormatter() })` |
 * | `log.flush(callback)` | `await handler.flush()` |
 *
 * ## `%` in messages
 *
 * pino formats the text, before a record exists. A text that it has formatted is not formatted
 * again. Its rules are not those of a logger of this package, which are Python's:
 *
 * | call | pino | a logger of this package |
 * | --- | --- | --- |
 * | `log.info("50% done")` | `50% done` | `50% done` |
 * | `log.info("50% done", 7)` | `50% done`; the 7 is lost | `% d` takes the 7: `50 7one` |
 * | `log.info("%s left", 3)` | `3 left` | `3 left` |
 * | `log.info("%o", { a: 1 })`, `%O`, `%j` | `{"a":1}` | `%o` is octal and `%j` is unknown: use `%s` or `%r`, or a field |
 * | `log.info("%d", "x")` | `NaN` | reported; the record has the text and the argument as they are |
 * | `log.info("100%%")` | `100%%` | `100%%` |
 * | `log.info("100%% of %s", "it")` | `100% of it` | `100% of it` |
 * | `log.info("hi", { user: 7 })` | `hi`; the object is lost | `hi`, and the attribute `user` |
 * | `log.info("failed", err)` | `failed`; the error is lost | `failed`, and `exc_info` |
 *
 * ## Options
 *
 * Of both: `name` (`"pino"`), `pythonLevels`, `nestedKey`, `messageKey`, `errorKey`; see
 * {@linkcode PinoOptions}. Of the worker also `handler`: an entry of `handlers` as in `dictConfig()`
 * of `./config`, with the classes of `handlerClasses()` and `logging.StreamHandler`. Options of a
 * worker are data: a handler that needs functions, a `fileSpool` or a `serializer`, say, works in
 * the program only.
 *
 * The handler's `level` filters once more, on Python's scale.
 *
 * ## When the server is away
 *
 * `log.info()` never waits and never throws. With `whileDisconnected: "queue"` the handler keeps
 * records in its bounded queue and sends them when the server is back; over a plain socket what the
 * kernel held when a server was killed is lost. The pages of the handlers say more. pino ignores
 * back-pressure, so the limits of the handler's queue are what limits the memory.
 *
 * ## When the program ends
 *
 * In the program: what the handler says on its page. A program that returns loses nothing. At
 * `process.exit()` a handler over TCP writes what is queued if its connection is open, and reports
 * what is lost: so `await handler.close()` first. `flushSync()` cannot wait and only begins to
 * flush.
 *
 * In the worker:
 *
 * - The program returns, or calls `process.exit()` at any moment, even right after its first line:
 *   nothing is lost. pino blocks the program until the worker has delivered everything and has
 *   closed the handler (200,000 records that were logged in the turn of `process.exit()` took two
 *   seconds), and gives up after 10 seconds. What is undelivered when the handler's
 *   `closeTimeoutMs` (5 seconds) is over is counted in one line on stderr: keep it below 10 seconds.
 * - An uncaught error: the same on Node and Bun. Deno emits no `exit` event then, nor at
 *   `Deno.exit()`: records of that turn, and those that the worker has not sent yet, are lost
 *   without a report. Call `process.exit()` instead.
 * - A signal without a listener, `SIGKILL` included: the same records are lost, on each runtime.
 *   Listen for `SIGTERM`, and call `process.exit()` there.
 * - `transport.end()` blocks the program until everything is delivered, then emits `close`.
 *   `transport.flushSync()` returns when the worker has taken the lines, not when the server has.
 *   `log.flush(callback)` calls back when they are sent.
 *
 * ## On Cloudflare Workers
 *
 * A bundle for a worker has pino's build for browsers, unless its bundler is set up otherwise. That
 * build ignores a destination and prints by the console. Give it a `write` that passes each line on:
 *
 * ```ts ignore
 * const destination = pinoDestination(handler);
 * const log = pino({
 *   serializers: pino.stdSerializers,
 *   browser: {
 *     serialize: true,
 *     write: (line) => destination.write(JSON.stringify(line) + "\n"),
 *   },
 * });
 * ```
 *
 * Give the handler the connector of `./cloudflare`, and wrap the worker by
 * `withFlush(worker, handler)`. Log an error as `{ err: error }`: of `log.error(error)` that build
 * writes the stack as a field `stack`. pino's transports do not run there.
 *
 * ## Errors
 *
 * - `pinoDestination()` throws a `TypeError` or `RangeError` for a bad value and for an unknown
 *   option. Of a worker it is the transport's event `error`.
 * - Afterwards nothing throws: a failure goes to the handler's `handleError()`.
 *
 * Browser compatible; the worker is for Deno, Bun and Node.
 *
 * @example In the program
 * ```ts
 * import pino from "pino";
 * import { getLevelName, SocketHandler } from "jsr:@logwire/logging";
 * import { connector } from "jsr:@logwire/logging/auto"; // or /deno, /bun, /node
 * import { pinoDestination } from "jsr:@logwire/logging/pino";
 * import { LogRecordSocketReceiver } from "jsr:@logwire/logging/receiver";
 *
 * // In production this is a Python log server, or a receiver in another program.
 * const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
 * const texts: string[] = [];
 * receiver.handleLogRecord = ({ name, levelno, order, msg }) =>
 *   void texts.push(`${name} ${getLevelName(levelno)} ${order}: ${msg}`);
 * await receiver.start();
 * const { port } = receiver.address as { port: number };
 *
 * const handler = new SocketHandler("127.0.0.1", port, { connector, whileDisconnected: "queue" });
 * const log = pino({ name: "shop" }, pinoDestination(handler));
 * log.child({ order: 7 }).warn("low on %s", "ink");
 *
 * await handler.close();
 * await receiver.stop();
 * console.assert(texts[0] === "shop WARNING 7: low on ink");
 * ```
 *
 * @example In a worker
 * ```ts ignore
 * import pino from "pino";
 *
 * const transport = pino.transport({
 *   target: "@logwire/logging/pino",
 *   options: {
 *     handler: {
 *       class: "SocketHandler",
 *       host: "logs.example",
 *       port: 9020,
 *       whileDisconnected: "queue",
 *     },
 *   },
 * });
 * pino({ name: "shop" }, transport).warn("low on %s", "ink");
 * process.exit(0);
 * ```
 *
 * @module
 */
import type { Handler } from "../logging/handler.ts";
import type { Level } from "../logging/level.ts";
import { reportError } from "../logging/report_error.ts";
import { checkKnown, checkMethods } from "../logging/validate.ts";
import {
  checkPinoOptions,
  PINO_OPTIONS,
  type PinoOptions,
  PinoReader,
  type PinoStats,
} from "./_pino_reader.ts";

export type { PinoOptions, PinoStats };

/** A stream that pino writes to: `pino(destination)` or `pino(options, destination)`. */
export interface PinoDestination extends AsyncDisposable {
  /** True until `end()`; by it pino knows a stream from options. */
  readonly writable: boolean;
  /** The lines so far: a snapshot. */
  readonly stats: PinoStats;
  /** Gives the handler a record of each line of `text`. Never throws; there is no back-pressure. */
  write(text: string): boolean;
  /** Calls back when everything written before is sent or dropped. */
  flush(callback?: (error?: Error) => void): void;
  /** Begins to flush. It cannot wait: no connection can be written to without waiting. */
  flushSync(): void;
  /** Closes the handler, which delivers what is queued, and calls back. */
  end(callback?: () => void): void;
  /** Takes the message by which a pino logger describes itself; ignores all others. */
  emit(event: string, message?: unknown): boolean;
}

/** Options of the worker: `pino.transport({ target: "@logwire/logging/pino", options })`. */
export interface PinoTargetOptions extends PinoOptions {
  /** The handler, as an entry of `handlers` of `dictConfig()` describes one. */
  handler: PinoHandlerConfig;
}

/** A handler that the worker makes; the other keys are the arguments and options of its class. */
export interface PinoHandlerConfig {
  /** The class: `"SocketHandler"`, or with Python's module `"logging.handlers.SocketHandler"`. */
  class: string;
  /** The level, by number or name. @default {0} */
  level?: Level;
  /** A formatter, as an entry of `formatters` of `dictConfig()`. */
  formatter?: Readonly<Record<string, unknown>>;
  /** An argument or option of the class. */
  [keyword: string]: unknown;
}

/** The stream of the worker: a `Writable` of `node:stream`. */
export interface PinoTarget {
  /** Takes text of pino's lines, or its bytes in UTF-8. */
  write(text: string | Uint8Array): boolean;
  /** Delivers everything, closes the handler, and emits `close`. */
  end(): unknown;
  /** Resolves when everything written before is sent or dropped. */
  flush(): Promise<void>;
  /** Adds a listener. */
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/**
 * Makes a stream for pino of a handler. Lines become records of the handler in the same turn.
 *
 * @example
 * ```ts
 * import pino from "pino";
 * import { Formatter, StreamHandler } from "jsr:@logwire/logging";
 * import { pinoDestination } from "jsr:@logwire/logging/pino";
 *
 * const lines: string[] = [];
 * const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
 * handler.setFormatter(new Formatter("%(levelname)s %(user)s %(message)s"));
 * pino(pinoDestination(handler)).info({ user: "anna" }, "signed in");
 * console.assert(lines[0] === "INFO anna signed in\n");
 * ```
 *
 * @throws {TypeError} if the handler is none, or an option is unknown or of the wrong type
 * @throws {RangeError} if a level in `pythonLevels` is unknown
 */
export function pinoDestination(handler: Handler, options: PinoOptions = {}): PinoDestination {
  checkMethods(WHAT, "handler", handler, ["handle", "flush", "close"]);
  checkKnown(WHAT, options, PINO_OPTIONS);
  return new Destination(handler, new PinoReader(handler, checkPinoOptions(WHAT, options)));
}

const WHAT = "make a pino destination";

/**
 * The target of `pino.transport()`, which pino calls in its worker. A program does not call it.
 *
 * @throws {TypeError} (the promise rejects) if an option is unknown or of the wrong type
 * @throws {RangeError} (the promise rejects) if a number is out of range
 */
export default async function pinoTarget(options: PinoTargetOptions): Promise<PinoTarget> {
  // Loaded only in the worker: it needs modules of Node.
  const { openTarget } = await import("./_pino_worker.ts");
  return await openTarget(options);
}

/** A stream with this property gets the level, the time and more of each line from pino. */
const METADATA: unique symbol = Symbol.for("pino.metadata");

class Destination implements PinoDestination {
  writable = true;
  readonly [METADATA] = true;
  lastLevel: unknown;
  lastTime: unknown;
  lastObj: unknown;
  lastMsg: unknown;
  lastLogger: unknown;
  readonly #handler: Handler;
  readonly #reader: PinoReader;

  constructor(handler: Handler, reader: PinoReader) {
    this.#handler = handler;
    this.#reader = reader;
  }

  get stats(): PinoStats {
    return { ...this.#reader.stats };
  }

  write(text: string): boolean {
    const metadata = { level: this.lastLevel, time: this.lastTime };
    // They must not outlive the line, nor describe one that pino has not written.
    this.lastLevel =
      this.lastTime =
      this.lastObj =
      this.lastMsg =
      this.lastLogger =
        undefined;
    this.#reader.read(typeof text === "string" ? text : String(text), metadata);
    return true;
  }

  flush(callback?: (error?: Error) => void): void {
    this.#handler.flush().then(() => callback?.()).catch(report);
  }

  flushSync(): void {
    this.flush();
  }

  end(callback?: () => void): void {
    this.writable = false;
    this.#handler.close().then(() => callback?.()).catch(report);
  }

  emit(event: string, message?: unknown): boolean {
    return event === "message" && this.#reader.configure(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.writable = false;
    await this.#handler.close();
  }
}

function report(error: unknown): void {
  reportError(null, error);
}
