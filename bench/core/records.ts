/**
 * The records of the encoding benches, and how they are checked; peers/codec.py has the same.
 *
 * @module
 */
import { getLogger, Handler, type LogRecord } from "../../mod.ts";
import { logger } from "../net/logwire.ts";
import { expand, expectations, type Kind } from "../net/record.mjs";

/** The name of each kind of record in the name of a bench. */
export const NAMES: Record<Kind, string> = {
  args: "a record with arguments",
  extra: "a record with arguments and four fields of extra",
  text: "a record with a text that changes",
  error: "a record with an error",
  const: "a record of the constant text",
};

/** Keeps the records that it is given. */
class RecordKeeper extends Handler {
  readonly records: LogRecord[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
  }
}

/** The records 0 to `count - 1` of a kind, as calls of a logger make them, each with its own time. */
export function makeRecords(kind: Kind, count: number): LogRecord[] {
  const log = getLogger("myapp.area1");
  const keeper = new RecordKeeper();
  log.setLevel("INFO");
  log.propagate = false;
  log.addHandler(keeper);
  const write = logger(kind);
  for (let i = 0; i < count; i++) write(log, i);
  log.removeHandler(keeper);
  log.propagate = true;
  for (const [i, record] of keeper.records.entries()) {
    record.created += i / 1000;
    record.relativeCreated += i;
  }
  return keeper.records;
}

/** The record without the text of its error, which a record keeps once that is made. */
export function fresh(record: LogRecord): LogRecord {
  record.exc_text = null;
  return record;
}

/** Throws unless `fields` are those that a receiver finds in record `i` of a kind. */
export function checkFields(
  fields: Record<string, unknown>,
  kind: Kind,
  i: number,
): void {
  for (const expectation of expectations(kind)) {
    const [, key = "", how, pattern = ""] = /^(\w+)([=~])(.*)$/.exec(expectation) ?? [];
    const wanted = expand(pattern, i);
    const value = String(fields[key]);
    if (how === "=" ? value === wanted : value.includes(wanted)) continue;
    throw new Error(
      `'${key}' of record ${i} is not right: ${value} and not ${wanted}`,
    );
  }
  if (
    fields.args !== null || fields.exc_info !== null ||
    typeof fields.created !== "number"
  ) {
    throw new Error(`record ${i} is not as makePickle() makes it`);
  }
}
