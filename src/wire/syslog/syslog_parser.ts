/**
 * Reads a syslog message from its bytes: as RFC 5424, and otherwise as RFC 3164, each with many
 * deviations. Any bytes are a message: in the simplest case all of them are its text. Never throws.
 *
 * Pure: the time of day is a parameter.
 *
 * @module
 */
import type { SyslogMessage } from "./_parsed_syslog.ts";
import { decodeLatin1 } from "../pickle/literals.ts";
import { parseRfc3164 } from "./_rfc3164_parser.ts";
import { parseRfc5424 } from "./_rfc5424_parser.ts";
import { MAX_PRI } from "./syslog_codes.ts";
import { matchAt, type ParseContext } from "./_syslog_time_parser.ts";

export type { ParseContext, SyslogMessage };
export type { StructuredData } from "./_parsed_syslog.ts";

const NUL = 0;
const LF = 10;
const CR = 13;

/** Facility user, severity notice: RFC 3164 section 4.3.3. */
const DEFAULT_PRI = 13;

const PRI = /<(0|[1-9]\d{0,2})>/y;

/** Angle brackets that hold no valid PRI. */
const BAD_PRI = /<\d{0,10}>/y;

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

/**
 * Reads one message without its framing; a NUL or line end that remains of a framing is dropped.
 */
export function parseSyslog(bytes: Uint8Array, context: ParseContext): SyslogMessage {
  const text = decode(withoutEnd(bytes));
  const { pri, end } = priAt(text, 0);
  const message = parseAt(text, end, pri, context);
  if (message.timestamp !== null || text[end] !== "<") return message;
  // An invalid PRI before a time, and a second PRI, are no text.
  const next = priAt(text, end);
  const at = next.end > end || matchAt(BAD_PRI, text, end) === null ? next.end : BAD_PRI.lastIndex;
  const timed = at > end ? parseAt(text, at, next.pri, context) : message;
  return timed.timestamp === null ? message : timed;
}

/**
 * Reads the PRI at `at`, and returns it with its end; without one, that of RFC 3164 section 4.3.3.
 */
function priAt(text: string, at: number): { pri: number; end: number } {
  const pri = Number(matchAt(PRI, text, at)?.[1]);
  return pri <= MAX_PRI ? { pri, end: PRI.lastIndex } : { pri: DEFAULT_PRI, end: at };
}

/** Reads the message behind the PRI; without a PRI only a message with a time is RFC 5424. */
function parseAt(text: string, at: number, pri: number, context: ParseContext): SyslogMessage {
  const message = parseRfc5424(text, at, pri, context);
  if (message === undefined || (at === 0 && message.timestamp === null)) {
    return parseRfc3164(text, at, pri, context);
  }
  return message;
}

function withoutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  for (; end > 0; end--) {
    const byte = bytes[end - 1];
    if (byte !== NUL && byte !== LF && byte !== CR) break;
  }
  return bytes.subarray(0, end);
}

/**
 * Decodes UTF-8 without a byte order mark, and other bytes as Latin-1: an accent loses no message.
 */
function decode(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? decodeCut(bytes) ?? decodeLatin1(bytes, 0, bytes.length);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Decodes UTF-8 that was cut within its last character, which becomes U+FFFD. ASCII before such an
 * end is more likely Latin-1.
 */
function decodeCut(bytes: Uint8Array): string | undefined {
  const end = bytes.length - cutBytes(bytes);
  const text = end < bytes.length ? decodeUtf8(bytes.subarray(0, end)) : undefined;
  return text === undefined || text.length === end ? undefined : `${text}\ufffd`;
}

/** Returns how many bytes at the end begin a character that was cut. */
function cutBytes(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > count ? count : 0;
  }
  return 0;
}
