/**
 * Reads what programs and devices send for RFC 3164's format, as far as it can be told what is
 * what: a time there may be, or not; a host name behind it, or not; a tag, or not. What cannot be
 * told is the message, and so is everything behind a PRI without a time: that is how CPython's
 * `SysLogHandler` sends its text.
 *
 * Linear: each pattern has an end to what it looks at.
 *
 * @module
 */
import {
  isMoment,
  type Mktime,
  mktime as localMktime,
  type Moment,
  momentOf,
  timegm,
  withFraction,
  zoneOffset,
} from "./moment.ts";
import type { SyslogMessage } from "./parsed_syslog.ts";
import { MONTHS } from "./syslog_time.ts";

/** What a time without a year or a zone is read by. */
export interface ParseContext {
  /** Seconds since the epoch: a time without a year is the one that is nearest to this. */
  readonly now: number;
  /** What a time without a zone stands for. @default local time */
  readonly mktime?: Mktime;
}

const NILVALUE = "-";
const BOM = "\ufeff";

/**
 * `Feb  3 04:05:06`; with the year before or behind the day, as some have it; and as Cisco has it,
 * with a number of the message and perhaps the host name before, a mark for a clock that is not
 * sure, a fraction, a zone and a colon behind.
 */
const BSD_TIME = /* @__PURE__ */ bsdTimePattern();

function bsdTimePattern(): RegExp {
  return new RegExp(
    String.raw` ?(?:\d{1,10}: (?:([\w.-]{1,255}): )?)?[*.]?` +
      String.raw`(?:(\d{4}) )?(${MONTHS.join("|")}) ( ?\d|\d\d)(?: (\d{4}))? ` +
      String.raw`(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(?: ([A-Z]{1,5}))?:)?(?: |$)`,
    "y",
  );
}

/** RFC 3339, with a `T`: a space is what Python's `asctime` has, as part of a text. */
const ISO_TIME =
  / ?(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?(?: |$)/y;

/** A name without a colon, or an IP address; behind it comes something. */
const HOST = /([\w.-]{1,255}|\[?[\dA-Fa-f:.]{2,45}\]?) (?=[^])/y;

/** A name, and a colon, or a process id in brackets, or both. */
const TAG = /([^\s[\]]{1,128}?)(?:\[([^\s[\]]{1,128})\]:?|:)(?: |$)/y;

/** Without a time only this is sure to be a tag. */
const TAG_WITH_NUMBER = /([^\s[\]:]{1,128})\[(\d{1,10})\]:(?: |$)/y;

/** What is behind the PRI, which ends at `at`. Anything is a message. */
export function parseRfc3164(
  text: string,
  at: number,
  pri: number,
  context: ParseContext,
): SyslogMessage {
  let hostname: string | null = null;
  let timestamp: number | null = null;
  let tag: RegExpExecArray | null;
  const time = bsdTime(text, at, context) ?? isoTime(text, at, context);
  if (time === undefined) {
    tag = matchAt(TAG_WITH_NUMBER, text, at);
    if (tag !== null) at = TAG_WITH_NUMBER.lastIndex;
  } else {
    ({ end: at, timestamp, hostname } = time);
    tag = matchAt(TAG, text, at);
    if (tag === null && hostname === null) {
      const host = matchAt(HOST, text, at);
      if (host !== null) {
        hostname = host[1]!;
        at = HOST.lastIndex;
        tag = matchAt(TAG, text, at);
      }
    }
    if (tag !== null) at = TAG.lastIndex;
  }
  return {
    facility: pri >> 3,
    severity: pri & 7,
    timestamp,
    hostname: hostname === NILVALUE ? null : hostname,
    app_name: tag?.[1] ?? null,
    procid: tag?.[2] ?? null,
    msgid: null,
    structured_data: null,
    message: text.slice(text.startsWith(BOM, at) ? at + 1 : at),
    format: "rfc3164",
  };
}

/** A time, where the text goes on behind it, and the host name that stood before it. */
interface FoundTime {
  timestamp: number;
  end: number;
  hostname: string | null;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function bsdTime(text: string, at: number, context: ParseContext): FoundTime | undefined {
  const match = matchAt(BSD_TIME, text, at);
  if (match === null) return undefined;
  const [, hostname, before, month, day, behind, hour, minute, second, fraction, zone] = match;
  const year = before ?? behind;
  const parts = {
    month: MONTHS.indexOf(month!) + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
  const toSeconds = zone === "UTC" || zone === "GMT" ? timegm : context.mktime ?? localMktime;
  const seconds = year === undefined
    ? nearest(parts, toSeconds, context.now)
    : secondsOf({ year: Number(year), ...parts }, toSeconds);
  if (seconds === undefined) return undefined;
  return {
    timestamp: withFraction(seconds, fraction),
    end: BSD_TIME.lastIndex,
    hostname: hostname ?? null,
  };
}

function isoTime(text: string, at: number, context: ParseContext): FoundTime | undefined {
  const match = matchAt(ISO_TIME, text, at);
  if (match === null) return undefined;
  const zone = match[8];
  const offset = zone === undefined ? 0 : zoneOffset(zone);
  if (offset === undefined) return undefined;
  const toSeconds = zone === undefined ? context.mktime ?? localMktime : timegm;
  const seconds = secondsOf(momentOf(match), toSeconds);
  if (seconds === undefined) return undefined;
  return {
    timestamp: withFraction(seconds - offset, match[7]),
    end: ISO_TIME.lastIndex,
    hostname: null,
  };
}

function secondsOf(moment: Moment, toSeconds: Mktime): number | undefined {
  return isMoment(moment) ? toSeconds(moment) : undefined;
}

/** The year that brings it nearest to now: a message is late, or a clock fast, by less than half. */
function nearest(parts: Omit<Moment, "year">, toSeconds: Mktime, now: number): number | undefined {
  const thisYear = new Date(now * 1000).getUTCFullYear();
  let best: number | undefined;
  for (const year of [thisYear - 1, thisYear, thisYear + 1]) {
    const seconds = secondsOf({ year, ...parts }, toSeconds);
    if (seconds === undefined) continue;
    if (best === undefined || Math.abs(seconds - now) < Math.abs(best - now)) best = seconds;
  }
  return best;
}
