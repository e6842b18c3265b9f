/**
 * The trace that a record belongs to, from its fields: `trace_id`, `span_id` and `trace_flags`, or
 * `otelTraceID`, `otelSpanID` and `otelTraceSampled`, which OpenTelemetry adds to the records of
 * Python's `logging`.
 *
 * Browser compatible.
 *
 * @module
 */

/** The ids of W3C Trace Context, in lower-case hexadecimal. */
export interface TraceContext {
  /** 32 digits. */
  traceId?: string;
  /** 16 digits. */
  spanId?: string;
  /** The trace flags, from 0 to 255; 1: the trace is sampled. */
  flags?: number;
}

/**
 * Takes the trace context out of the fields that `extra` added. Without the id of a trace they stay.
 * `"0"` for it, by which OpenTelemetry for Python says "none", is removed with the others.
 */
export function takeTraceContext(extra: Record<string, unknown>): TraceContext {
  const traceId = take(extra, ["trace_id", "otelTraceID"], (value) => idOf(value, 32));
  // A span without its trace is found nowhere.
  if (traceId === undefined) return {};
  const spanId = take(extra, ["span_id", "otelSpanID"], (value) => idOf(value, 16));
  const flags = take(extra, ["trace_flags", "otelTraceSampled"], flagsOf);
  if (traceId === "") return {};
  return { traceId, ...spanId ? { spanId } : {}, ...flags !== undefined && { flags } };
}

function take<Value>(
  extra: Record<string, unknown>,
  names: readonly string[],
  read: (value: unknown) => Value | undefined,
): Value | undefined {
  for (const name of names) {
    const value = read(extra[name]);
    if (value === undefined) continue;
    delete extra[name];
    return value;
  }
  return undefined;
}

function idOf(value: unknown, digits: number): string | undefined {
  if (value === "0") return "";
  if (typeof value !== "string" || value.length !== digits) return undefined;
  return /^[0-9a-f]+$/i.test(value) && /[^0]/.test(value) ? value.toLowerCase() : undefined;
}

function flagsOf(value: unknown): number | undefined {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && /^[0-9a-f]{2}$/i.test(value)) return parseInt(value, 16);
  const isByte = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 256;
  return isByte ? value : undefined;
}
