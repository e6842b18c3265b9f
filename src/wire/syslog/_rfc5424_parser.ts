/**
 * Reads RFC 5424's format (section 6). A header with fields that violate the grammar (a time with
 * nanoseconds or of a day that does not exist, a name that is too long, no structured data) is read
 * as far as possible.
 *
 * A message with a time is recognized by it. A message without a time, which any text that begins
 * with `1 - ` might be, must have every field.
 *
 * Linear: no character is read more than a few times.
 *
 * @module
 */
import type { StructuredData, SyslogMessage } from "./_parsed_syslog.ts";
import { parseStructuredData } from "./_structured_data_parser.ts";
import { type FoundTime, matchAt, type ParseContext, rfc3339 } from "./_syslog_time_parser.ts";

const BOM = "\ufeff";

/** `-`, or a dash that a word processor wrote in its place. */
const NILVALUE = /^[-\u2013\u2014]$/;

/** The number of fields between the time and the structured data. */
const FIELDS = 4;

const VERSION = "1 ";

const SPACES = / */y;

/** An invalid time, if it is no longer than a valid one might be. */
const BAD_TIME = /\d{4}-\d\d?-\d\d?[Tt ]\d\d?:\S{1,50}(?!\S)/y;

/** Structured data, at a place where the text may begin with a bracket too. */
const PARAMETERS = /\[[^\s\]]{1,32} +[^\s=]{1,32}="/y;

/** A field, with the spaces behind it. */
const FIELD = /(\S+)(?: +|$)/y;

/** HOSTNAME, APP-NAME, PROCID and MSGID. */
const HEADER = /(\S+) (\S+) (\S+) (\S+) /y;

/** Reads the message behind the PRI, which ends at `at`; `undefined` if it is not RFC 5424. */
export function parseRfc5424(
  text: string,
  at: number,
  pri: number,
  context: Partial<ParseContext> = {},
): SyslogMessage | undefined {
  const time = timeAt(text, at, context);
  if (time === undefined) return undefined;
  const rest = restAt(text, time.end, time.isNil) ??
    (time.isNil ? undefined : oddRestAt(text, time.end));
  if (rest === undefined) return undefined;
  const [hostname = null, app_name = null, procid = null, msgid = null] = rest.fields.map(valueOf);
  const { data, end } = rest;
  return {
    facility: pri >> 3,
    severity: pri & 7,
    timestamp: time.timestamp,
    hostname,
    app_name,
    procid,
    msgid,
    structured_data: data,
    message: text.slice(text[end] === BOM ? end + 1 : end),
    format: "rfc5424",
  };
}

/** The header behind the time. */
interface Rest {
  readonly fields: readonly string[];
  readonly data: StructuredData | null;
  /** Where the text begins. */
  readonly end: number;
}

/** Reads every field and the structured data; with `isStrict` a text needs a space before it. */
function restAt(text: string, at: number, isStrict: boolean): Rest | undefined {
  const match = matchAt(HEADER, text, at);
  const data = match === null ? undefined : dataAt(text, HEADER.lastIndex);
  if (data === undefined || (isStrict && !data.isSeparate)) return undefined;
  return { fields: match!.slice(1), data: data.found, end: data.end };
}

/** Reads as many fields as there are. */
function oddRestAt(text: string, at: number): Rest {
  const fields: string[] = [];
  let data: FoundData | undefined;
  while (fields.length < FIELDS) {
    // Senders without a process id and a message id may leave them out.
    const mayBeData = fields.length >= 2 && matchAt(PARAMETERS, text, at) !== null;
    data = mayBeData ? dataAt(text, at) : undefined;
    const match = data === undefined ? matchAt(FIELD, text, at) : null;
    if (match === null) break;
    fields.push(match[1]!);
    at = FIELD.lastIndex;
  }
  data ??= dataAt(text, at);
  return { fields, data: data?.found ?? null, end: data?.end ?? at };
}

function valueOf(field: string): string | null {
  return NILVALUE.test(field) ? null : field;
}

/** VERSION and TIMESTAMP; `isNil` if there is no time. */
function timeAt(
  text: string,
  at: number,
  context: Partial<ParseContext>,
): FoundTime & { isNil: boolean } | undefined {
  if (!text.startsWith(VERSION, at)) return undefined;
  const start = at + VERSION.length;
  if (text.startsWith("- ", start)) return { timestamp: null, end: start + 2, isNil: true };
  matchAt(SPACES, text, start);
  const first = SPACES.lastIndex;
  let time = rfc3339(text, first, context);
  if (time === undefined || !isEnd(text, time.end)) {
    if (matchAt(BAD_TIME, text, first) === null) return undefined;
    time = { timestamp: null, end: BAD_TIME.lastIndex };
  }
  matchAt(SPACES, text, time.end);
  return { timestamp: time.timestamp, end: SPACES.lastIndex, isNil: false };
}

/** Returns true if a field ends there. */
function isEnd(text: string, at: number): boolean {
  return at === text.length || text[at] === " ";
}

interface FoundData {
  readonly found: StructuredData | null;
  /** Where the text begins. */
  readonly end: number;
  /** True if a space, or the end, follows it. */
  readonly isSeparate: boolean;
}

/** Reads STRUCTURED-DATA; `undefined` if there is none. */
function dataAt(text: string, at: number): FoundData | undefined {
  const data = NILVALUE.test(text.charAt(at))
    ? { found: null, end: at + 1 }
    : parseStructuredData(text, at);
  if (data === undefined) return undefined;
  const { found, end } = data;
  const isSeparate = isEnd(text, end);
  // `-x` is a text.
  if (found === null && !isSeparate) return undefined;
  return { found, end: text[end] === " " ? end + 1 : end, isSeparate };
}
