/**
 * From bytes to handled records, for one receiver: deframes, unpickles, makes records, and hands
 * them over, counting what became of each. Whatever a step throws is turned into a fault here.
 *
 * Browser compatible.
 *
 * @module
 */
import { show } from "../core/options.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { turn } from "../net/fair_turn.ts";
import type { ReceiverFault, ReceiverFaultReason } from "./fault.ts";
import type { SourceReader } from "./server.ts";

/** Records between two turns of the event loop: a few hundred microseconds of work. */
const RECORDS_A_TURN = 128;

/** The steps that a receiver lets others override, and where faults go. */
export interface IntakeSteps {
  /** The fields that a payload holds; throws. */
  unPickle(payload: Uint8Array, sender?: string): Record<string, unknown>;
  /** Handles a record; throws. */
  handleLogRecord(record: LogRecord): void;
  /** Takes a fault that cost one record. */
  report(fault: ReceiverFault): void;
}

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

  constructor(steps: IntakeSteps) {
    this.#steps = steps;
  }

  /**
   * Handles every record that these bytes complete. Resolves to the fault that ends what they came
   * in, if there is one; never rejects. Lets others have a turn now and then.
   */
  async take(
    reader: SourceReader,
    chunk: Uint8Array,
    connection?: number,
  ): Promise<ReceiverFault | undefined> {
    this.receivedBytes += chunk.length;
    try {
      reader.push(chunk);
    } catch (error) {
      return this.reject("frame", error, connection);
    }
    for (let count = 1;; count++) {
      const more = this.#next(reader, connection);
      if (more !== true) return more;
      if (count % RECORDS_A_TURN === 0) await turn();
    }
  }

  /** The bytes are over: handles what that completes; the fault, if they end inside a frame. */
  end(reader: SourceReader, connection?: number): ReceiverFault | undefined {
    try {
      reader.end();
    } catch (error) {
      return this.reject("frame", error, connection);
    }
    const last = this.#next(reader, connection);
    return last === true ? undefined : last;
  }

  /** Handles the next record: `true`; `undefined` where there is none. Never throws. */
  #next(reader: SourceReader, connection: number | undefined): ReceiverFault | true | undefined {
    let reason: ReceiverFaultReason = "frame";
    try {
      const payload = reader.next();
      if (payload === undefined) return undefined;
      reason = "payload";
      this.#handle(checkFields(this.#steps.unPickle(payload, reader.sender)), connection);
      return true;
    } catch (error) {
      return this.reject(reason, error, connection);
    }
  }

  /** Counts and describes what has to be given up. */
  reject(reason: ReceiverFaultReason, error: unknown, connection?: number): ReceiverFault {
    this.rejected++;
    return { reason, error, ...(connection === undefined ? {} : { connection }) };
  }

  /** Never throws. */
  #handle(fields: Record<string, unknown>, connection: number | undefined): void {
    this.received++;
    let record: LogRecord | undefined;
    try {
      record = makeLogRecord(fields);
      const result: unknown = this.#steps.handleLogRecord(record);
      // An override that is asynchronous, which types allow, must not end the process either.
      if (result instanceof Promise) {
        result.catch((error: unknown) => this.#fail(error, connection, record));
      }
    } catch (error) {
      this.#fail(error, connection, record);
    }
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

function checkFields(fields: unknown): Record<string, unknown> {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new TypeError(
      `a log record must be a dict of its fields: current value is ${show(fields)}`,
    );
  }
  return fields as Record<string, unknown>;
}
