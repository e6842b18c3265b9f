/**
 * The text that a call of the console prints: that of the runtime's `util.format()`. Where there is
 * none, or where it throws, it is that of the Formatter of the Console Standard
 * (https://console.spec.whatwg.org/#formatter), with objects as JSON.
 *
 * Browser compatible.
 *
 * @module
 */
import { exceptionText, isError } from "../text/exception_text.ts";
import { withFallback } from "../text/fallback.ts";
import { cutText, MAX_DEPTH } from "../text/text_budget.ts";
import { inspectAsJson } from "./_value_inspector.ts";
import { nodeUtil } from "./_node_util.ts";
import { UNREADABLE } from "./_unreadable.ts";

/**
 * Returns the text of a call with these arguments. Of the error `apart`, which the record carries
 * with its stack, the first line is printed. A text that is too long ends with `…`. Never throws.
 */
export function consoleText(args: readonly unknown[], apart?: Error): string {
  const [first] = args;
  // Alone it is no template, and is logged in full, as a text without arguments is by a logger.
  if (args.length === 1 && typeof first === "string") return first;
  const printed = apart === undefined ? args : withHeadline(args, apart);
  const text = withFallback(() => nodeUtil()?.format(...printed), undefined);
  return cutText(text ?? standardText(printed));
}

/**
 * Returns the text of `console.dir(value, options)`; the options are Node's, without colours and
 * with a depth of 100 at most. Never throws.
 */
export function dirText(value: unknown, options: unknown): string {
  const text = () => {
    const { depth = 2, ...others } = (options ?? {}) as { depth?: number | null };
    const limits = { depth: Math.min(depth ?? MAX_DEPTH, MAX_DEPTH), colors: false };
    return nodeUtil()?.inspect(value, { ...others, ...limits });
  };
  return cutText(withFallback(text, undefined) ?? valueText(value));
}

/** The first line of an error. An object, since a text could be taken for a template. */
class Headline {
  readonly #text: string;

  constructor(error: Error) {
    this.#text = withFallback(() => String(error), UNREADABLE);
  }

  /** Returns true for a headline, and false for a proxy that is revoked, where `instanceof` throws. */
  static isOne(value: object): boolean {
    return #text in value;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#text;
  }
}

function withHeadline(args: readonly unknown[], error: Error): unknown[] {
  const headline = new Headline(error);
  return args.map((value) => value === error ? headline : value);
}

/** The standard's Formatter, and behind it the arguments that it has not used. */
function standardText(args: readonly unknown[]): string {
  const [first, ...values] = args;
  if (typeof first !== "string") return args.map(valueText).join(" ");
  let used = 0;
  const text = values.length === 0 ? first : first.replace(/%[sdifoOc%]/g, (specifier) => {
    if (specifier === "%%") return "%";
    return used === values.length ? specifier : converted(specifier, values[used++]);
  });
  return [text, ...values.slice(used).map(valueText)].join(" ");
}

function converted(specifier: string, value: unknown): string {
  switch (specifier) {
    case "%c":
      return "";
    case "%d":
    case "%i":
      return numberText(value, parseInt);
    case "%f":
      return numberText(value, parseFloat);
    default:
      return specifier === "%s" ? stringText(value) : valueText(value);
  }
}

function numberText(value: unknown, parse: (text: string) => number): string {
  // A symbol has no number, and an object may have none that can be read.
  return withFallback(() => String(parse(value as string)), "NaN");
}

/** Returns an object as its own `toString()` writes it, or else as any other value. */
function stringText(value: unknown): string {
  const text = withFallback(() => String(value), UNREADABLE);
  return text.startsWith("[object ") ? valueText(value) : text;
}

function valueText(value: unknown): string {
  if (isError(value)) return exceptionText(value);
  const hasContent = typeof value === "object" && value !== null && !Headline.isOne(value);
  return hasContent ? inspectAsJson(value) : withFallback(() => String(value), UNREADABLE);
}
