/** A handler that keeps its records, and what was reported to it. */
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";

/** Keeps the records; counts how often it was flushed and closed. */
export class ListHandler extends Handler {
  readonly records: LogRecord[] = [];
  readonly errors: unknown[] = [];
  flushes = 0;
  closes = 0;

  override emit(record: LogRecord): void {
    this.records.push(record);
  }

  override handleError(_record: LogRecord, error: unknown): void {
    this.errors.push(error);
  }

  override flush(): Promise<void> {
    this.flushes++;
    return super.flush();
  }

  override close(): Promise<void> {
    this.closes++;
    return super.close();
  }

  /** The texts of the records. */
  get texts(): string[] {
    return this.records.map((record) => record.getMessage());
  }

  /** The only record. */
  get only(): LogRecord {
    const [record] = this.records;
    if (record === undefined || this.records.length !== 1) {
      throw new Error(`${this.records.length} records in place of one`);
    }
    return record;
  }
}

/** Keeps the texts, throws for each record, and has the usual `handleError()`. */
export class BrokenHandler extends Handler {
  readonly texts: string[] = [];

  override emit(record: LogRecord): void {
    this.texts.push(record.getMessage());
    throw new Error("broken handler");
  }
}
