/**
 * An error as the fields of a JSON line: `{ type, message, stack, cause, errors }`.
 *
 * Browser compatible.
 *
 * @module
 */
import { isError, stackOf } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { pythonStr } from "../text/python_repr.ts";

/** The most errors of one record: a chain or an aggregate may be endless, a log line should not. */
const MAX_ERRORS = 50;

/** The fields of one error; a field that is not known is absent. */
export interface ErrorFields {
  /** The name of its class. */
  type?: string;
  /** Its message. */
  message?: string;
  /** Its stack, or Python's traceback, as text. */
  stack?: string;
  /** The error that caused it; any other value that was given as the cause, as it is. */
  cause?: unknown;
  /** The errors of an `AggregateError`. */
  errors?: unknown[];
}

/** Returns the fields of a thrown value; `textOf` returns the text that is its stack. */
export function errorFields(
  error: unknown,
  textOf: (error: unknown) => string | undefined = stackOf,
): ErrorFields {
  const seen: unknown[] = [];
  const fieldsOf = (value: unknown): unknown => {
    if (seen.includes(value)) return "[Circular]";
    if (seen.length >= MAX_ERRORS) return `[more than ${MAX_ERRORS} errors]`;
    return isError(value) ? fieldsOfError(value) : value;
  };
  const fieldsOfError = (value: Error): ErrorFields => {
    seen.push(value);
    const fields: ErrorFields = { type: typeOf(value), message: messageOf(value) };
    const stack = withFallback(() => textOf(value), undefined);
    if (stack !== undefined) fields.stack = stack;
    const cause = withFallback(() => value.cause, undefined);
    if (cause !== undefined && cause !== null) fields.cause = fieldsOf(cause);
    const errors = withFallback(() => (value as { errors?: unknown }).errors, undefined);
    if (Array.isArray(errors)) fields.errors = errors.slice(0, MAX_ERRORS).map(fieldsOf);
    return fields;
  };
  if (isError(error)) return fieldsOfError(error);
  return { type: typeOf(error), message: withFallback(() => pythonStr(error), "") };
}

/** Returns the name that the error has; that of its class, if it has none of its own. */
function typeOf(error: unknown): string {
  return withFallback(() => {
    if (typeof error !== "object" || error === null) return typeof error;
    const { name, constructor } = error as { name?: unknown; constructor?: { name?: unknown } };
    const own = typeof name === "string" && name !== "" ? name : "Error";
    const type: unknown = error instanceof Error && own !== "Error" ? own : constructor?.name;
    return typeof type === "string" && type !== "" ? type : own;
  }, "Error");
}

function messageOf(error: Error): string {
  return withFallback(() => pythonStr(error.message), "");
}

/** The last line of a traceback of Python: `ValueError: boom`, `KeyError`. */
const PYTHON_ERROR = /^([\p{L}_][\p{L}\p{N}_.]*)(?:: ([^]*))?$/u;
/** The first line of a stack of JavaScript, before its first frame. */
const SCRIPT_ERROR = /^(?:Uncaught )?([A-Za-z_$][\w$.]*)(?:: ([^]*?))?\n[ \t]+at /;

const TRACEBACK = "Traceback (most recent call last):\n";

/**
 * Returns the fields of an error of which only the text is known: the record came from another
 * process. Type and message are found in a traceback of Python and in a stack of V8; the text is
 * the stack, whole.
 */
export function errorFieldsOfText(text: string): ErrorFields {
  const at = text.lastIndexOf(TRACEBACK);
  const isPython = at === 0 || text[at - 1] === "\n";
  const found = isPython
    ? PYTHON_ERROR.exec(withoutFrames(text.slice(at + TRACEBACK.length)))
    : SCRIPT_ERROR.exec(text);
  if (!found) return { stack: text };
  const [, type = "", message = ""] = found;
  return { type, message: message.trimEnd(), stack: text };
}

/** Returns what follows the frames of a traceback, which are indented: the error. */
function withoutFrames(traceback: string): string {
  const lines = traceback.split("\n");
  return lines.slice(lines.findIndex((line) => !line.startsWith("  "))).join("\n");
}
