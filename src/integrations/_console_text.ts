/**
 * The text that a call of the console prints: the Formatter and the Printer of the Console Standard
 * (https://console.spec.whatwg.org/#formatter), with the details of `util.format` of Node.js. The
 * text is the same on every runtime.
 *
 * Browser compatible.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";
import { inspect, primitiveText } from "./_inspect.ts";

/** The built-in classes whose `toString()` says less than their content does. */
const BUILT_IN = [
  ...["Object", "Array", "Error", "Date", "RegExp", "Function", "Number", "String", "Boolean"],
  ...["Symbol", "BigInt"],
];

/**
 * Returns the text of a call with these arguments. Of the error `apart`, which is logged as such
 * and not only as text, the first line is printed, without the stack. Never throws.
 */
export function consoleText(args: readonly unknown[], apart?: unknown): string {
  const [first, ...values] = args;
  if (typeof first !== "string") return args.map((value) => plain(value, apart)).join(" ");
  if (values.length === 0) return first;
  let used = 0;
  const text = first.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === "%%") return "%";
    if (used === values.length) return directive;
    const value = values[used++];
    return withFallback(() => converted(directive, value, apart), "[unreadable]");
  });
  return [text, ...values.slice(used).map((value) => plain(value, apart))].join(" ");
}

function plain(value: unknown, apart: unknown): string {
  if (typeof value === "string") return value;
  return isApart(value, apart) ? headline(value) : inspect(value);
}

function converted(directive: string, value: unknown, apart: unknown): string {
  switch (directive) {
    case "%c":
      return "";
    case "%s":
      return stringText(value, apart);
    case "%d":
      return numberText(value, Number);
    case "%i":
      return numberText(value, (value) => parseInt(value as string));
    case "%f":
      return typeof value === "symbol" ? "NaN" : primitiveText(parseFloat(value as string));
    case "%j":
      return jsonText(value);
    default: {
      if (isApart(value, apart)) return headline(value);
      return directive === "%O" ? inspect(value) : inspect(value, { depth: 4, showHidden: true });
    }
  }
}

function stringText(value: unknown, apart: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return primitiveText(value);
  if (isApart(value, apart)) return headline(value);
  return hasOwnText(value) ? String(value) : inspect(value, { depth: 0 });
}

function numberText(value: unknown, convert: (value: unknown) => number): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "symbol" ? "NaN" : primitiveText(convert(value));
}

function jsonText(value: unknown): string {
  try {
    return String(JSON.stringify(value));
  } catch (error) {
    return /circular|cyclic/i.test(String(error)) ? "[Circular]" : inspect(value);
  }
}

/** True if an object has a `toString()` that its program has written. */
function hasOwnText(value: object): boolean {
  if (typeof value.toString !== "function") return false;
  if (Object.hasOwn(value, "toString")) return true;
  let at: object | null = value;
  while (at !== null && !Object.hasOwn(at, "toString")) at = Object.getPrototypeOf(at);
  const constructor: unknown = at && Object.getOwnPropertyDescriptor(at, "constructor")?.value;
  return typeof constructor !== "function" || !BUILT_IN.includes(constructor.name);
}

function isApart(value: unknown, apart: unknown): boolean {
  return apart !== undefined && value === apart;
}

function headline(error: unknown): string {
  return withFallback(() => String(error), "[unreadable]");
}
