/**
 * Structured data as RFC 5424 section 6.3 writes it: `[id name="value" name="value"]`.
 *
 * Browser compatible.
 *
 * @module
 */
import { callSpecialMethod } from "../../text/special_method.ts";
import { pythonRepr } from "../../text/python_repr.ts";
import { TextBudget } from "../../text/text_budget.ts";
import { jsonText } from "../../text/json_text.ts";
import { refuse } from "../../logging/validate.ts";

const MAX_NAME = 32;

/** SD-NAME: printable ASCII without `=`, space, `]` and `"`. */
const NAME = /^[!#-<>-\\^-~]{1,32}$/;

/** A character that no name may have. */
const NO_NAME = /[^!#-<>-\\^-~]/gu;

/** A name without an `@`, or with a private enterprise number behind it. */
const ID = /^[^@]+(?:@\d+(?:\.\d+)*)?$/;

const ESCAPED = /["\\\]]/g;

/** Longer texts are faster by the regular expression. */
const SHORT_TEXT = 64;

/** So many names that were found to be allowed are kept; programs have fewer. */
const MAX_KNOWN_NAMES = 256;
const knownNames = /* @__PURE__ */ new Set<string>();

/**
 * Checks an SD-ID and returns it: a name and, unless IANA has registered it, `@` and the private
 * enterprise number of its owner, such as `app@32473`.
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
 * Returns one element, with a parameter for each own enumerable property of `params` that is not
 * undefined. Text is written unchanged, a value from Python as its `str()`, and any other value as
 * JSON. Text over the {@linkcode TextBudget} of one record, and a value that throws when it is
 * read, is `…`; a lone surrogate, which UTF-8 cannot hold, is U+FFFD.
 *
 * A name that RFC 5424 does not allow is changed: each character that it may not have becomes `_`,
 * an empty name becomes `_`, and 32 characters are kept. If another parameter has that name, it
 * ends with a number: `_2`, `_3`, and so on.
 */
export function structuredData(id: string, params: Readonly<Record<string, unknown>>): string {
  const budget = new TextBudget();
  let element = `[${id}`;
  let names: ParamNames | undefined;
  for (const key of Object.keys(params)) {
    const value = params[key];
    if (value === undefined) continue;
    const name = isAllowed(key) ? key : (names ??= new ParamNames(params)).allowed(key);
    element += ` ${name}="${paramText(value, budget)}"`;
  }
  return `${element}]`;
}

function isAllowed(name: string): boolean {
  if (knownNames.has(name)) return true;
  if (!NAME.test(name)) return false;
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.add(name);
  return true;
}

/** Finds names for parameters whose names are not allowed. */
class ParamNames {
  readonly #taken: Set<string>;
  /** The last number that was put behind a name. */
  readonly #numbers = new Map<string, number>();

  constructor(params: Readonly<Record<string, unknown>>) {
    this.#taken = new Set(Object.keys(params));
  }

  /** Returns an allowed name for this one, which no other parameter has. */
  allowed(key: string): string {
    const name = key.replace(NO_NAME, "_").slice(0, MAX_NAME) || "_";
    let unique = name;
    while (this.#taken.has(unique)) {
      const number = (this.#numbers.get(name) ?? 1) + 1;
      this.#numbers.set(name, number);
      const end = `_${number}`;
      unique = name.slice(0, MAX_NAME - end.length) + end;
    }
    this.#taken.add(unique);
    return unique;
  }
}

function paramText(value: unknown, budget: TextBudget): string {
  switch (typeof value) {
    case "string":
      return escaped(budget.cut(value));
    case "number":
    case "boolean":
      return String(value);
  }
  if (value === null) return "null";
  try {
    return escaped(objectText(value, budget));
  } catch {
    // A `toJSON()` or a getter of the value threw.
    return "…";
  }
}

function escaped(text: string): string {
  if (text.length <= SHORT_TEXT && isPlain(text)) return text;
  return text.toWellFormed().replace(ESCAPED, "\\$&");
}

/** Returns true for ASCII in which nothing is escaped. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A quote, a backslash, "]", or a character beyond ASCII.
    if (code === 0x22 || code === 0x5c || code === 0x5d || code > 0x7f) {
      return false;
    }
  }
  return true;
}

function objectText(value: unknown, budget: TextBudget): string {
  if (budget.left > 0) {
    const own = callSpecialMethod<string>(
      value,
      "__str__",
      (item: unknown) => pythonRepr(item, budget),
    );
    if (own !== undefined) return budget.cut(own);
  }
  const text = jsonText(value, budget);
  // A Date, an Error, bytes, …: JSON writes them as text.
  return text.startsWith('"') ? JSON.parse(text) : text;
}
