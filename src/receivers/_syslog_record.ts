/**
 * A syslog message as the fields of a record.
 *
 * Browser compatible.
 *
 * @module
 */
import type { SyslogMessage } from "../wire/syslog/syslog_parser.ts";
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";
import { getLevelName } from "../logging/level_names.ts";
import { UNKNOWN_FILE, UNKNOWN_FUNCTION } from "../logging/log_record.ts";

/** The level of each severity, from emergency (0) to debug (7). */
const LEVELS = [CRITICAL, CRITICAL, CRITICAL, ERROR, WARNING, INFO, INFO, DEBUG];

/** The logger of messages that do not say which program they are from. */
const NAME = "syslog";

/** The longest name of a logger: more than APP-NAME may have, less than receivers refuse. */
const MAX_NAME = 255;

/**
 * The fields of a record: those that every record has, in their order, then what syslog adds.
 * `args` is null, so a `%` in the message is no more than that.
 *
 * @param arrival seconds since the epoch: the time of a message that does not say its own
 * @param start seconds since the epoch: what `relativeCreated` counts from
 * @param sender the IP address that the message came from
 */
export function syslogFields(
  { message, timestamp, ...rest }: SyslogMessage,
  arrival: number,
  start: number,
  sender: string | null = null,
): Record<string, unknown> {
  const { facility, severity, hostname, app_name, procid, msgid, structured_data } = rest;
  const levelno = LEVELS[severity]!;
  const created = timestamp ?? arrival;
  return {
    name: (app_name ?? NAME).slice(0, MAX_NAME),
    msg: message,
    args: null,
    levelname: getLevelName(levelno),
    levelno,
    pathname: UNKNOWN_FILE,
    filename: UNKNOWN_FILE,
    module: UNKNOWN_FILE,
    exc_info: null,
    exc_text: null,
    stack_info: null,
    lineno: 0,
    funcName: UNKNOWN_FUNCTION,
    created,
    msecs: milliseconds(created),
    relativeCreated: (created - start) * 1000,
    thread: 0,
    threadName: "MainThread",
    processName: "MainProcess",
    process: processId(procid),
    facility,
    severity,
    hostname,
    app_name,
    procid,
    msgid,
    structured_data,
    sender_address: sender,
  };
}

/** Whole milliseconds of a second; of the microsecond that is meant, whatever the float is. */
function milliseconds(created: number): number {
  const micros = Math.round((created - Math.floor(created)) * 1e6);
  return Math.min(Math.floor(micros / 1000), 999);
}

/** PROCID where it is a number, as it mostly is; else 0, as on records that know of none. */
function processId(procid: string | null): number {
  return procid !== null && /^\d{1,10}$/.test(procid) ? Number(procid) : 0;
}
