/** A handler of the tests of integrations: it keeps its records. */
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";

export class RecordingHandler extends Handler {
  readonly records: LogRecord[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
  }

  /** The only record so far. */
  get only(): LogRecord {
    const [record, ...others] = this.records;
    if (record === undefined || others.length > 0) {
      throw new Error(`${this.records.length} records`);
    }
    return record;
  }

  /** The texts of the records. */
  get texts(): string[] {
    return this.records.map((record) => record.getMessage());
  }
}
