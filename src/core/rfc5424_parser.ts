/**
 * Reads RFC 5424's format, by its grammar (section 6).
 *
 * Linear: the pattern has an end to what it looks at.
 *
 * @module
 */
import { isMoment, momentOf, timegm, withFraction, zoneOffset } from "./moment.ts";
import type { SyslogMessage } from "./parsed_syslog.ts";
import { parseStructuredData } from "./structured_data_parser.ts";

const NILVALUE = "-";
const BOM = "\ufeff";

/** From VERSION to MSGID, with the spaces. */
const HEADER = /* @__PURE__ */ headerPattern();

function headerPattern(): RegExp {
  const date = String
    .raw`(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)`;
  return new RegExp(
    String.raw`1 (?:-|${date}) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) `,
    "y",
  );
}

/** What is behind the PRI, which ends at `at`; `undefined` where it is not RFC 5424. */
export function parseRfc5424(text: string, at: number, pri: number): SyslogMessage | undefined {
  HEADER.lastIndex = at;
  const header = HEADER.exec(text);
  if (header === null) return undefined;
  const timestamp = header[1] === undefined ? null : time(header);
  if (timestamp === undefined) return undefined;
  const data = parseStructuredData(text, HEADER.lastIndex);
  if (data === undefined) return undefined;
  const { found, end } = data;
  if (end < text.length && text[end] !== " ") return undefined;
  return {
    facility: pri >> 3,
    severity: pri & 7,
    timestamp,
    hostname: orNull(header[9]!),
    app_name: orNull(header[10]!),
    procid: orNull(header[11]!),
    msgid: orNull(header[12]!),
    structured_data: found,
    message: text.slice(text[end + 1] === BOM ? end + 2 : end + 1),
    format: "rfc5424",
  };
}

function orNull(field: string): string | null {
  return field === NILVALUE ? null : field;
}

/** Section 6.2.3: leap seconds must not be used. */
function time(header: RegExpExecArray): number | undefined {
  const moment = momentOf(header);
  const offset = zoneOffset(header[8]!);
  if (!isMoment(moment) || moment.second > 59 || offset === undefined) return undefined;
  return withFraction(timegm(moment) - offset, header[7]);
}
