/**
 * A structured value of another logger as JSON text, for a message. Every value has a text: also
 * one that contains itself, bytes (base64), a bigint (its digits), an error, one whose getters
 * throw.
 *
 * Browser compatible.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";
import { cutText, ELLIPSIS, MAX_DEPTH, TextBudget } from "../text/text_budget.ts";
import { isError, UNREADABLE } from "./_unreadable.ts";

/**
 * Returns a value as JSON, on one line; what is too long, too deep or too much is `…`. Never throws.
 */
export function jsonText(value: unknown): string {
  // JSON has no text for undefined, a function and a symbol.
  const text = withFallback(
    () => JSON.stringify(value, plainValues(new TextBudget())) ?? String(value),
    UNREADABLE,
  );
  return cutText(text);
}

/** Returns the replacer of one `JSON.stringify()`, which remembers the objects it is within. */
function plainValues(
  budget: TextBudget,
): (this: unknown, key: string, value: unknown) => unknown {
  // What JSON.stringify() is within, the innermost last: each object, and what is written for it.
  const within: { value: object; written: object }[] = [];
  return function (this: unknown, _key: string, value: unknown): unknown {
    if (!budget.next()) return ELLIPSIS;
    if (typeof value === "string") return budget.cut(value);
    if (typeof value === "bigint") return budget.cut(String(value));
    if (typeof value !== "object" || value === null) return value;
    if (isError(value)) return budget.cut(withFallback(() => String(value), UNREADABLE));
    if (value instanceof Uint8Array) return base64(value.subarray(0, budget.left), budget);
    // `this` holds the value: what is deeper than that is finished.
    while (within.length > 0 && within.at(-1)?.written !== this) within.pop();
    if (within.some((outer) => outer.value === value)) return "[Circular]";
    if (within.length === MAX_DEPTH) return ELLIPSIS;
    const written = plain(value);
    within.push({ value, written });
    return written;
  };
}

function plain(value: object): object {
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}

function base64(bytes: Uint8Array, budget: TextBudget): string {
  return budget.cut(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
}
