/**
 * `send`: makes a record of each line of a text and sends it to a server. A line that is a JSON object
 * becomes a record with its fields.
 *
 * @module
 */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Handler } from "../logging/handler.ts";
import { getLevelName } from "../logging/level_names.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import type { DeliveryStats } from "../delivery/delivery_event.ts";
import { recordFields } from "../wire/json_record.ts";

/** Beyond so many bytes in the queue the input is not read on. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** The level and the logger of lines that do not name theirs. */
export interface LineDefaults {
  readonly level: number;
  readonly name: string;
}

/** Returns the record of a line. */
export function recordOf(line: string, { level, name }: LineDefaults): LogRecord {
  const defaults = { name, levelno: level, levelname: getLevelName(level) };
  const object = objectOf(line);
  if (object === undefined) return makeLogRecord({ ...defaults, msg: line, args: null });
  const { name: own, ...fields } = recordFields(object);
  const hasLevel = ["level", "levelname", "levelno", "severity"].some((key) => key in object);
  return makeLogRecord({
    ...fields,
    ...hasLevel ? {} : { levelno: level, levelname: getLevelName(level) },
    name: own === "root" && !("logger" in object) && !("name" in object) ? name : own,
  });
}

function objectOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Sends the lines of a text, closes the handler, and returns its account. */
export async function send(
  input: Readable,
  handler: Handler & { readonly stats: DeliveryStats },
  defaults: LineDefaults,
): Promise<DeliveryStats> {
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line === "") continue;
    handler.handle(recordOf(line, defaults));
    if (handler.stats.queuedBytes > MAX_QUEUED_BYTES) await handler.flush();
  }
  await handler.close();
  return handler.stats;
}
