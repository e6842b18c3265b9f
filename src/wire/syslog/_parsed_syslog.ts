/**
 * The fields of a syslog message, of either format.
 *
 * Browser compatible: types only.
 *
 * @module
 */

/** Parameters by SD-ID and name; a repeated parameter has several values. */
export type StructuredData = Record<string, Record<string, string | string[]>>;

/** A message; a field that it does not have is null. */
export interface SyslogMessage {
  /** 0 to 23; 1 (user) if the message has no PRI. */
  readonly facility: number;
  /** 0 (emergency) to 7 (debug); 5 (notice) if the message has no PRI. */
  readonly severity: number;
  /** Seconds since the epoch. */
  readonly timestamp: number | null;
  /** The sender's name, as the message claims it. */
  readonly hostname: string | null;
  /** APP-NAME, or the TAG of RFC 3164. */
  readonly app_name: string | null;
  /** PROCID, or the text in brackets behind the TAG. */
  readonly procid: string | null;
  /** MSGID; RFC 3164 has none. */
  readonly msgid: string | null;
  /** Structured data; RFC 3164 has none. */
  readonly structured_data: StructuredData | null;
  /** The text. */
  readonly message: string;
  /** `rfc3164`: anything that is not RFC 5424. */
  readonly format: "rfc3164" | "rfc5424";
}
