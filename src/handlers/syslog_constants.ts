/**
 * The constants of CPython's `SysLogHandler`, which it has on the class and so on every instance.
 *
 * Browser compatible.
 *
 * @module
 */

/** The constants as an instance has them: `handler.LOG_USER`. */
export interface SyslogConstants {
  /** Severity 0: the system is unusable. */
  readonly LOG_EMERG: number;
  /** Severity 1: action must be taken immediately. */
  readonly LOG_ALERT: number;
  /** Severity 2: critical conditions. */
  readonly LOG_CRIT: number;
  /** Severity 3: error conditions. */
  readonly LOG_ERR: number;
  /** Severity 4: warning conditions. */
  readonly LOG_WARNING: number;
  /** Severity 5: normal but significant. */
  readonly LOG_NOTICE: number;
  /** Severity 6: informational. */
  readonly LOG_INFO: number;
  /** Severity 7: messages for debugging. */
  readonly LOG_DEBUG: number;
  /** Facility 0: kernel messages. */
  readonly LOG_KERN: number;
  /** Facility 1: programs of users; the default. */
  readonly LOG_USER: number;
  /** Facility 2: the mail system. */
  readonly LOG_MAIL: number;
  /** Facility 3: system daemons. */
  readonly LOG_DAEMON: number;
  /** Facility 4: security and authorization. */
  readonly LOG_AUTH: number;
  /** Facility 5: messages of the syslog daemon itself. */
  readonly LOG_SYSLOG: number;
  /** Facility 6: the line printer subsystem. */
  readonly LOG_LPR: number;
  /** Facility 7: network news. */
  readonly LOG_NEWS: number;
  /** Facility 8: UUCP. */
  readonly LOG_UUCP: number;
  /** Facility 9: the clock daemon. */
  readonly LOG_CRON: number;
  /** Facility 10: security and authorization, private. */
  readonly LOG_AUTHPRIV: number;
  /** Facility 11: the FTP daemon. */
  readonly LOG_FTP: number;
  /** Facility 12: NTP. */
  readonly LOG_NTP: number;
  /** Facility 13: log audit. */
  readonly LOG_SECURITY: number;
  /** Facility 14: log alert. */
  readonly LOG_CONSOLE: number;
  /** Facility 15: the scheduling daemon of Solaris. */
  readonly LOG_SOLCRON: number;
  /** Facility 16: for local use. */
  readonly LOG_LOCAL0: number;
  /** Facility 17: for local use. */
  readonly LOG_LOCAL1: number;
  /** Facility 18: for local use. */
  readonly LOG_LOCAL2: number;
  /** Facility 19: for local use. */
  readonly LOG_LOCAL3: number;
  /** Facility 20: for local use. */
  readonly LOG_LOCAL4: number;
  /** Facility 21: for local use. */
  readonly LOG_LOCAL5: number;
  /** Facility 22: for local use. */
  readonly LOG_LOCAL6: number;
  /** Facility 23: for local use. */
  readonly LOG_LOCAL7: number;
  /** Names of priorities, which syslog calls severities. */
  readonly priority_names: Readonly<Record<string, number>>;
  /** Names of facilities. */
  readonly facility_names: Readonly<Record<string, number>>;
}

/**
 * Gives a handler the constants of its class. They are read from the class and not from the module of
 * the codes: that would keep the module in each bundle.
 */
export function defineConstants(handler: object, of: object): void {
  for (const [name, value] of Object.entries(of)) {
    if (/^LOG_|_names$/.test(name)) {
      Object.defineProperty(handler, name, { value, writable: true, configurable: true });
    }
  }
}
