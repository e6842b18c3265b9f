/**
 * Kept records as the page gets them: short in lists, and whole.
 *
 * @module
 */
import { cutText } from "../text/text_budget.ts";
import { fieldTexts, type KeptRecord, parsedFields } from "./_kept_record.ts";

/** The most characters of a message in a list. */
const MAX_MESSAGE = 2000;

/** The most characters of a field in a list. */
const MAX_FIELD = 200;

/** The most fields of a record in a list. */
const MAX_FIELDS = 12;

/** A record in a list. */
export interface RecordEntry {
  readonly id: number;
  /** In milliseconds since the epoch. */
  readonly time: number;
  readonly level: string;
  readonly levelno: number;
  readonly logger: string;
  readonly host: string;
  readonly via: string;
  readonly message: string;
  /** True: the message is longer. */
  readonly cut?: true;
  /** The last line of the traceback. */
  readonly error?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** The number of fields that are left out. */
  readonly moreFields?: number;
}

/** Returns a record as it stands in a list. */
export function entryOf(kept: KeptRecord): RecordEntry {
  const { id, time, level, levelno, logger, host, via, message, error } = kept;
  const isCut = message.length > MAX_MESSAGE;
  const texts = kept.fields === "" ? [] : [...fieldTexts(kept)];
  const shown = texts.slice(0, MAX_FIELDS).map(([key, text]) =>
    [cutText(key, MAX_FIELD), cutText(text, MAX_FIELD)] as const
  );
  return {
    id,
    time,
    level,
    levelno,
    logger,
    host,
    via,
    message: isCut ? cutText(message, MAX_MESSAGE) : message,
    ...isCut && { cut: true },
    ...error !== "" && { error: cutText(lastLine(error), MAX_MESSAGE) },
    ...shown.length > 0 && { fields: Object.fromEntries(shown) },
    ...texts.length > shown.length && { moreFields: texts.length - shown.length },
  };
}

/** Returns a whole record as the page gets it. */
export function detailOf(kept: KeptRecord): Record<string, unknown> {
  const { error, stack, funcName, isCut, fields: _, ...rest } = kept;
  return {
    ...rest,
    isCut: undefined,
    function: funcName,
    fields: parsedFields(kept),
    ...error !== "" && { error },
    ...stack !== "" && { stack },
    ...isCut && { cut: true },
  };
}

/**
 * The last line of a traceback of Python says the error; that of JavaScript is a frame, and its first
 * line says it.
 */
function lastLine(traceback: string): string {
  const lines = traceback.trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  const isFrame = /^\s+at /.test(last);
  return (isFrame ? lines.find((line) => line.trim() !== "") ?? "" : last).trim();
}
