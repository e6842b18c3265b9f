/**
 * The names that the arguments in a file for `fileConfig()` may have, with their values: those of
 * Python's documentation. CPython evaluates arguments in the name space of `logging`.
 *
 * Browser compatible.
 *
 * @module
 */
import * as ports from "../logging/default_ports.ts";
import * as levels from "../logging/level.ts";
import * as codes from "../wire/syslog/syslog_codes.ts";
import type { Dictionary } from "./_dictionary_reader.ts";

/** Returns the constants; a function, so that a program without such a file has no table. */
export function argumentConstants(): Dictionary {
  const { NOTSET, DEBUG, INFO, WARNING, ERROR, CRITICAL } = levels;
  const syslog = Object.entries(codes).filter(([name]) => name.startsWith("LOG_"));
  return {
    ...{ NOTSET, DEBUG, INFO, WARNING, WARN: WARNING, ERROR, CRITICAL, FATAL: CRITICAL },
    ...prefixed("handlers.", Object.entries(ports)),
    ...prefixed("handlers.SysLogHandler.", syslog),
    "handlers.socket.SOCK_STREAM": "stream",
    "handlers.socket.SOCK_DGRAM": "datagram",
  };
}

function prefixed(prefix: string, entries: [string, unknown][]): Dictionary {
  return Object.fromEntries(entries.map(([name, value]) => [prefix + name, value]));
}
