/**
 * The names that the arguments in a file for `fileConfig()` may have, with their values: those of
 * Python's documentation. CPython evaluates arguments in the name space of `logging`.
 *
 * Each name is imported by itself: the object of a whole module would stay in every bundle.
 *
 * Browser compatible.
 *
 * @module
 */
import {
  DEFAULT_HTTP_LOGGING_PORT,
  DEFAULT_SOAP_LOGGING_PORT,
  DEFAULT_TCP_LOGGING_PORT,
  DEFAULT_UDP_LOGGING_PORT,
  SYSLOG_TCP_PORT,
  SYSLOG_UDP_PORT,
} from "../logging/default_ports.ts";
import { CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING } from "../logging/level.ts";
import {
  LOG_ALERT,
  LOG_AUTH,
  LOG_AUTHPRIV,
  LOG_CONSOLE,
  LOG_CRIT,
  LOG_CRON,
  LOG_DAEMON,
  LOG_DEBUG,
  LOG_EMERG,
  LOG_ERR,
  LOG_FTP,
  LOG_INFO,
  LOG_KERN,
  LOG_LOCAL0,
  LOG_LOCAL1,
  LOG_LOCAL2,
  LOG_LOCAL3,
  LOG_LOCAL4,
  LOG_LOCAL5,
  LOG_LOCAL6,
  LOG_LOCAL7,
  LOG_LPR,
  LOG_MAIL,
  LOG_NEWS,
  LOG_NOTICE,
  LOG_NTP,
  LOG_SECURITY,
  LOG_SOLCRON,
  LOG_SYSLOG,
  LOG_USER,
  LOG_UUCP,
  LOG_WARNING,
} from "../wire/syslog/syslog_codes.ts";
import type { Dictionary } from "./_dictionary_reader.ts";

/** Returns the constants; a function, so that a program without such a file has no table. */
export function argumentConstants(): Dictionary {
  return {
    ...{ NOTSET, DEBUG, INFO, WARNING, WARN: WARNING, ERROR, CRITICAL, FATAL: CRITICAL },
    ...prefixed("handlers.", {
      ...{ DEFAULT_TCP_LOGGING_PORT, DEFAULT_UDP_LOGGING_PORT },
      ...{ DEFAULT_HTTP_LOGGING_PORT, DEFAULT_SOAP_LOGGING_PORT },
      ...{ SYSLOG_UDP_PORT, SYSLOG_TCP_PORT },
    }),
    ...prefixed("handlers.SysLogHandler.", {
      ...{ LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARNING },
      ...{ LOG_NOTICE, LOG_INFO, LOG_DEBUG, LOG_KERN, LOG_USER },
      ...{ LOG_MAIL, LOG_DAEMON, LOG_AUTH, LOG_SYSLOG, LOG_LPR },
      ...{ LOG_NEWS, LOG_UUCP, LOG_CRON, LOG_AUTHPRIV, LOG_FTP },
      ...{ LOG_NTP, LOG_SECURITY, LOG_CONSOLE, LOG_SOLCRON, LOG_LOCAL0 },
      ...{ LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4, LOG_LOCAL5 },
      ...{ LOG_LOCAL6, LOG_LOCAL7 },
    }),
    "handlers.socket.SOCK_STREAM": "stream",
    "handlers.socket.SOCK_DGRAM": "datagram",
  };
}

function prefixed(prefix: string, constants: Dictionary): Dictionary {
  const entries = Object.entries(constants).map(([name, value]) => [prefix + name, value]);
  return Object.fromEntries(entries);
}
