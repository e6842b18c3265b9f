/**
 * The path of a receiver's bytes to handled records. A server pushes the bytes of each connection,
 * or datagram; the pipeline finds the frames, has the receiver unpickle each payload and handle
 * each record, counts both, and turns whatever a step throws into a fault.
 *
 * Strangers send these bytes, so nothing in them can stop a receiver: a payload that holds no
 * record ends its connection, and a record that cannot be handled is lost alone.
 *
 * Browser compatible.
 *
 * @module
 */
import { valueText } from "../logging/validate.ts";
import { atOnce, callBack } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { reportError } from "../logging/report_error.ts";
import type { Framing } from "../wire/length_prefix_framing.ts";
import type { SessionReader } from "../wire/framing.ts";
import { makeReceivedRecord } from "../wire/received_record.ts";
import type { Clock } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import { FaultPrinter } from "../logging/fault_printer.ts";
import { FrameSource } from "./_frame_source.ts";
import { makeFault, type ReceiverFault, type ReceiverFaultReason } from "./receiver_fault.ts";

/** Records between two turns of the event loop: a few hundred microseconds of work. */
const RECORDS_A_TURN = 128;

/** The steps of a receiver that its subclasses may override. */
export interface RecordSteps {
  /** The fields that a payload holds; throws. */
  unPickle(payload: Uint8Array, sender?: string): Record<string, unknown>;
  /** Makes a record straight of a payload; undefined for one that `unPickle()` must read. */
  decode?(payload: Uint8Array): LogRecord | undefined;
  /** Handles a record; throws, or rejects. */
  handleLogRecord(record: LogRecord, sender?: string): void | Promise<void>;
  /** Flushes the handlers that records have reached; never rejects. */
  flush?(signal: AbortSignal): Promise<void>;
}

/** The sender of a record. */
export interface RecordSource {
  /** Its IP address, where that is known. */
  readonly sender: string | undefined;
  /** The number of the connection; `undefined` where there is none. */
  readonly connection: number | undefined;
}

/** Options of a {@linkcode RecordPipeline}; every value has been checked. */
export interface RecordPipelineOptions {
  readonly framing: Pick<Framing, "reader">;
  readonly maxFrameBytes: number;
  readonly escapeControlCharacters: boolean;
  readonly clock: Clock;
  /** Gets every fault; without it, faults are printed on stderr. */
  readonly onError: ((fault: ReceiverFault) => void) | undefined;
  /** The name of the receiver in lines on stderr. */
  readonly describe: () => string;
}

/** The result of one step: the record is or will be handled; there was none; a fault. */
type Step = true | Promise<true> | undefined | ReceiverFault;

/** Makes records of bytes, and has them handled; see the module. */
export class RecordPipeline {
  /** The clock of the receiver's time-outs. */
  readonly clock: Clock;
  /** As in `ReceiverStats`. */
  received = 0;
  /** As in `ReceiverStats`. */
  failed = 0;
  /** As in `ReceiverStats`. */
  rejected = 0;
  /** As in `ReceiverStats`. */
  receivedBytes = 0;
  readonly #steps: RecordSteps;
  readonly #options: RecordPipelineOptions;
  readonly #printer: FaultPrinter;
  readonly #makeRecord: (fields: Record<string, unknown>) => LogRecord;

  constructor(steps: RecordSteps, options: RecordPipelineOptions) {
    this.clock = options.clock;
    this.#steps = steps;
    this.#options = options;
    this.#printer = new FaultPrinter(options.describe, options.clock);
    this.#makeRecord = options.escapeControlCharacters ? makeReceivedRecord : makeLogRecord;
  }

  /** Opens a source for the bytes of one connection, or of one datagram. */
  source(sender?: string, connection?: number): FrameSource {
    const { framing, maxFrameBytes } = this.#options;
    return new FrameSource(framing.reader({ maxFrameBytes }), sender, connection);
  }

  /**
   * Handles every record that these bytes complete, each when the one before it has been handled.
   * Resolves to the fault that ends the source, if there is one; never rejects. Waits for a turn of
   * the event loop after every 128 records. Handles no further record once `signal` is aborted.
   */
  async take(
    source: FrameSource,
    chunk: Uint8Array,
    signal: AbortSignal,
  ): Promise<ReceiverFault | undefined> {
    this.receivedBytes += chunk.length;
    try {
      source.push(chunk);
    } catch (error) {
      return this.reject("frame", error, source.connection);
    }
    for (let count = 1;; count++) {
      const step = this.#next(source);
      if (step instanceof Promise) await step;
      else if (step === undefined && source.session?.work) await workOf(source.session);
      else if (step !== true) return step;
      if (count % RECORDS_A_TURN === 0) await turn();
      if (signal.aborted) return undefined;
    }
  }

  /** Flushes the handlers that records have reached, until `signal` is aborted; never rejects. */
  async flush(signal: AbortSignal): Promise<void> {
    await this.#steps.flush?.(signal);
  }

  /** No bytes follow: handles the record that this completes; the fault, if a frame is cut off. */
  end(source: FrameSource): ReceiverFault | undefined | Promise<undefined> {
    try {
      source.end();
    } catch (error) {
      return this.reject("frame", error, source.connection);
    }
    const last = this.#next(source);
    if (last instanceof Promise) return last.then(() => undefined);
    return last === true ? undefined : last;
  }

  /** Counts a connection or a datagram that holds something other than records; its fault. */
  reject(reason: ReceiverFaultReason, error: unknown, connection?: number): ReceiverFault {
    this.rejected++;
    return makeFault(reason, error, connection);
  }

  /** Reports a fault to `onError`, or else on stderr. Never throws. */
  report(fault: ReceiverFault): void {
    const { onError } = this.#options;
    const hookFailed = (error: unknown) => {
      this.#printer.print(fault);
      reportError(null, error);
    };
    callBack(() => onError === undefined ? this.#printer.print(fault) : onError(fault), hookFailed);
  }

  /** Prints how many faults were not shown on stderr. */
  flushReports(): void {
    this.#printer.flush();
  }

  /**
   * Handles the records of these fields, which were read elsewhere, each when the one before it has
   * been handled. Never rejects. Waits for a turn of the event loop after every 128 records.
   */
  async handleAll(all: Iterable<Record<string, unknown>>, source: RecordSource): Promise<void> {
    let count = 0;
    for (const fields of all) {
      const step = this.#handle(undefined, fields, source);
      if (step instanceof Promise) await step;
      if (++count % RECORDS_A_TURN === 0) await turn();
    }
  }

  /** Handles the next record, if there is one. Never throws. */
  #next(source: FrameSource): Step {
    let reason: ReceiverFaultReason = "frame";
    try {
      const payload = source.next();
      if (payload === undefined) return undefined;
      reason = "payload";
      const steps = this.#steps;
      const record = steps.decode?.(payload);
      if (record !== undefined) return this.#handle(record, undefined, source);
      const fields = atOnce(steps.unPickle(payload, source.sender), "unPickle()");
      return this.#handle(undefined, checkFields(fields), source);
    } catch (error) {
      return this.reject(reason, error, source.connection);
    }
  }

  /** Never throws or rejects. */
  #handle(
    decoded: LogRecord | undefined,
    fields: Record<string, unknown> | undefined,
    { sender, connection }: RecordSource,
  ): true | Promise<true> {
    this.received++;
    let record = decoded;
    try {
      record ??= this.#makeRecord(fields!);
      const result: unknown = this.#steps.handleLogRecord(record, sender);
      // Only a promise is awaited: awaiting every record would make the others slower.
      if (isThenable(result)) return this.#settled(result, connection, record);
    } catch (error) {
      this.#fail(error, connection, record);
    }
    return true;
  }

  async #settled(
    handling: PromiseLike<unknown>,
    connection: number | undefined,
    record: LogRecord,
  ): Promise<true> {
    try {
      await handling;
    } catch (error) {
      this.#fail(error, connection, record);
    }
    return true;
  }

  #fail(error: unknown, connection: number | undefined, record: LogRecord | undefined): void {
    this.failed++;
    this.report(makeFault("record", error, connection, record));
  }
}

/** Waits for the work of a session, which may lead to more: a session is released behind all of it. */
async function workOf(session: SessionReader): Promise<void> {
  while (session.work !== undefined) await session.work;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== undefined && typeof (value as { then?: unknown } | null)?.then === "function";
}

function checkFields(fields: unknown): Record<string, unknown> {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new TypeError(
      `a log record must be a dict of its fields: current value is ${valueText(fields)}`,
    );
  }
  return fields as Record<string, unknown>;
}
