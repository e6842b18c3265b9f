/**
 * Makes the fields of a record of a syslog message.
 *
 * Browser compatible.
 *
 * @module
 */
import { foreignAttributes } from "../wire/foreign_attributes.ts";
import type { SyslogMessage } from "../wire/syslog/syslog_parser.ts";
import { CRITICAL, DEBUG, ERROR, INFO, WARNING } from "../logging/level.ts";

/** The level of each severity, from emergency (0) to debug (7). */
const LEVELS = [CRITICAL, CRITICAL, CRITICAL, ERROR, WARNING, INFO, INFO, DEBUG];

/** The logger of messages that do not name their program. */
const NAME = "syslog";

/** The longest name of a logger: longer than any APP-NAME, and shorter than receivers refuse. */
const MAX_NAME = 255;

/**
 * The fields of a record: those of every record, in their order, then those of syslog. `args` is
 * null, so that a `%` in the message is never a placeholder.
 *
 * @param arrival the time of a message that has none itself, in seconds since the epoch
 * @param start the zero of `relativeCreated`, in seconds since the epoch
 * @param sender the IP address that the message came from
 */
export function syslogFields(
  { message, timestamp, ...rest }: SyslogMessage,
  arrival: number,
  start: number,
  sender: string | null = null,
): Record<string, unknown> {
  const { facility, severity, hostname, app_name, procid, msgid, structured_data } = rest;
  const record = {
    name: (app_name ?? NAME).slice(0, MAX_NAME),
    msg: message,
    levelno: LEVELS[severity]!,
    created: timestamp ?? arrival,
  };
  return {
    ...foreignAttributes(record, start),
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

/** PROCID if it is a number, as it mostly is; else 0, as on records without a process. */
function processId(procid: string | null): number {
  return procid !== null && /^\d{1,10}$/.test(procid) ? Number(procid) : 0;
}
