/**
 * The constants of CPython's `SysLogHandler`, which it has on the class and so on every instance.
 *
 * Browser compatible.
 *
 * @module
 */
import * as codes from "../wire/syslog/syslog_codes.ts";
import type { DeliveryOptions } from "../delivery/delivery_options.ts";
import { SocketDeliveryHandler } from "../delivery/socket_delivery_handler.ts";

/** A handler that has them: `SysLogHandler.LOG_USER`, `handler.LOG_USER`. */
export abstract class SysLogCodes extends SocketDeliveryHandler {
  /** Severity 0: the system is unusable. */
  static readonly LOG_EMERG: number = codes.LOG_EMERG;
  /** Severity 1: action must be taken immediately. */
  static readonly LOG_ALERT: number = codes.LOG_ALERT;
  /** Severity 2: critical conditions. */
  static readonly LOG_CRIT: number = codes.LOG_CRIT;
  /** Severity 3: error conditions. */
  static readonly LOG_ERR: number = codes.LOG_ERR;
  /** Severity 4: warning conditions. */
  static readonly LOG_WARNING: number = codes.LOG_WARNING;
  /** Severity 5: normal but significant. */
  static readonly LOG_NOTICE: number = codes.LOG_NOTICE;
  /** Severity 6: informational. */
  static readonly LOG_INFO: number = codes.LOG_INFO;
  /** Severity 7: messages for debugging. */
  static readonly LOG_DEBUG: number = codes.LOG_DEBUG;
  /** Facility 0: kernel messages. */
  static readonly LOG_KERN: number = codes.LOG_KERN;
  /** Facility 1: programs of users; the default. */
  static readonly LOG_USER: number = codes.LOG_USER;
  /** Facility 2: the mail system. */
  static readonly LOG_MAIL: number = codes.LOG_MAIL;
  /** Facility 3: system daemons. */
  static readonly LOG_DAEMON: number = codes.LOG_DAEMON;
  /** Facility 4: security and authorization. */
  static readonly LOG_AUTH: number = codes.LOG_AUTH;
  /** Facility 5: messages of the syslog daemon itself. */
  static readonly LOG_SYSLOG: number = codes.LOG_SYSLOG;
  /** Facility 6: the line printer subsystem. */
  static readonly LOG_LPR: number = codes.LOG_LPR;
  /** Facility 7: network news. */
  static readonly LOG_NEWS: number = codes.LOG_NEWS;
  /** Facility 8: UUCP. */
  static readonly LOG_UUCP: number = codes.LOG_UUCP;
  /** Facility 9: the clock daemon. */
  static readonly LOG_CRON: number = codes.LOG_CRON;
  /** Facility 10: security and authorization, private. */
  static readonly LOG_AUTHPRIV: number = codes.LOG_AUTHPRIV;
  /** Facility 11: the FTP daemon. */
  static readonly LOG_FTP: number = codes.LOG_FTP;
  /** Facility 12: NTP. */
  static readonly LOG_NTP: number = codes.LOG_NTP;
  /** Facility 13: log audit. */
  static readonly LOG_SECURITY: number = codes.LOG_SECURITY;
  /** Facility 14: log alert. */
  static readonly LOG_CONSOLE: number = codes.LOG_CONSOLE;
  /** Facility 15: the scheduling daemon of Solaris. */
  static readonly LOG_SOLCRON: number = codes.LOG_SOLCRON;
  /** Facility 16: for local use. */
  static readonly LOG_LOCAL0: number = codes.LOG_LOCAL0;
  /** Facility 17: for local use. */
  static readonly LOG_LOCAL1: number = codes.LOG_LOCAL1;
  /** Facility 18: for local use. */
  static readonly LOG_LOCAL2: number = codes.LOG_LOCAL2;
  /** Facility 19: for local use. */
  static readonly LOG_LOCAL3: number = codes.LOG_LOCAL3;
  /** Facility 20: for local use. */
  static readonly LOG_LOCAL4: number = codes.LOG_LOCAL4;
  /** Facility 21: for local use. */
  static readonly LOG_LOCAL5: number = codes.LOG_LOCAL5;
  /** Facility 22: for local use. */
  static readonly LOG_LOCAL6: number = codes.LOG_LOCAL6;
  /** Facility 23: for local use. */
  static readonly LOG_LOCAL7: number = codes.LOG_LOCAL7;

  /** Severity 0: the system is unusable. */
  declare readonly LOG_EMERG: number;
  /** Severity 1: action must be taken immediately. */
  declare readonly LOG_ALERT: number;
  /** Severity 2: critical conditions. */
  declare readonly LOG_CRIT: number;
  /** Severity 3: error conditions. */
  declare readonly LOG_ERR: number;
  /** Severity 4: warning conditions. */
  declare readonly LOG_WARNING: number;
  /** Severity 5: normal but significant. */
  declare readonly LOG_NOTICE: number;
  /** Severity 6: informational. */
  declare readonly LOG_INFO: number;
  /** Severity 7: messages for debugging. */
  declare readonly LOG_DEBUG: number;
  /** Facility 0: kernel messages. */
  declare readonly LOG_KERN: number;
  /** Facility 1: programs of users; the default. */
  declare readonly LOG_USER: number;
  /** Facility 2: the mail system. */
  declare readonly LOG_MAIL: number;
  /** Facility 3: system daemons. */
  declare readonly LOG_DAEMON: number;
  /** Facility 4: security and authorization. */
  declare readonly LOG_AUTH: number;
  /** Facility 5: messages of the syslog daemon itself. */
  declare readonly LOG_SYSLOG: number;
  /** Facility 6: the line printer subsystem. */
  declare readonly LOG_LPR: number;
  /** Facility 7: network news. */
  declare readonly LOG_NEWS: number;
  /** Facility 8: UUCP. */
  declare readonly LOG_UUCP: number;
  /** Facility 9: the clock daemon. */
  declare readonly LOG_CRON: number;
  /** Facility 10: security and authorization, private. */
  declare readonly LOG_AUTHPRIV: number;
  /** Facility 11: the FTP daemon. */
  declare readonly LOG_FTP: number;
  /** Facility 12: NTP. */
  declare readonly LOG_NTP: number;
  /** Facility 13: log audit. */
  declare readonly LOG_SECURITY: number;
  /** Facility 14: log alert. */
  declare readonly LOG_CONSOLE: number;
  /** Facility 15: the scheduling daemon of Solaris. */
  declare readonly LOG_SOLCRON: number;
  /** Facility 16: for local use. */
  declare readonly LOG_LOCAL0: number;
  /** Facility 17: for local use. */
  declare readonly LOG_LOCAL1: number;
  /** Facility 18: for local use. */
  declare readonly LOG_LOCAL2: number;
  /** Facility 19: for local use. */
  declare readonly LOG_LOCAL3: number;
  /** Facility 20: for local use. */
  declare readonly LOG_LOCAL4: number;
  /** Facility 21: for local use. */
  declare readonly LOG_LOCAL5: number;
  /** Facility 22: for local use. */
  declare readonly LOG_LOCAL6: number;
  /** Facility 23: for local use. */
  declare readonly LOG_LOCAL7: number;

  /** Names of priorities, which syslog calls severities. */
  static readonly priority_names: Readonly<Record<string, number>> = codes.priority_names;
  /** Names of facilities. */
  static readonly facility_names: Readonly<Record<string, number>> = codes.facility_names;
  /** Names of priorities, which syslog calls severities. */
  declare readonly priority_names: Readonly<Record<string, number>>;
  /** Names of facilities. */
  declare readonly facility_names: Readonly<Record<string, number>>;

  /**
   * Opens nothing; the parameters are those of {@linkcode DeliveryHandler}.
   *
   * @throws {TypeError | RangeError} when an option has a bad value
   */
  constructor(name: string, options: DeliveryOptions) {
    super(name, options);
    // Here and not as the module loads, where it would keep the class in every bundle.
    for (const [name, value] of Object.entries(SysLogCodes)) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true });
    }
  }
}
