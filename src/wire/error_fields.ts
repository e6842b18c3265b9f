/**
 * The error of a record as type, message and stack, as intakes of logs take it.
 *
 * Browser compatible.
 *
 * @module
 */
import { exceptionText } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { pythonStr } from "../text/python_repr.ts";

/** An error. */
export interface ErrorFields {
  /** The name of its class, such as `"TypeError"`. */
  type?: string;
  /** Its message. */
  message?: string;
  /** Its stack, with its causes: the text that a formatter makes of it. */
  stack: string;
}

/**
 * Returns the error of a record, or `undefined` if it has none.
 *
 * @param error the record's `exc_info`
 * @param text the record's `exc_text`; if only that is known, as of a record from Python, type and
 * message are those of its last line
 */
export function errorFields(error: unknown, text: unknown): ErrorFields | undefined {
  const isKnown = Boolean(error);
  if (!isKnown && !text) return undefined;
  const stack = text ? pythonStr(text) : exceptionText(error);
  if (!isKnown) return { ...ofTraceback(stack), stack };
  if (!(error instanceof Error)) {
    return { message: withFallback(() => pythonStr(error), ""), stack };
  }
  const { type, message } = withFallback(
    () => ({ type: String(error.name), message: String(error.message) }),
    { type: "Error", message: "" },
  );
  return { type, message, stack };
}

/** The last line of Python's traceback, `module.Type: message` or `Type`. */
function ofTraceback(text: string): Omit<ErrorFields, "stack"> {
  if (!text.startsWith("Traceback ")) return {};
  const lastLine = text.slice(text.trimEnd().lastIndexOf("\n") + 1).trimEnd();
  const [, type, message] = /^([\w.]+)(?:: (.*))?$/.exec(lastLine) ?? [];
  return { ...type !== undefined && { type }, ...message !== undefined && { message } };
}
