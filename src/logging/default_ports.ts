/**
 * The ports of `logging.handlers`, on which a Python log server listens by default.
 *
 * Browser compatible.
 *
 * @module
 */

/** The port of `SocketHandler`. */
export const DEFAULT_TCP_LOGGING_PORT = 9020;
/** The port of `DatagramHandler`. */
export const DEFAULT_UDP_LOGGING_PORT = 9021;
/** The port of `HTTPHandler`. */
export const DEFAULT_HTTP_LOGGING_PORT = 9022;
/** The port that CPython keeps for SOAP. */
export const DEFAULT_SOAP_LOGGING_PORT = 9023;
/** The port of syslog over UDP. */
export const SYSLOG_UDP_PORT = 514;
/** The port of syslog over TCP. */
export const SYSLOG_TCP_PORT = 514;
