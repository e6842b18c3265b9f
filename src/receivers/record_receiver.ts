/**
 * What the receivers have in common, after the example in CPython's logging cookbook: a payload is
 * unpickled, made a record, and handled by the logger that it names. Each step may be overridden.
 *
 * A receiver is fed by strangers, so nothing that arrives can stop it: a payload that holds no
 * record costs what it came in, a record that cannot be handled costs itself, and each is counted
 * and reported with its reason.
 *
 * Browser compatible.
 *
 * @module
 */
import { lengthPrefixed } from "../wire/length_prefix_framing.ts";
import type { FrameError, FrameReader } from "../wire/length_prefix_framing.ts";
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
import { callBack } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { getLogger } from "../logging/get_logger.ts";
import { nearestLogger } from "../logging/nearest_logger.ts";
import { reportError } from "../logging/report_error.ts";
import type { Clock, WaitOptions } from "../net/connector.ts";
import { systemClock } from "../net/system_clock.ts";
import { FaultPrinter, type ReceiverFault } from "./fault.ts";
import { Intake } from "./_intake.ts";
import type { Served } from "./_server.ts";

/** Options of every receiver. */
export interface ReceiverOptions {
  /**
   * The one logger that handles every record; null: that of each record's name, or else the nearest
   * above it that exists. A receiver makes no loggers. @default {null}
   */
  logname?: string | null;
  /**
   * Says whether `StreamHandler` and the file handlers escape the control characters of the records, so
   * that a sender can neither forge a line nor steer a terminal. It holds behind queues and ports
   * too, and changes no record. @default {true}
   */
  escapeControlCharacters?: boolean;
  /** The largest frame that is taken, in bytes, 1 to 4294967295. @default {16777216} */
  maxFrameBytes?: number;
  /**
   * Hears of every fault. Without it they are lines on stderr, one of a kind every ten seconds,
   * or none at all if `raiseExceptions` is false.
   */
  onError?: (fault: ReceiverFault) => void;
  /** The longest that `stop()` goes on reading what arrives, in milliseconds. @default {5000} */
  stopTimeoutMs?: number;
  /** Where time comes from; tests give a virtual one. @default the runtime's own */
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

/** Options of a receiver of records as handlers for CPython's receivers send them. */
export interface RecordReceiverOptions extends ReceiverOptions {
  /** What the records were written with. @default pickle, as CPython */
  serializer?: Serializer;
}

/** The names of the options in {@linkcode RecordReceiverOptions}, and `acceptor`. */
export const RECORD_RECEIVER_OPTIONS: readonly string[] = /* @__PURE__ */ RECEIVER_OPTIONS.concat(
  "serializer",
);

/** What a receiver has counted so far: a snapshot. */
export interface ReceiverStats {
  /** Records that were given to `handleLogRecord()`, those that it failed on included. */
  readonly received: number;
  /** Records of these that could not be handled, as something threw. */
  readonly failed: number;
  /** Records of these whose name has no logger here: they went to the nearest above that exists. */
  readonly toNearest: number;
  /** Connections, or datagrams, that were given up as they held something other than records. */
  readonly rejected: number;
  /** The bytes of everything that arrived. */
  readonly receivedBytes: number;
}

/** Longer than the name of any module with its packages: a name is no place for data. */
const MAX_NAME_LENGTH = 1024;

/** A receiver; see the module's description. */
export abstract class RecordReceiver implements AsyncDisposable {
  /** The name of the logger that handles every record; null: it depends on each record's name. */
  readonly logname: string | null;
  /** The longest that `stop()` goes on reading what arrives, in milliseconds. */
  readonly stopTimeoutMs: number;
  /** Where time comes from. */
  protected readonly clock: Clock;
  readonly #serializer: Serializer;
  readonly #maxFrameBytes: number;
  readonly #onError: ((fault: ReceiverFault) => void) | undefined;
  readonly #printer: FaultPrinter;
  readonly #intake: Intake;
  readonly #stopping: AbortController = new AbortController();
  #starting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #toNearest = 0;
  #failure: { error: unknown } | undefined;
  readonly #over: Promise<void>;
  #setOver: () => void = () => {};

  /**
   * Opens nothing.
   *
   * @param what what cannot be done if an option is bad
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(what: string, options: RecordReceiverOptions) {
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
    this.#maxFrameBytes = maxFrameBytes;
    this.#onError = onError;
    this.#printer = new FaultPrinter(() => this.describe(), clock);
    this.#intake = new Intake({
      unPickle: (payload, sender) => this.unPickle(payload, sender),
      handleLogRecord: (record) => this.handleLogRecord(record),
      report: (fault) => this.report(fault),
      escapeControlCharacters,
    });
    this.#over = new Promise((resolve) => this.#setOver = resolve);
  }

  /** Starts listening; rejects with a `ConnectionError`. */
  protected abstract open(signal: AbortSignal): Promise<void>;
  /** Takes nothing new, handles what has arrived, lets go of everything. Never rejects. */
  protected abstract shut(): Promise<void>;
  /** What lines on stderr call this receiver. */
  protected abstract describe(): string;

  /** What was counted so far. */
  get stats(): ReceiverStats {
    const { received, failed, rejected, receivedBytes } = this.#intake;
    return { received, failed, toNearest: this.#toNearest, rejected, receivedBytes };
  }

  /**
   * Listens. Rejects with a `ConnectionError` where that is not possible: the address is in use,
   * not permitted, … A receiver starts once: after `stop()`, or a failure, make another.
   */
  start(): Promise<void> {
    if (this.stopping) {
      return Promise.reject(new TypeError("Cannot start as it was stopped before"));
    }
    return this.#starting ??= this.open(this.#stopping.signal);
  }

  /**
   * Starts, unless that was done, and resolves when the receiver has stopped: by `stop()`, or by
   * `signal`. Rejects if it cannot start, or if the listening socket fails.
   */
  async serveUntilStopped({ signal }: WaitOptions = {}): Promise<void> {
    const stop = () => void this.stop();
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (!this.stopping) await this.#startOrStop();
      await this.#over;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Who stops it while it starts wants no error. */
  async #startOrStop(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (!this.stopping) throw error;
    }
  }

  /**
   * Takes no new senders, goes on reading from those there are until they have ended or fallen
   * silent, for `stopTimeoutMs` at most, and closes. Final, idempotent; never rejects.
   */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#starting?.catch(() => {});
    await this.shut();
    this.#printer.flush();
    this.#setOver();
  }

  /** As `stop()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * The fields of the record that a payload holds; throws if it holds none. Override it to take
   * payloads of another kind, or to check a signature of your own.
   *
   * @param _sender of a syslog message the IP address that it came from
   */
  unPickle(payload: Uint8Array, _sender?: string): Record<string, unknown> {
    return this.#serializer.loads(payload);
  }

  /**
   * Handles a record by the logger of `logname`, else of its own name. As in CPython's example the
   * logger's level is not checked (its filters are, and its handlers' levels): who wants fewer
   * records filters where they are sent.
   *
   * No logger is made for a name that the sender chose. Where there is none of that name, the
   * handlers of the nearest logger above it get the record: those that a new logger would have
   * given it to. Such records are counted, in `stats.toNearest`.
   *
   * Override it to do something else; what it throws costs this record alone. A promise that it
   * returns is awaited before the next record of the connection is handled, so that senders are held
   * back by a slow one, and datagrams dropped; where it rejects, that costs this record alone.
   */
  handleLogRecord(record: LogRecord): void | Promise<void> {
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
    if (this.logname !== null) return getLogger(logname).handle(record);
    const logger = nearestLogger(logname);
    if (logger.name === logname || logname === "") return logger.handle(record);
    this.#toNearest++;
    // Not handle(): filters and `disabled` of a logger do not apply to records from below it.
    logger.callHandlers(record);
  }

  /** Whether `stop()` was called. */
  protected get stopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /**
   * What a server needs of this receiver.
   *
   * @ignore
   */
  protected served(): Served {
    return {
      clock: this.clock,
      stopTimeoutMs: this.stopTimeoutMs,
      isStopping: () => this.stopping,
      makeReader: (sender) => this.makeReader(sender),
      take: (reader, chunk, connection, signal) => this.take(reader, chunk, connection, signal),
      finish: (reader, connection) => this.finish(reader, connection),
      reject: (error) => this.reject(error),
      report: (fault) => this.report(fault),
      fail: (error) => this.fail(error),
    };
  }

  /** A reader for one stream of frames. */
  protected makeReader(_sender?: string): FrameReader {
    const { framing = lengthPrefixed } = this.#serializer;
    return framing.reader({ maxFrameBytes: this.#maxFrameBytes });
  }

  /** Handles every record that these bytes complete; the fault that ends what they came in. */
  protected take(
    reader: FrameReader,
    chunk: Uint8Array,
    connection?: number,
    signal?: AbortSignal,
  ): Promise<ReceiverFault | undefined> {
    return this.#intake.take(reader, chunk, connection, signal);
  }

  /** The bytes are over: handles what that completes; the fault, if they end inside a frame. */
  protected finish(
    reader: FrameReader,
    connection?: number,
  ): ReceiverFault | undefined | Promise<undefined> {
    return this.#intake.end(reader, connection);
  }

  /** Bytes that are given up unread: counts them, and describes why. */
  protected reject(error: FrameError): ReceiverFault {
    return this.#intake.reject("frame", error);
  }

  /** Tells a fault. Never throws. */
  protected report(fault: ReceiverFault): void {
    const hookFailed = (error: unknown) => {
      this.#printer.print(fault);
      reportError(null, error);
    };
    const onError = this.#onError;
    callBack(() => onError === undefined ? this.#printer.print(fault) : onError(fault), hookFailed);
  }

  /** The listening socket failed: tells it and stops. */
  protected fail(error: unknown): void {
    this.#failure = { error };
    this.report({ reason: "listener", error });
    void this.stop();
  }
}
