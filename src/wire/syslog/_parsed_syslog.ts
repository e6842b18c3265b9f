/**
 * What a syslog message says, whichever format it came in.
 *
 * Browser compatible: types only.
 *
 * @module
 */

/** Parameters by SD-ID and name; a parameter that is there several times has several values. */
export type StructuredData = Record<string, Record<string, string | string[]>>;

/** A message; what it does not say is null. */
export interface SyslogMessage {
  /** 0 to 23; 1 (user) where the message had no PRI. */
  readonly facility: number;
  /** 0 (emergency) to 7 (debug); 5 (notice) where the message had no PRI. */
  readonly severity: number;
  /** Seconds since the epoch. */
  readonly timestamp: number | null;
  /** Who sent it, by its own account. */
  readonly hostname: string | null;
  /** APP-NAME, or the TAG of RFC 3164. */
  readonly app_name: string | null;
  /** PROCID, or what stands in brackets behind the TAG. */
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
