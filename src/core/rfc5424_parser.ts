/**
 * Reads RFC 5424's format (section 6), and keeps what can be read of a header of which a field is
 * not by the grammar: a time with nanoseconds or of a day that does not exist, a name that is too
 * long, no structured data.
 *
 * A message with a time is known by that. One without, which any text that begins with `1 - ` might
 * be, must have every field.
 *
 * Linear: no character is looked at more than a few times.
 *
 * @module
 */
import type { StructuredData, SyslogMessage } from "./parsed_syslog.ts";
import { parseStructuredData } from "./structured_data_parser.ts";
import { type FoundTime, matchAt, type ParseContext, rfc3339 } from "./syslog_time_parser.ts";

const BOM = "\ufeff";

/** `-`, and what word processors make of it. */
const NILVALUE = /^[-\u2013\u2014]$/;

/** HOSTNAME, APP-NAME, PROCID, MSGID. */
const FIELDS = 4;

/** VERSION, and no time. */
const WITHOUT_TIME = /1 - (?=\S)/y;

/** VERSION, and the begin of a time. */
const WITH_TIME = /1 +(?=\d{4}-\d\d?-\d\d?[Tt ]\d\d?:)/y;

/** All of a time that is none, if it is no longer than one might be, with the spaces behind it. */
const BAD_TIME = /[\d-]{8,10}[Tt ]\S{1,50}(?!\S) */y;

const SPACES = / +|$/y;

/** Structured data, where a text in brackets might stand as well. */
const PARAMETERS = /\[[^\s\]]{1,32} +[^\s=]{1,32}="/y;

/** A field, with the space behind it. */
const FIELD = /(\S+)(?: +|$)/y;
/** The same, by the grammar. */
const STRICT_FIELD = /(\S+) /y;

/** What is behind the PRI, which ends at `at`; `undefined` where it is not RFC 5424. */
export function parseRfc5424(
  text: string,
  at: number,
  pri: number,
  context: Partial<ParseContext> = {},
): SyslogMessage | undefined {
  const time = timeAt(text, at, context);
  if (time === undefined) return undefined;
  const field = time.isNil ? STRICT_FIELD : FIELD;
  const fields: string[] = [];
  let data: FoundData | undefined;
  for (at = time.end; fields.length < FIELDS; at = field.lastIndex) {
    // Who has no process id and no message id may leave them out.
    const mayBeLeftOut = fields.length >= 2 && !time.isNil;
    if (mayBeLeftOut && matchAt(PARAMETERS, text, at) !== null) data = dataAt(text, at);
    const match = data === undefined ? matchAt(field, text, at) : null;
    if (match === null) break;
    fields.push(match[1]!);
  }
  data ??= dataAt(text, at);
  if (time.isNil && !(fields.length === FIELDS && data?.isSeparate)) return undefined;
  const start = data === undefined ? at : data.end;
  const [hostname = null, app_name = null, procid = null, msgid = null] = fields.map(valueOf);
  return {
    facility: pri >> 3,
    severity: pri & 7,
    timestamp: time.timestamp,
    hostname,
    app_name,
    procid,
    msgid,
    structured_data: data?.found ?? null,
    message: text.slice(text[start] === BOM ? start + 1 : start),
    format: "rfc5424",
  };
}

function valueOf(field: string): string | null {
  return NILVALUE.test(field) ? null : field;
}

/** VERSION and TIMESTAMP; `isNil`: there is none. */
function timeAt(
  text: string,
  at: number,
  context: Partial<ParseContext>,
): FoundTime & { isNil: boolean } | undefined {
  if (matchAt(WITHOUT_TIME, text, at) !== null) {
    return { timestamp: null, end: WITHOUT_TIME.lastIndex, isNil: true };
  }
  if (matchAt(WITH_TIME, text, at) === null) return undefined;
  const start = WITH_TIME.lastIndex;
  const time = rfc3339(text, start, context);
  if (time !== undefined && matchAt(SPACES, text, time.end) !== null) {
    return { ...time, end: SPACES.lastIndex, isNil: false };
  }
  if (matchAt(BAD_TIME, text, start) === null) return undefined;
  return { timestamp: null, end: BAD_TIME.lastIndex, isNil: false };
}

interface FoundData {
  readonly found: StructuredData | null;
  /** Where the text begins. */
  readonly end: number;
  /** Whether a space, or the end, is behind it. */
  readonly isSeparate: boolean;
}

/** STRUCTURED-DATA; `undefined` where there is none. */
function dataAt(text: string, at: number): FoundData | undefined {
  const data = NILVALUE.test(text.charAt(at))
    ? { found: null, end: at + 1 }
    : parseStructuredData(text, at);
  if (data === undefined) return undefined;
  const { found, end } = data;
  const isSeparate = end === text.length || text[end] === " ";
  // `-x` is a text.
  if (found === null && !isSeparate) return undefined;
  return { found, end: text[end] === " " ? end + 1 : end, isSeparate };
}
