/**
 * Reads the times of syslog messages, in the forms that programs and devices write. A time that
 * does not exist, such as the 30th of February, is null; the message behind it is read
 * nevertheless.
 *
 * Linear: each pattern reads a limited number of characters.
 *
 * @module
 */
import {
  type CivilTime,
  civilTimeOf,
  isCivilTime,
  type Mktime,
  mktime as localMktime,
  withFraction,
} from "./_civil_time.ts";
import { MONTHS } from "./_syslog_time.ts";
import { offsetZone } from "./time_zone.ts";

/** The year and the zone of times that do not have them. */
export interface ParseContext {
  /**
   * The present time, in seconds since the epoch: a time without a year is at most a day after it.
   */
  readonly now: number;
  /** Converts a time without a zone, or with an unknown zone. @default as local time */
  readonly mktime?: Mktime;
  /** The time zones by name, besides UTC, GMT and offsets from them. @default none */
  readonly zoneNamed?: (name: string) => Mktime | undefined;
}

/** A time, and the position of the text behind it. */
export interface FoundTime {
  /** Seconds since the epoch; null if there is no such time. */
  readonly timestamp: number | null;
  readonly end: number;
}

/** A day: the sender's clock may be fast, and its zone, up to 14 hours off UTC, may be unknown. */
const MAX_AHEAD_SECONDS = 86_400;

/**
 * `Feb  3 04:05:06`, with the year before the month, behind the day or behind the time; the month
 * may be in capitals, and the hour may have one digit.
 */
const BSD_TIME =
  /(?:(\d{4}) )?([A-Z][A-Za-z]{2}) ( ?\d|\d\d)(?: (\d{4}))? ( ?\d|\d\d):(\d\d):(\d\d)(?:[.,](\d{1,32}))?(?: ((?:19|20)\d\d)(?= |:(?: |%|$)|$))?/y;

/** RFC 3339, with fewer rules: any number of digits of a second, and no need for a zone. */
const ISO_TIME =
  /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,32}))?([Zz]|[+-]\d\d(?::?\d\d)?)?/y;

/**
 * An offset, which Huawei's devices write without a space, or a name, which the administrator of a
 * device chooses.
 */
const ZONE = /(?: (?=[A-Za-z])| ?(?=[+-]))([A-Za-z][\w+/-]{1,31}(?::\d\d)?|[+-]\d\d:?\d\d)/y;

/** The end of a time: a space in RFC 3164, a colon in Cisco's messages. */
const END = / ?:(?: |$|(?=%))| |$/y;

/**
 * The start of Cisco's messages: `%SYS-5-CONFIG_I`, `%ASA-session-6-302014`, `%SNMP-W-AUTHFAIL`.
 */
export const MNEMONIC: string = "%[A-Za-z]\\w{0,63}(?:-\\w{1,64}){0,5}-[0-7ACDEINW]-\\w{1,64}";

const BEFORE_MNEMONIC = /* @__PURE__ */ sticky("(?=", MNEMONIC, " ?:)");

/** A zone that has no device's header before it: `CEST`. */
const ABBREVIATION = /^[A-Z]{3,5}$/;

/** Makes a pattern of these parts that matches only at its `lastIndex`. */
export function sticky(...parts: string[]): RegExp {
  return new RegExp(parts.join(""), "y");
}

/** Returns the match of a sticky pattern at `at`; its end is then the pattern's `lastIndex`. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * Reads RFC 3164's time; `undefined` if there is none.
 *
 * @param isDevice true if a device wrote it: a word before a colon is then its zone
 */
export function bsdTime(
  text: string,
  at: number,
  context: ParseContext,
  isDevice: boolean,
): FoundTime | undefined {
  const match = matchAt(BSD_TIME, text, at);
  if (match === null) return undefined;
  const [, before, month, day, behind, hour, minute, second, fraction, last] = match;
  const monthIndex = MONTHS.indexOf(capitalized(month!));
  if (monthIndex < 0) return undefined;
  const year = before ?? behind ?? last;
  const zone = zoneAt(text, BSD_TIME.lastIndex, context, isDevice, fraction !== undefined);
  const end = zone?.end ?? endAt(text, BSD_TIME.lastIndex);
  if (end === undefined) return undefined;
  const parts = {
    month: monthIndex + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
  const toSeconds = zone?.toSeconds ?? context.mktime ?? localMktime;
  const seconds = year === undefined
    ? latest(parts, toSeconds, context.now)
    : secondsOf({ year: Number(year), ...parts }, toSeconds);
  return { timestamp: seconds === null ? null : withFraction(seconds, fraction), end };
}

/** Reads a time of RFC 3339 with a `T`: Python's `asctime`, a part of the text, has a space. */
export function isoTime(text: string, at: number, context: ParseContext): FoundTime | undefined {
  const time = text[at + "yyyy-mm-dd".length] === " " ? undefined : rfc3339(text, at, context);
  const end = time && endAt(text, time.end);
  return end === undefined ? undefined : { ...time!, end };
}

/** Reads a time of RFC 3339, whatever follows it. */
export function rfc3339(
  text: string,
  at: number,
  context: Partial<ParseContext>,
): FoundTime | undefined {
  const match = matchAt(ISO_TIME, text, at);
  if (match === null) return undefined;
  const zone = match[8];
  const toSeconds = zone === undefined ? context.mktime ?? localMktime : offsetZone(zone);
  const seconds = toSeconds === undefined ? null : secondsOf(civilTimeOf(match), toSeconds);
  return {
    timestamp: seconds === null ? null : withFraction(seconds, match[7]),
    end: ISO_TIME.lastIndex,
  };
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

function endAt(text: string, at: number): number | undefined {
  return matchAt(END, text, at) === null ? undefined : END.lastIndex;
}

/** Reads the zone of a time, and returns the end; `undefined` if other text follows. */
function zoneAt(
  text: string,
  at: number,
  { zoneNamed }: ParseContext,
  isDevice: boolean,
  hasFraction: boolean,
): { toSeconds: Mktime | undefined; end: number } | undefined {
  const name = matchAt(ZONE, text, at)?.[1];
  if (name === undefined) return undefined;
  const behind = matchAt(END, text, ZONE.lastIndex);
  if (behind === null) return undefined;
  const end = END.lastIndex;
  const toSeconds = zoneNamed?.(name) ?? offsetZone(name);
  if (toSeconds === undefined) {
    // The word may also be the name of the host, or of the program.
    if (!behind[0].includes(":")) return undefined;
    const isCisco = (hasFraction || ABBREVIATION.test(name)) && isMnemonic(text, end);
    if (!isDevice && !isCisco) return undefined;
  }
  return { toSeconds, end };
}

/** Returns true if a message of Cisco's begins there. */
export function isMnemonic(text: string, at: number): boolean {
  return matchAt(BEFORE_MNEMONIC, text, at) !== null;
}

function secondsOf(moment: CivilTime, toSeconds: Mktime): number | null {
  return isCivilTime(moment) ? toSeconds(moment) : null;
}

/** Returns the latest year in which the time is at most a day ahead. */
function latest(parts: Omit<CivilTime, "year">, toSeconds: Mktime, now: number): number | null {
  const thisYear = new Date(now * 1000).getUTCFullYear();
  for (const year of [thisYear + 1, thisYear, thisYear - 1]) {
    const seconds = secondsOf({ year, ...parts }, toSeconds);
    if (seconds !== null && seconds <= now + MAX_AHEAD_SECONDS) return seconds;
  }
  return null;
}
