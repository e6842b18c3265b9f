/**
 * A record as a log record of OpenTelemetry's data model, in the form that OTLP has in JSON.
 *
 * Names of attributes are OpenTelemetry's semantic conventions: `code.file.path`, `code.line.number`,
 * `code.function.name` and `code.stacktrace`; `thread.id` and `thread.name` where the record has the
 * id of a thread; `process.pid`; `exception.type`, `exception.message` and `exception.stacktrace`.
 * The fields that `extra` added are attributes of their own names, and win over these.
 *
 * Browser compatible.
 *
 * @module
 */
import { UNKNOWN_FILE, UNKNOWN_FUNCTION } from "../../logging/log_record.ts";
import type { LogRecord } from "../../logging/log_record.ts";
import { pythonStr } from "../../text/python_repr.ts";
import { TextBudget } from "../../text/text_budget.ts";
import { errorFields } from "../error_fields.ts";
import { extraFields } from "../../logging/record_attributes.ts";
import { takeTraceContext, type TraceContext } from "../trace_context.ts";
import { unixNano } from "../unix_nano.ts";
import { type AnyValue, anyValue, type KeyValue } from "./any_value.ts";

/** A log record of OTLP; members that have the default value are left out. */
export interface OtlpRecord extends TraceContext {
  /** Nanoseconds since the epoch, as digits. */
  timeUnixNano: string;
  /** The same: the record was observed where it was made. */
  observedTimeUnixNano: string;
  /** 1 to 24; 0: unknown. */
  severityNumber?: number;
  severityText?: string;
  body: AnyValue;
  attributes: KeyValue[];
}

/**
 * Returns the severity number of a level, as OpenTelemetry for Python has it: DEBUG 5, INFO 9, WARNING
 * 13, ERROR 17, CRITICAL 21, and up to three more for the levels directly above. Levels from 1 to 9,
 * for which it has none, are TRACE, 1 to 4. 0, for NOTSET and below: unknown.
 */
export function severityNumber(levelno: unknown): number {
  if (typeof levelno !== "number" || !(levelno > 0)) return 0;
  if (levelno < 10) return 1 + Math.min(Math.max(Math.floor(levelno) - 5, 0), 3);
  const step = Math.min(Math.floor(levelno / 10), 5);
  return 1 + 4 * step + Math.min(Math.floor(levelno) - 10 * step, 3);
}

/**
 * Returns the log record for the fields of a record, whose message is merged.
 *
 * @param error the record's `exc_info`
 */
export function otlpRecord(fields: Record<string, unknown>, error: unknown): OtlpRecord {
  const extra = extraFields(fields as unknown as LogRecord);
  const trace = takeTraceContext(extra);
  const time = String(unixNano(fields.created));
  const budget = new TextBudget();
  const attributes: KeyValue[] = [];
  const add: Add = (key, value) => attributes.push({ key, value: anyValue(value, budget) });
  for (const key of Object.keys(extra)) add(key, extra[key]);
  // Names of attributes are unique, and those of the program count.
  const addUnlessThere: Add = (key, value) => Object.hasOwn(extra, key) || add(key, value);
  addCaller(fields, addUnlessThere);
  addError(fields, error, addUnlessThere);
  const { msg, levelname } = fields;
  const number = severityNumber(fields.levelno);
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    ...number > 0 && { severityNumber: number },
    ...Boolean(levelname) && { severityText: pythonStr(levelname) },
    // The message itself is not cut.
    body: typeof msg === "string" ? { stringValue: msg } : anyValue(msg, budget),
    attributes,
    ...trace,
  };
}

type Add = (key: string, value: unknown) => unknown;

function addCaller(fields: Record<string, unknown>, add: Add): void {
  const { pathname, lineno, funcName, stack_info, thread, threadName, process } = fields;
  if (pathname && pathname !== UNKNOWN_FILE) {
    add("code.file.path", pathname);
    if (lineno) add("code.line.number", lineno);
  }
  if (funcName && funcName !== UNKNOWN_FUNCTION) add("code.function.name", funcName);
  if (stack_info) add("code.stacktrace", stack_info);
  // JavaScript has no thread ids: those are of records from Python.
  if (thread) {
    add("thread.id", thread);
    if (threadName) add("thread.name", threadName);
  }
  if (process) add("process.pid", process);
  const { processName, taskName } = fields;
  if (processName && processName !== "MainProcess") add("processName", processName);
  if (taskName) add("taskName", taskName);
}

function addError(fields: Record<string, unknown>, error: unknown, add: Add): void {
  const { type, message, stack } = errorFields(error, fields.exc_text) ?? {};
  if (type) add("exception.type", type);
  if (message) add("exception.message", message);
  if (stack) add("exception.stacktrace", stack);
}
