/**
 * The lines of `--out` with `--out-format text`, written and read: time, level, logger and message.
 *
 * @module
 */
import { getLevelNamesMapping } from "../logging/level_names.ts";

/** The format of a line. */
export const TEXT_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s";

const LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) (\S+) (.*?): (.*)$/s;

/** Returns the fields of the record in a line; `undefined` for the lines of a traceback. */
export function recordOfLine(line: string): Record<string, unknown> | undefined {
  const [, day, time, ms, levelname = "", name, msg] = LINE.exec(line) ?? [];
  if (msg === undefined) return undefined;
  return {
    name,
    msg,
    args: null,
    levelname,
    levelno: getLevelNamesMapping().get(levelname) ?? 0,
    // The local time, as it was written.
    created: Date.parse(`${day}T${time}.${ms}`) / 1000,
    msecs: Number(ms),
  };
}
