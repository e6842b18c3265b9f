/**
 * Reads structured data of RFC 5424 section 6.3. Differs: a `]` in a value need not be escaped, as
 * it can have no other meaning there; there may be several spaces; and a repeated SD-ID has the
 * parameters of both elements.
 *
 * Linear: no character is read more than a few times.
 *
 * @module
 */
import type { StructuredData } from "./_parsed_syslog.ts";

type Params = StructuredData[string];

const NILVALUE = "-";
const BACKSLASH = 0x5c;

const ELEMENT = /\[([!#-<>-\\^-~]{1,32})/y;
const PARAM = / +([!#-<>-\\^-~]{1,32})="/y;

const END = / *\]/y;

/** A backslash before anything else stands for itself. */
const ESCAPE = /\\(["\\\]])/g;

/**
 * Reads the structured data that begins at `at`, null for `-`, and returns it with its end;
 * `undefined` for other text.
 */
export function parseStructuredData(
  text: string,
  at: number,
): { found: StructuredData | null; end: number } | undefined {
  if (text.startsWith(NILVALUE, at)) return { found: null, end: at + 1 };
  const found: StructuredData = {};
  do {
    ELEMENT.lastIndex = at;
    const element = ELEMENT.exec(text);
    if (element === null) return undefined;
    const id = element[1]!;
    const params = own(found, id) ?? set<Params>(found, id, {});
    const end = parseParams(text, ELEMENT.lastIndex, params);
    if (end < 0) return undefined;
    at = end;
  } while (text.startsWith("[", at));
  return { found, end: at };
}

/** Reads an element and returns its end; -1 for other text. */
function parseParams(text: string, at: number, params: Params): number {
  for (;;) {
    PARAM.lastIndex = at;
    const param = PARAM.exec(text);
    if (param === null) {
      END.lastIndex = at;
      return END.test(text) ? END.lastIndex : -1;
    }
    const start = PARAM.lastIndex;
    const end = endOfValue(text, start);
    if (end < 0) return -1;
    addValue(params, param[1]!, text.slice(start, end).replace(ESCAPE, "$1"));
    at = end + 1;
  }
}

/** Returns the position of the next quote that is not escaped; -1 if there is none. */
function endOfValue(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end >= 0 && isEscaped(text, start, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** Returns true if an odd number of backslashes precedes `at`. */
function isEscaped(text: string, start: number, at: number): boolean {
  let first = at;
  while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

function addValue(params: Params, name: string, value: string): void {
  const known = own(params, name);
  if (known === undefined) set<string | string[]>(params, name, value);
  else if (typeof known === "string") set<string | string[]>(params, name, [known, value]);
  else known.push(value);
}

function own<Value>(object: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** `__proto__` is a name like any other. */
function set<Value>(object: Record<string, Value>, key: string, value: Value): Value {
  const rest = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(object, key, { value, ...rest });
  return value;
}
