/**
 * The base of the receivers, after the example in CPython's logging cookbook: it unpickles a
 * payload, makes a record of it, and has the logger that the record names handle it. Subclasses may
 * override each step.
 *
 * Browser compatible.
 *
 * @module
 */
import { lengthPrefixed } from "../wire/length_prefix_framing.ts";
import type { Framing } from "../wire/length_prefix_framing.ts";
import { DEFAULT_MAX_FRAME_BYTES, MAX_FRAME_BYTES } from "../wire/framing.ts";
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkMethods,
  checkString,
  MAX_TIMEOUT_MS,
  valueText,
} from "../logging/validate.ts";
import { pickle } from "../wire/pickle_serializer.ts";
import type { Serializer } from "../wire/serializer.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { getLogger } from "../logging/get_logger.ts";
import type { Handler } from "../logging/handler.ts";
import type { Logger } from "../logging/logger.ts";
import { nearestLogger } from "../logging/nearest_logger.ts";
import { reportFault } from "../logging/report_error.ts";
import type { Clock, WaitOptions } from "../net/connector.ts";
import { systemClock } from "../net/system_clock.ts";
import { makeFault, type ReceiverFault } from "./receiver_fault.ts";
import { RecordDecoder } from "./_record_decoder.ts";
import { RecordPipeline, type RecordSteps } from "./_record_pipeline.ts";
import type { RecordServer } from "./_record_server.ts";

/** Options of every receiver. */
export interface ReceiverOptions {
  /**
   * The name of the logger that handles every record; null: the logger of each record's name, or
   * else the nearest above it that exists. A receiver makes no loggers. @default {null}
   */
  logname?: string | null;
  /**
   * True: `StreamHandler` and the file handlers escape the control characters of the records, also
   * behind queues and ports, so that a sender can neither forge a line nor steer a terminal. It
   * changes no record. @default {true}
   */
  escapeControlCharacters?: boolean;
  /** The largest frame that is taken, in bytes, 1 to 4294967295. @default {16777216} */
  maxFrameBytes?: number;
  /**
   * Gets every fault. Without it the receiver prints them on stderr, one line of a kind every ten
   * seconds, or none if `raiseExceptions` is false.
   */
  onError?: (fault: ReceiverFault) => void;
  /** The longest that `stop()` still reads from senders, in milliseconds. @default {5000} */
  stopTimeoutMs?: number;
  /** The clock of its time-outs; tests give a virtual one. @default the runtime's own */
  clock?: Clock;
}

/** The names of the options in {@linkcode ReceiverOptions}, and `acceptor`. */
export const RECEIVER_OPTIONS: readonly string[] = [
  "acceptor",
  "logname",
  "escapeControlCharacters",
  "maxFrameBytes",
  "onError",
  "stopTimeoutMs",
  "clock",
];

/**
 * Options of a receiver of records in frames, as `SocketHandler` and `DatagramHandler` send them.
 */
export interface RecordReceiverOptions extends ReceiverOptions {
  /** The serializer of the handlers that send. @default pickle, as CPython */
  serializer?: Serializer;
}

/** The names of the options in {@linkcode RecordReceiverOptions}, and `acceptor`. */
export const RECORD_RECEIVER_OPTIONS: readonly string[] = /* @__PURE__ */ RECEIVER_OPTIONS.concat(
  "serializer",
);

/** The counts of a receiver so far: a snapshot. */
export interface ReceiverStats {
  /** Records that `handleLogRecord()` was called for, those that it failed on included. */
  readonly received: number;
  /** Records of these that could not be handled, as something threw. */
  readonly failed: number;
  /** Records of these whose name has no logger here: the nearest above that exists handled them. */
  readonly toNearest: number;
  /**
   * Connections, or datagrams, that held something other than records, and were closed or dropped.
   */
  readonly rejected: number;
  /** All bytes that arrived. */
  readonly receivedBytes: number;
}

/** Longer than the name of any module with its packages: a longer name is data. */
const MAX_NAME_LENGTH = 1024;

/** Receives records and has loggers handle them; a subclass says how it listens. */
export abstract class RecordReceiver implements AsyncDisposable {
  /** The name of the logger that handles every record; null: it depends on each record's name. */
  readonly logname: string | null;
  /** The longest that `stop()` still reads from senders, in milliseconds. */
  readonly stopTimeoutMs: number;
  /** The clock of the receiver's time-outs. */
  protected readonly clock: Clock;
  /**
   * The path of its bytes to handled records.
   *
   * @ignore
   */
  protected readonly pipeline: RecordPipeline;
  readonly #serializer: Serializer;
  readonly #stopping: AbortController = new AbortController();
  #starting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #toNearest = 0;
  /** The loggers that have handled records, which are the program's own, and so few. */
  readonly #loggers = new Set<Logger>();
  #failure: { error: unknown } | undefined;
  readonly #over: Promise<void>;
  #setOver: () => void = () => {};

  /**
   * Opens nothing.
   *
   * @param what the action that the error of a bad option names, such as "create MyReceiver"
   * @param framing splits bytes into payloads; by default the serializer's framing
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(what: string, options: RecordReceiverOptions, framing?: Pick<Framing, "reader">) {
    const {
      logname = null,
      escapeControlCharacters = true,
      maxFrameBytes = DEFAULT_MAX_FRAME_BYTES,
      serializer = pickle,
      onError,
      stopTimeoutMs = 5000,
      clock = systemClock,
    } = options;
    if (logname !== null) checkString(what, "logname", logname, true);
    checkBoolean(what, "escapeControlCharacters", escapeControlCharacters);
    checkInteger(what, "maxFrameBytes", maxFrameBytes, 1, MAX_FRAME_BYTES);
    checkMethods(what, "serializer", serializer, ["loads"]);
    checkFunction(what, "onError", onError);
    checkInteger(what, "stopTimeoutMs", stopTimeoutMs, 0, MAX_TIMEOUT_MS);
    checkMethods(what, "clock", clock, ["now", "setTimeout", "clearTimeout"]);
    this.logname = logname;
    this.stopTimeoutMs = stopTimeoutMs;
    this.clock = clock;
    this.#serializer = serializer;
    const decoder = new RecordDecoder(serializer, escapeControlCharacters);
    const steps: RecordSteps = {
      unPickle: (payload, sender) => this.unPickle(payload, sender),
      handleLogRecord: (record, sender) => this.handleLogRecord(record, sender),
      decode: (payload) =>
        this.unPickle === RecordReceiver.prototype.unPickle ? decoder.decode(payload) : undefined,
      flush: (signal) => this.#flush(signal),
    };
    this.pipeline = new RecordPipeline(steps, {
      framing: framing ?? serializer.framing ?? lengthPrefixed,
      maxFrameBytes,
      escapeControlCharacters,
      clock,
      onError,
      describe: () => this.describe(),
    });
    this.#over = new Promise((resolve) => this.#setOver = resolve);
  }

  /**
   * The server that listens for it.
   *
   * @ignore
   */
  protected abstract readonly server: RecordServer;

  /** The counts so far. */
  get stats(): ReceiverStats {
    const { received, failed, rejected, receivedBytes } = this.pipeline;
    return { received, failed, toNearest: this.#toNearest, rejected, receivedBytes };
  }

  /**
   * Listens. Rejects with a `ConnectionError` if that fails: the address is in use, not permitted,
   * … A receiver starts once: after `stop()`, or a failure, make another.
   */
  start(): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) {
      return Promise.reject(new TypeError("Cannot start as it was stopped before"));
    }
    return this.#starting ??= this.server.open(signal, (error) => this.#fail(error));
  }

  /**
   * Starts, if it has not started, and resolves when the receiver has stopped, by `stop()` or by
   * `signal`. Rejects if it cannot start, or if the listening socket fails.
   */
  async serveUntilStopped({ signal }: WaitOptions = {}): Promise<void> {
    const stop = () => void this.stop();
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (!this.#stopping.signal.aborted) await this.#startOrStop();
      await this.#over;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Starts; a `stop()` meanwhile is no error. */
  async #startOrStop(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  /**
   * Accepts no new sender, reads on until the senders that are connected end or fall silent, for
   * `stopTimeoutMs` at most, and closes. Final, idempotent; never rejects.
   */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#starting?.catch(() => {});
    await this.server.shut(this.stopTimeoutMs);
    this.pipeline.flushReports();
    this.#setOver();
  }

  /** The listening socket failed: reports it and stops. */
  #fail(error: unknown): void {
    this.#failure = { error };
    this.pipeline.report(makeFault("listener", error));
    void this.stop();
  }

  /** As `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * The fields of the record that a payload holds; throws if it holds none. Override it to read
   * payloads of another kind, or to check a signature.
   *
   * @param _sender the IP address that it came from, where the acceptor names it
   */
  unPickle(payload: Uint8Array, _sender?: string): Record<string, unknown> {
    return this.#serializer.loads(payload);
  }

  /**
   * Handles a record by the logger of `logname`, else of its own name. As in CPython's example the
   * logger's level is not checked (its filters are, and its handlers' levels): to collect fewer
   * records, filter where they are sent.
   *
   * A sender's names make no loggers. Where no logger has the record's name, the handlers of the
   * nearest logger above it get the record: those that a new logger would have given it to. Such
   * records are counted, in `stats.toNearest`.
   *
   * Override it to do something else; if it throws, that record alone is lost. A promise that it
   * returns is awaited before the next record of the connection is handled, so that a slow one
   * holds senders back, and datagrams are dropped; if it rejects, that record alone is lost.
   *
   * @param _sender the IP address that it came from, where the acceptor names it
   */
  handleLogRecord(record: LogRecord, _sender?: string): void | Promise<void> {
    const { levelno, name } = record as { levelno: unknown; name: unknown };
    // CPython: a TypeError from `record.levelno >= handler.level`.
    if (
      typeof levelno !== "number" && typeof levelno !== "bigint" && typeof levelno !== "boolean"
    ) {
      throw new TypeError(
        `a record's levelno must be a number: current value is ${valueText(levelno)}`,
      );
    }
    const logname = this.logname ?? name ?? "";
    if (typeof logname !== "string" || logname.length > MAX_NAME_LENGTH) {
      throw new TypeError(
        `a record's name must be a string of at most ${MAX_NAME_LENGTH}: ` +
          `current value is ${valueText(logname)}`,
      );
    }
    const logger = this.logname === null ? nearestLogger(logname) : getLogger(logname);
    this.#loggers.add(logger);
    if (this.logname !== null) return logger.handle(record);
    if (logger.name === logname || logname === "") return logger.handle(record);
    this.#toNearest++;
    // Not handle(): filters and `disabled` of a logger do not apply to records from below it.
    logger.callHandlers(record);
  }

  async #flush(signal: AbortSignal): Promise<void> {
    const handlers = new Set<Handler>();
    for (const logger of this.#loggers) {
      for (let one: Logger | null = logger; one !== null; one = one.propagate ? one.parent : null) {
        for (const handler of one.handlers) handlers.add(handler);
      }
    }
    const flush = async (handler: Handler) => await handler.flush({ signal });
    // A handler of the program's own may reject.
    await Promise.all([...handlers].map((one) => flush(one).catch((error) => reportFault(error))));
  }

  /** The name of this receiver in lines on stderr. */
  protected describe(): string {
    const { address } = this.server;
    return `receiver at ${
      "path" in address ? address.path : `${address.hostname}:${address.port}`
    }`;
  }
}
