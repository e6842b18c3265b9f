/**
 * The facilities and severities of syslog, by CPython's names: the constants and tables of
 * `logging.handlers.SysLogHandler` in 3.13, in its order. The numbers are those of RFC 5424
 * section 6.2.1.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { checkInteger, refuse } from "../../logging/validate.ts";

/** Severity 0: the system is unusable. */
export const LOG_EMERG = 0;
/** Severity 1: action must be taken immediately. */
export const LOG_ALERT = 1;
/** Severity 2: critical conditions. */
export const LOG_CRIT = 2;
/** Severity 3: error conditions. */
export const LOG_ERR = 3;
/** Severity 4: warning conditions. */
export const LOG_WARNING = 4;
/** Severity 5: normal but significant. */
export const LOG_NOTICE = 5;
/** Severity 6: informational. */
export const LOG_INFO = 6;
/** Severity 7: messages for debugging. */
export const LOG_DEBUG = 7;

/** Facility 0: kernel messages. */
export const LOG_KERN = 0;
/** Facility 1: programs of users; the default. */
export const LOG_USER = 1;
/** Facility 2: the mail system. */
export const LOG_MAIL = 2;
/** Facility 3: system daemons. */
export const LOG_DAEMON = 3;
/** Facility 4: security and authorization. */
export const LOG_AUTH = 4;
/** Facility 5: messages of the syslog daemon itself. */
export const LOG_SYSLOG = 5;
/** Facility 6: the line printer subsystem. */
export const LOG_LPR = 6;
/** Facility 7: network news. */
export const LOG_NEWS = 7;
/** Facility 8: UUCP. */
export const LOG_UUCP = 8;
/** Facility 9: the clock daemon. */
export const LOG_CRON = 9;
/** Facility 10: security and authorization, private. */
export const LOG_AUTHPRIV = 10;
/** Facility 11: the FTP daemon. */
export const LOG_FTP = 11;
/** Facility 12: NTP. */
export const LOG_NTP = 12;
/** Facility 13: log audit. */
export const LOG_SECURITY = 13;
/** Facility 14: log alert. */
export const LOG_CONSOLE = 14;
/** Facility 15: the scheduling daemon of Solaris. */
export const LOG_SOLCRON = 15;
/** Facility 16: for local use. */
export const LOG_LOCAL0 = 16;
/** Facility 17: for local use. */
export const LOG_LOCAL1 = 17;
/** Facility 18: for local use. */
export const LOG_LOCAL2 = 18;
/** Facility 19: for local use. */
export const LOG_LOCAL3 = 19;
/** Facility 20: for local use. */
export const LOG_LOCAL4 = 20;
/** Facility 21: for local use. */
export const LOG_LOCAL5 = 21;
/** Facility 22: for local use. */
export const LOG_LOCAL6 = 22;
/** Facility 23: for local use. */
export const LOG_LOCAL7 = 23;

/** The highest PRI: facility 23, severity 7. */
export const MAX_PRI = 191;

/** Names of severities, which CPython calls priorities. */
export const priority_names: Readonly<Record<string, number>> = {
  "alert": LOG_ALERT,
  "crit": LOG_CRIT,
  "critical": LOG_CRIT,
  "debug": LOG_DEBUG,
  "emerg": LOG_EMERG,
  "err": LOG_ERR,
  "error": LOG_ERR,
  "info": LOG_INFO,
  "notice": LOG_NOTICE,
  "panic": LOG_EMERG,
  "warn": LOG_WARNING,
  "warning": LOG_WARNING,
};

/** Names of facilities. */
export const facility_names: Readonly<Record<string, number>> = {
  "auth": LOG_AUTH,
  "authpriv": LOG_AUTHPRIV,
  "console": LOG_CONSOLE,
  "cron": LOG_CRON,
  "daemon": LOG_DAEMON,
  "ftp": LOG_FTP,
  "kern": LOG_KERN,
  "lpr": LOG_LPR,
  "mail": LOG_MAIL,
  "news": LOG_NEWS,
  "ntp": LOG_NTP,
  "security": LOG_SECURITY,
  "solaris-cron": LOG_SOLCRON,
  "syslog": LOG_SYSLOG,
  "user": LOG_USER,
  "uucp": LOG_UUCP,
  "local0": LOG_LOCAL0,
  "local1": LOG_LOCAL1,
  "local2": LOG_LOCAL2,
  "local3": LOG_LOCAL3,
  "local4": LOG_LOCAL4,
  "local5": LOG_LOCAL5,
  "local6": LOG_LOCAL6,
  "local7": LOG_LOCAL7,
};

/** Names of severities by the name of a level; any other level is a `warning`. */
export const priority_map: Readonly<Record<string, string>> = {
  "DEBUG": "debug",
  "INFO": "info",
  "WARNING": "warning",
  "ERROR": "error",
  "CRITICAL": "critical",
};

const ENCODE = "encode a priority";

/**
 * Returns the code of a name in `codes`; a number is returned unchanged, in range or not, as in
 * CPython's `encodePriority`. Names are case-sensitive.
 *
 * @throws {TypeError} for an unknown name, for which CPython raises a KeyError
 */
export function codeByName(
  what: string,
  name: string,
  value: unknown,
  codes: Readonly<Record<string, number>>,
): number {
  if (typeof value === "number") return value;
  const code = typeof value === "string" ? codes[value] : undefined;
  // A member that the object inherits is never a number. `Object.hasOwn()` takes longer.
  if (typeof code === "number") return code;
  return refuse(what, name, `a number or one of ${Object.keys(codes).join(", ")}`, value);
}

/** Checks a facility, by its name or from 0 to 23, and returns its code. */
export function checkFacility(what: string, value: unknown): number {
  return checkInteger(what, "facility", codeByName(what, "facility", value, facility_names), 0, 23);
}

/**
 * Returns facility and severity in one number, like CPython's `SysLogHandler.encodePriority`: names
 * are looked up, numbers are used unchanged.
 *
 * @throws {TypeError} for a name that does not exist
 * @throws {RangeError} for a number that is no integer
 */
export function encodePriority(
  facility: number | string,
  priority: number | string,
  facilities: Readonly<Record<string, number>> = facility_names,
  priorities: Readonly<Record<string, number>> = priority_names,
): number {
  return codeIn("facility", facility, facilities) << 3 | codeIn("priority", priority, priorities);
}

function codeIn(name: string, value: unknown, codes: Readonly<Record<string, number>>): number {
  const code = codeByName(ENCODE, name, value, codes);
  return Number.isInteger(code) ? code : checkInteger(ENCODE, name, code);
}
