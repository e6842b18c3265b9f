/**
 * The errors in pino's lines: what its serializers `err` and `errWithCause` make of an `Error`.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";

/** An error of a line, in the terms of a record. */
export interface PinoError {
  /** The stack with those of its causes and of the errors of an `AggregateError`. */
  readonly text: string;
  /** The properties that the text does not hold, such as `code`; `undefined` if there is none. */
  readonly rest: Record<string, unknown> | undefined;
}

/** The most errors in one text, as in the texts of errors that loggers of this package log. */
const MAX_ERRORS = 50;

/**
 * Returns the error that `value` describes; `undefined` if it describes none. A text is the whole
 * error, as a serializer of the program made it.
 */
export function pinoError(value: unknown): PinoError | undefined {
  if (typeof value === "string" && value !== "") return { text: value, rest: undefined };
  if (!isPlainObject(value) || !describesError(value)) return undefined;
  const lines: string[] = [];
  append(value, "", "", lines, { left: MAX_ERRORS });
  const text = lines.join("\n");
  const { stack: _stack, message, type, cause, aggregateErrors, ...rest } = value;
  // A serializer may have left out or changed one of them: the text must hold each.
  if (typeof message !== "string" || isMissing(message, value)) rest.message = message;
  if (type !== undefined && (typeof type !== "string" || !text.includes(type))) rest.type = type;
  if (cause !== undefined && !describesError(cause)) rest.cause = cause;
  if (aggregateErrors !== undefined && !Array.isArray(aggregateErrors)) {
    rest.aggregateErrors = aggregateErrors;
  }
  for (const key of Object.keys(rest)) if (rest[key] === undefined) delete rest[key];
  return { text, rest: Object.keys(rest).length > 0 ? rest : undefined };
}

function describesError(value: unknown): value is Record<string, unknown> {
  const { stack, message, type } = (value ?? {}) as Record<string, unknown>;
  return typeof stack === "string" || (typeof message === "string" && typeof type === "string");
}

/** True if the text does not hold the message. pino joins those of a chain of causes by `: `. */
function isMissing(message: string, { stack }: Record<string, unknown>): boolean {
  if (typeof stack !== "string" || stack.includes(message)) return false;
  return !message.split(": ").every((part) => stack.includes(part));
}

function append(
  error: unknown,
  label: string,
  indent: string,
  lines: string[],
  budget: { left: number },
): void {
  if (budget.left-- <= 0) return;
  if (!describesError(error)) {
    lines.push(indent + label + (typeof error === "string" ? error : JSON.stringify(error)));
    return;
  }
  const { stack, type, message, aggregateErrors, cause } = error;
  const text = typeof stack === "string" && stack !== "" ? stack : `${type}: ${message}`;
  for (const line of (label + text).split("\n")) lines.push(indent + line);
  for (const [index, inner] of Array.isArray(aggregateErrors) ? aggregateErrors.entries() : []) {
    append(inner, `[${index}] `, indent + "    ", lines, budget);
  }
  if (describesError(cause)) append(cause, "Caused by: ", indent, lines, budget);
}
