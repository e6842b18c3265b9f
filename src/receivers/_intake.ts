/**
 * From bytes to handled records, for one receiver: deframes, unpickles, makes records, and hands
 * them over, counting what became of each. Whatever a step throws is turned into a fault here.
 *
 * Browser compatible.
 *
 * @module
 */
import { valueText } from "../logging/validate.ts";
import { makeReceivedRecord } from "../wire/received_record.ts";
import { atOnce } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { turn } from "../net/fair_turn.ts";
import type { ReceiverFault, ReceiverFaultReason } from "./fault.ts";
import type { SourceReader } from "./_server.ts";

/** Records between two turns of the event loop: a few hundred microseconds of work. */
const RECORDS_A_TURN = 128;

/** The steps that a receiver lets others override, and where faults go. */
export interface IntakeSteps {
  /** The fields that a payload holds; throws. */
  unPickle(payload: Uint8Array, sender?: string): Record<string, unknown>;
  /** Handles a record; throws, or rejects. */
  handleLogRecord(record: LogRecord): void | Promise<void>;
  /** Takes a fault that cost one record. */
  report(fault: ReceiverFault): void;
  /** Says whether handlers that write lines escape the control characters of the records. */
  readonly escapeControlCharacters: boolean;
}

/** The result of a step: a record was handled, or is being handled; there was none; a fault. */
type Step = true | Promise<true> | undefined | ReceiverFault;

/** Takes bytes, hands over records; see the module. */
export class Intake {
  /** As in `ReceiverStats`. */
  received = 0;
  /** As in `ReceiverStats`. */
  failed = 0;
  /** As in `ReceiverStats`. */
  rejected = 0;
  /** As in `ReceiverStats`. */
  receivedBytes = 0;
  readonly #steps: IntakeSteps;
  readonly #makeRecord: (fields: Record<string, unknown>) => LogRecord;

  constructor(steps: IntakeSteps) {
    this.#steps = steps;
    this.#makeRecord = steps.escapeControlCharacters ? makeReceivedRecord : makeLogRecord;
  }

  /**
   * Handles every record that these bytes complete, each when the one before it has been. Resolves
   * to the fault that ends what they came in, if there is one; never rejects. Lets others have a
   * turn now and then. Once `signal` is aborted it handles no further record.
   */
  async take(
    reader: SourceReader,
    chunk: Uint8Array,
    connection?: number,
    signal?: AbortSignal,
  ): Promise<ReceiverFault | undefined> {
    this.receivedBytes += chunk.length;
    try {
      reader.push(chunk);
    } catch (error) {
      return this.reject("frame", error, connection);
    }
    for (let count = 1;; count++) {
      const step = this.#next(reader, connection);
      if (step instanceof Promise) await step;
      else if (step !== true) return step;
      if (count % RECORDS_A_TURN === 0) await turn();
      if (signal?.aborted) return undefined;
    }
  }

  /** The bytes are over: handles what that completes; the fault, if they end inside a frame. */
  end(
    reader: SourceReader,
    connection?: number,
  ): ReceiverFault | undefined | Promise<undefined> {
    try {
      reader.end();
    } catch (error) {
      return this.reject("frame", error, connection);
    }
    const last = this.#next(reader, connection);
    if (last instanceof Promise) return last.then(() => undefined);
    return last === true ? undefined : last;
  }

  /** Handles the next record, if there is one. Never throws. */
  #next(reader: SourceReader, connection: number | undefined): Step {
    let reason: ReceiverFaultReason = "frame";
    try {
      const payload = reader.next();
      if (payload === undefined) return undefined;
      reason = "payload";
      const fields = atOnce(this.#steps.unPickle(payload, reader.sender), "unPickle()");
      return this.#handle(checkFields(fields), connection);
    } catch (error) {
      return this.reject(reason, error, connection);
    }
  }

  /** Counts and describes what has to be given up. */
  reject(reason: ReceiverFaultReason, error: unknown, connection?: number): ReceiverFault {
    this.rejected++;
    return { reason, error, ...(connection === undefined ? {} : { connection }) };
  }

  /** Never throws or rejects. */
  #handle(
    fields: Record<string, unknown>,
    connection: number | undefined,
  ): true | Promise<true> {
    this.received++;
    let record: LogRecord | undefined;
    try {
      record = this.#makeRecord(fields);
      const result: unknown = this.#steps.handleLogRecord(record);
      // A promise alone is awaited: to await every record would make the others slower.
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
    this.#steps.report({
      reason: "record",
      error,
      ...(connection === undefined ? {} : { connection }),
      ...(record === undefined ? {} : { record }),
    });
  }
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
