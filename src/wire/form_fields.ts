/**
 * The fields of a record that CPython's `HTTPHandler` sends as a web form: `str()` of each attribute.
 * It reverses `form_urlencoded.ts` as far as the text allows: the attributes of every record get their
 * types, a field of `extra` stays the text that it is.
 *
 * Browser compatible.
 *
 * @module
 */
import { ownText } from "../text/own_text.ts";
import { pythonLiteral } from "../text/python_literal.ts";

const NUMBERS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...["levelno", "lineno", "created", "msecs", "relativeCreated", "thread", "process"],
]);

/** These are `None` if there is nothing. */
const OPTIONAL: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...["exc_info", "exc_text", "stack_info", "taskName", "thread", "threadName", "process"],
  "processName",
]);

/** More than any record has: a form may be of millions of bytes. */
const MAX_FIELDS = 10_000;

/**
 * Returns the fields of a record.
 *
 * @throws {TypeError} for a form without the attributes of a record, or with over 10,000 fields
 */
export function formFields(form: URLSearchParams): Record<string, unknown> {
  if (!form.has("msg") || !form.has("levelno")) {
    throw new TypeError("a form must have the attributes of a log record: msg, levelno and others");
  }
  if (form.size > MAX_FIELDS) {
    throw new TypeError(`a form may have ${MAX_FIELDS} fields at most`);
  }
  const fields: Record<string, unknown> = {};
  for (const [key, text] of form) {
    // Node's parameters are parts of the whole form.
    const value = OPTIONAL.has(key) && text === "None" ? null : typed(key, ownText(text));
    const property = { value, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(fields, key, property);
  }
  mergeMessage(fields);
  // The text of `exc_info` names the error; its traceback was not sent.
  if (fields.exc_info && !fields.exc_text) fields.exc_text = errorText(String(fields.exc_info));
  fields.exc_info = null;
  return fields;
}

function typed(key: string, text: string): unknown {
  if (!NUMBERS.has(key)) return text;
  const number = Number(text.replace(/L$/, ""));
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return BigInt(number);
  return text !== "" && Number.isFinite(number) ? number : text;
}

/** Reads `args`, which the message may need; arguments that cannot be read stand behind it. */
function mergeMessage(fields: Record<string, unknown>): void {
  const args = fields.args as string | undefined ?? "()";
  fields.args = null;
  // A formatter has merged it already, in the program that sent it.
  if (typeof fields.message === "string") {
    fields.msg = fields.message;
    return;
  }
  if (args === "()" || args === "None" || args === "") return;
  const literal = pythonLiteral(args);
  if (typeof literal?.value === "object") fields.args = literal.value;
  else fields.msg = `${fields.msg} (arguments: ${args.replace(/^\((.*?),?\)$/s, "$1")})`;
}

/** `(<class 'ValueError'>, ValueError('no luck'), <traceback object at 0x7f>)`: the middle. */
function errorText(text: string): string {
  return /^\(<(?:class|type) '[^']*'>, (.*), <traceback object at \w+>\)$/s.exec(text)?.[1] ?? text;
}
