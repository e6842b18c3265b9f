/**
 * Structured data as RFC 5424 section 6.3 writes it: `[id name="value" name="value"]`.
 *
 * Browser compatible.
 *
 * @module
 */
import { ask } from "../logging/python_protocol.ts";
import { pythonRepr } from "../logging/python_repr.ts";
import { jsonText } from "./json.ts";
import { refuse } from "./options.ts";

/** SD-NAME: printable ASCII but for `=`, space, `]` and `"`. */
const NAME = /^[!#-<>-\\^-~]{1,32}$/;

/** What no name before an `@` needs; after it stands a private enterprise number. */
const ID = /^[^@]+(?:@\d+(?:\.\d+)*)?$/;

const ESCAPED = /["\\\]]/g;

/**
 * Checks an SD-ID and returns it: a name, and, unless it is one that IANA has registered, `@` and
 * the private enterprise number of who defines it, such as `app@32473`.
 *
 * @throws {TypeError} for any other value
 */
export function checkStructuredDataId(what: string, name: string, value: unknown): string {
  if (typeof value === "string" && NAME.test(value) && ID.test(value)) return value;
  const expected = 'an SD-ID such as "app@32473" of 1 to 32 printable ASCII characters ' +
    'without "=", space, "]" and quotes';
  return refuse(what, name, expected, value);
}

/**
 * One element, with a parameter for each own enumerable property of `params` that is not undefined.
 * Text stands as it is, a value from Python as its `str()`; any other value as `JSON` would write it.
 *
 * @throws {TypeError} for a property whose name RFC 5424 does not allow
 */
export function structuredData(id: string, params: Readonly<Record<string, unknown>>): string {
  let element = `[${id}`;
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (value === undefined) continue;
    if (!NAME.test(name)) {
      const expected = '1 to 32 printable ASCII characters without "=", space, "]" and quotes';
      refuse("write structured data", "name", expected, name);
    }
    element += ` ${name}="${paramText(value).replace(ESCAPED, "\\$&")}"`;
  }
  return `${element}]`;
}

function paramText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  const own = ask<string>(value, "__str__", pythonRepr);
  if (own !== undefined) return own;
  const text = jsonText(value);
  // A Date, an Error, bytes, …: JSON writes them as text.
  return text.startsWith('"') ? JSON.parse(text) : text;
}
