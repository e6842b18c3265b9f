/**
 * The records of the encoding benches, and what is in them; peers/codec.py has the same.
 *
 * @module
 */
import { ERROR, INFO, LogRecord } from "../../mod.ts";
import { MESSAGE } from "../net/record.mjs";

/**
 * The records to encode: a record alone, one whose text is different each time, one with an
 * argument to merge, one with its traceback made, or one with eight fields of `extra`.
 */
export type Case = "plain" | "changing" | "argument" | "traceback" | "extra";

/** The text of record `i`. */
export function textOf(which: Case, i: number): string {
  return which === "changing" || which === "argument" ? `${MESSAGE} ${i}` : MESSAGE;
}

/** A traceback of usual length, which a formatter has made before. */
export const TRACEBACK: string = "Traceback (most recent call last):\n" +
  Array.from(
    { length: 8 },
    (_, i) =>
      `  File "/srv/app/module_${i}.py", line ${100 + i}, in function_${i}\n    spam(eggs)\n`,
  ).join("") + "ValueError: not a sphinx";

/** Eight fields as services add them. */
export const EXTRA: Record<string, unknown> = {
  request_id: "7f3c2a9e-51b1-4d1c-9a59-0d6f5a3c1f10",
  user_id: 1234567,
  method: "GET",
  path: "/api/v1/sphinxes/42",
  status: 200,
  duration: 0.01234,
  cached: false,
  tenant: null,
};

/** `count` records, each with a time of its own. */
export function makeRecords(which: Case, count: number): LogRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const level = which === "traceback" ? ERROR : INFO;
    const error = which === "traceback" ? new Error("not a sphinx") : null;
    const [msg, args] = which === "argument" ? [`${MESSAGE} %d`, [i]] : [textOf(which, i), []];
    const record = new LogRecord("myapp.area1", level, "(unknown file)", 0, msg, args, error);
    record.funcName = "(unknown function)";
    record.created += i / 1000;
    record.relativeCreated += i;
    if (which === "traceback") record.exc_text = TRACEBACK;
    if (which === "extra") Object.assign(record, EXTRA);
    return record;
  });
}
