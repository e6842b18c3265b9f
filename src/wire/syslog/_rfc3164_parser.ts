/**
 * Reads messages that programs and devices send in RFC 3164's format, as far as their parts can be
 * recognized. A time may be there or not; a host name behind it, or not; a tag, or not. All other
 * text is the message, and so is everything behind a PRI without a time: CPython's `SysLogHandler`
 * sends its text in that way.
 *
 * Linear: each pattern reads a limited number of characters.
 *
 * @module
 */
import type { SyslogMessage } from "./_parsed_syslog.ts";
import {
  bsdTime,
  type FoundTime,
  isMnemonic,
  isoTime,
  matchAt,
  MNEMONIC,
  type ParseContext,
  sticky,
} from "./_syslog_time_parser.ts";

const NILVALUE = "-";
const BOM = "\ufeff";

const NAME = "[\\w.@-]{1,255}";
const IP_ADDRESS = "\\[?[\\dA-Fa-f:.]{1,44}(?:[\\dA-Fa-f]|::)(?:%[\\w.-]{1,32})?\\]?";

/** The uptime of a Cisco device, which it writes if its clock was never set. */
const UPTIME = "(?:(?:\\d{1,5}[ywdh]){1,2}|\\d{1,3}:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)";

/** The sequence number of a Cisco message; it may be repeated, or missing before its colon. */
const COUNTER = "\\d{1,10}: ";

/** IOS-XR's: `RP/0/RSP0/CPU0`. */
const NODE = "[A-Z\\d]{1,16}(?:/[A-Z\\d]{1,16}){2,3}";

/** A time without a zone, or more; `bsdTime()` decides if it is one. */
const TIME_AHEAD = "[*.]?(?:\\d{4} )?[A-Z][a-z]{2} [ \\d]\\d? ";

/**
 * The part that Cisco's devices put before the time: a colon or numbers of the message, the
 * device's name, IOS-XR's node, the task of a wireless controller, and the mark of a clock that is
 * not set.
 */
const DEVICE_HEADER = /* @__PURE__ */ sticky(
  ...["(: ?)?((?:", COUNTER, "){0,2})"],
  ...["(?:(?!", UPTIME, ": |", COUNTER, "|\\d+ )(?:(", NAME, "|", IP_ADDRESS, ") ?: "],
  ...["|(", NAME, ") (?=", COUNTER, "|", TIME_AHEAD, ")))?"],
  ...["((?:", COUNTER, "){0,2})(?:(?:(", NAME, ") )?(", NODE, "): ?)?"],
  ...["(?:\\*[A-Za-z][\\w.-]{0,63}: )?([*.]?)"],
);

const UPTIME_HEADER = /* @__PURE__ */ sticky(UPTIME, ": ");

/** The prefix of AIX's syslogd for messages that it forwards. */
const FORWARDED = /* @__PURE__ */ sticky(
  ...["Message forwarded from (", NAME, "|", IP_ADDRESS, "): "],
);

/** An ASA's device id, before its message. */
const DEVICE_ID = /* @__PURE__ */ sticky(
  ...["(", NAME, "|", IP_ADDRESS, ") ?: (?=", MNEMONIC, " ?:)"],
);

/**
 * A name without a colon, or an IP address in brackets, with text behind it. The name may have any
 * letters, the slash of syslog-ng's `source@relay/host`, and the parentheses of Ubiquiti's devices.
 */
const HOST = /* @__PURE__ */ sticky(
  ...['([\\w.@/\u00a1-\uffff-]{1,255}|\\[[\\dA-Fa-f:.]{2,45}\\]|\\("[^\\s"]{1,128}"\\))'],
  ...[" (?::(?: |$))?(?=[^])"],
);

/** An IPv6 address, with `::` or the colons of six groups: neither a time of day nor a tag. */
const IP_HOST = /* @__PURE__ */ sticky(
  ...["(?=\\S{0,45}::|(?:[^\\s:]{0,4}:){5})(", IP_ADDRESS, ") (?=[^])"],
);

/**
 * A name with a colon, or with a process id in brackets, or with both. Names of programs have no
 * quotes and brackets, and no colons but the `::` of Perl's modules; `10:20:30` is a time of day.
 * The name may be missing before a process id and a colon.
 */
const TAG = /* @__PURE__ */ sticky(
  "(?!\\d+:\\d)((?:[^\\s[\\]:\"'{}<>=|]|::(?=\\w)){1,128}|(?=\\[\\d{1,10}\\]:))",
  "(?:\\[([^\\s[\\]]{0,128})\\]:? ?|:(?!:\\w) ?)",
);

/**
 * A name with a colon within, which ends with its process id: Docker's tag `{{.ImageName}}/{{.Name}}`
 * is `nginx:1.25/web[812]`.
 */
const IMAGE_TAG = /* @__PURE__ */ sticky(
  ...["(?!\\d+:\\d)((?:[^\\s[\\]:\"'{}<>=|]|:(?=\\w)){1,128})", "\\[(\\d{1,10})\\]:(?: |$)"],
);

/** A Cisco mnemonic as the tag, which may have a space before the colon, or no colon. */
const CISCO_TAG = /* @__PURE__ */ sticky("(", MNEMONIC, ")(?: ?: ?| )");

/** A character that host names rarely have. */
const ODD_NAME = /[/(]/;

/** Some devices put several spaces between time, host and tag. */
const SPACES = / +/y;

/** Without a time only this is certainly a tag. */
const TAG_WITH_NUMBER = /([^\s[\]:]{1,128})\[(\d{1,10})\]: ?/y;

/** The part of a message before its text. */
interface Header {
  readonly timestamp: number | null;
  readonly hostname: string | null;
  readonly tag: RegExpExecArray | null;
  /** The position of the text. */
  readonly end: number;
}

/** Reads the message behind the PRI, which ends at `at`. Any text is a message. */
export function parseRfc3164(
  text: string,
  at: number,
  pri: number,
  context: ParseContext,
): SyslogMessage {
  const { timestamp, hostname, tag, end } = headerAt(text, at, context);
  return {
    facility: pri >> 3,
    severity: pri & 7,
    timestamp,
    hostname: hostname === NILVALUE ? null : hostname,
    app_name: tag?.[1] || null,
    procid: tag?.[2] || null,
    msgid: null,
    structured_data: null,
    message: text.slice(text.startsWith(BOM, end) ? end + 1 : end),
    format: "rfc3164",
  };
}

function headerAt(text: string, at: number, context: ParseContext): Header {
  const start = text[at] === " " ? at + 1 : at;
  const header = deviceHeader(text, start, context) ?? timedHeader(text, start, context);
  if (header !== undefined) return relayedHeader(text, header, context) ?? header;
  const tag = matchAt(TAG_WITH_NUMBER, text, at);
  const end = tag === null ? at : TAG_WITH_NUMBER.lastIndex;
  return { timestamp: null, hostname: null, tag, end };
}

function timedHeader(text: string, start: number, context: ParseContext): Header | undefined {
  const time = bsdTime(text, start, context, false) ?? isoTime(text, start, context);
  return time && namesBehind(text, time, null);
}

/** Reads a Cisco device's header behind that of its relay, if it has more fields than that. */
function relayedHeader(text: string, relay: Header, context: ParseContext): Header | undefined {
  if (relay.timestamp === null || !text.includes("%", relay.end)) return undefined;
  const device = deviceHeader(text, relay.end - (relay.tag?.[0].length ?? 0), context, relay);
  return device?.timestamp == null ? undefined : device;
}

/**
 * Reads the header of a Cisco device, if it has more than RFC 3164's time, host and tag.
 *
 * @param relay the header before it, if there is one: it then needs no more than these
 */
function deviceHeader(
  text: string,
  start: number,
  context: ParseContext,
  relay?: Header,
): Header | undefined {
  const match = matchAt(DEVICE_HEADER, text, start)!;
  const [head, colon, counters, origin, name, counter, host, node, mark] = match;
  const at = start + head.length;
  const hostname = origin ?? name ?? host ?? relay?.hostname ?? node ?? null;
  if (head !== "" || relay !== undefined) {
    const time = bsdTime(text, at, context, true) ?? isoTime(text, at, context);
    // A name with a colon and nothing else may be the beginning of any text.
    const isDevice = Boolean(colon || counters || counter || node || mark);
    if (time !== undefined && (isDevice || isMnemonic(text, time.end))) {
      return namesBehind(text, time, hostname);
    }
  }
  const end = matchAt(UPTIME_HEADER, text, at) === null ? at : UPTIME_HEADER.lastIndex;
  if (end === start || !isMnemonic(text, end)) return undefined;
  return { timestamp: null, hostname, tag: null, end };
}

/** Reads the host name, unless it is known, and the tag behind a time; each may be missing. */
function namesBehind(
  text: string,
  { timestamp, end: at }: FoundTime,
  hostname: string | null,
): Header {
  for (const pattern of [FORWARDED, DEVICE_ID, IP_HOST]) {
    const match = hostname === null ? matchAt(pattern, text, at) : null;
    if (match === null) continue;
    hostname = match[1]!;
    at = pattern.lastIndex;
  }
  const first = text[at] === " " && matchAt(SPACES, text, at) !== null ? SPACES.lastIndex : at;
  const tag = tagAt(text, first);
  if (tag !== null) return { timestamp, hostname, tag, end: first + tag[0].length };
  const host = hostname === null ? matchAt(HOST, text, first) : null;
  const named = host && namesBehind(text, { timestamp, end: HOST.lastIndex }, host[1]!);
  // A word without a tag behind it belongs to the text if it does not look like a name.
  const isPlain = first === at && !ODD_NAME.test(named?.hostname ?? "");
  if (named && (isPlain || named.tag !== null)) return named;
  return { timestamp, hostname, tag, end: at };
}

function tagAt(text: string, at: number): RegExpExecArray | null {
  return matchAt(CISCO_TAG, text, at) ?? matchAt(IMAGE_TAG, text, at) ?? matchAt(TAG, text, at);
}
