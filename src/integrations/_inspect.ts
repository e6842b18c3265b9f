/**
 * A value as text, as `util.inspect` of Node.js (lib/internal/util/inspect.js) prints it without
 * colours: `{ a: 1, list: [ 'x' ] }`. The text is the same on every runtime.
 *
 * Differs from Node: a promise is `Promise {}`, since its state cannot be read; a proxy is shown as
 * its target; frames of a stack that the stack of its cause repeats are printed; `%o` does not show
 * the hidden properties of typed arrays; no more than `MAX_VALUES` objects are shown. An object that throws when it is read is shown as `[unreadable]`.
 *
 * Browser compatible.
 *
 * @module
 */
import { cutText, MAX_DEPTH } from "../text/text_budget.ts";
import { BREAK_LENGTH, layOut, quote } from "./_inspect_layout.ts";
import { type Context, type Key, shapeOf } from "./_inspect_shape.ts";

/** The way in which a value is shown. */
export interface InspectOptions {
  /** Objects below this depth are shown as `[Object]`; 100 at most. @default {2} */
  depth?: number;
  /** If true, properties that are not enumerable are shown too. @default {false} */
  showHidden?: boolean;
}

/** The most objects in one text: an object may hold millions, a log line should not. */
const MAX_VALUES = 10_000;
/** The most characters of a string within an object, as in Node. */
const MAX_STRING = 10_000;

const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

/** Returns a value as text. Never throws. */
export function inspect(value: unknown, options: InspectOptions = {}): string {
  const { depth = 2, showHidden = false } = options;
  const context: Context = {
    ...{ depth: Math.min(depth, MAX_DEPTH), showHidden, show, seen: [], circular: new Map() },
    ...{ indent: 0, currentDepth: 0, left: MAX_VALUES },
  };
  return cutText(show(context, value, 0));
}

function show(context: Context, value: unknown, level: number): string {
  if (typeof value === "string") return showString(context, value);
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    return primitiveText(value);
  }
  if (context.left-- <= 0) return "…";
  const { indent, seen: { length } } = context;
  try {
    return showCustom(context, value, level) ?? showObject(context, value, level);
  } catch {
    context.indent = indent;
    context.seen.length = length;
    return "[unreadable]";
  }
}

/** Returns a value that is neither a string nor an object as text. */
export function primitiveText(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  return typeof value === "bigint" ? `${value}n` : String(value);
}

function showString({ indent, seen }: Context, value: string): string {
  const shown = value.slice(0, MAX_STRING);
  const left = value.length - shown.length;
  const rest = left > 0 ? `... ${left} more character${left > 1 ? "s" : ""}` : "";
  if (seen.length > 0 && shown.length > 16 && shown.length > BREAK_LENGTH - indent - 4) {
    return shown.split(/(?<=\n)/).map(quote).join(` +\n${" ".repeat(indent + 2)}`) + rest;
  }
  return quote(shown) + rest;
}

/** Returns the text that the object's own method makes, which Node defines; else undefined. */
function showCustom(context: Context, value: object, level: number): string | undefined {
  const custom: unknown = (value as Record<symbol, unknown>)[CUSTOM];
  if (typeof custom !== "function" || (custom as unknown) === inspect) return undefined;
  const { depth, showHidden } = context;
  const options = { depth: depth - level, showHidden, stylize: (text: string) => text };
  const made: unknown = custom.call(value, depth - level, options, inspect);
  if (made === value) return undefined;
  if (typeof made !== "string") return show(context, made, level);
  return made.replaceAll("\n", `\n${" ".repeat(context.indent)}`);
}

function showObject(context: Context, value: object, level: number): string {
  const { seen, circular, depth } = context;
  if (seen.includes(value)) {
    if (!circular.has(value)) circular.set(value, circular.size + 1);
    return `[Circular *${circular.get(value)}]`;
  }
  const shape = shapeOf(context, value);
  const { keys, isList = false } = shape;
  if (keys.length === 0 && shape.empty !== undefined) return shape.empty;
  if (level > depth) return shape.name;
  const inner = level + 1;
  seen.push(value);
  context.currentDepth = inner;
  const output = shape.items?.(inner) ?? [];
  const count = output.length;
  for (const key of keys) output.push(showProperty(context, value, key, inner));
  seen.pop();
  const number = circular.get(value);
  const reference = number === undefined ? "" : `<ref *${number}>`;
  return layOut({
    base: [reference, shape.base ?? ""].filter(Boolean).join(" "),
    braces: shape.braces,
    output,
    indent: context.indent,
    inner: context.currentDepth - inner,
    list: isList ? value as ArrayLike<unknown> : undefined,
    hasMore: isList && count > 100,
  });
}

function showProperty(context: Context, value: object, key: Key, level: number): string {
  const descriptor = Object.getOwnPropertyDescriptor(value, key) ??
    { value: (value as Record<Key, unknown>)[key], enumerable: true };
  let text: string;
  if (descriptor.value !== undefined) {
    context.indent += 2;
    text = show(context, descriptor.value, level);
    context.indent -= 2;
  } else if (descriptor.get !== undefined) {
    text = descriptor.set === undefined ? "[Getter]" : "[Getter/Setter]";
  } else {
    text = descriptor.set === undefined ? "undefined" : "[Setter]";
  }
  return `${keyText(key, descriptor.enumerable === true)}: ${text}`;
}

function keyText(key: Key, isEnumerable: boolean): string {
  if (typeof key === "symbol") return `[${String(key)}]`;
  if (key === "__proto__") return "['__proto__']";
  if (!isEnumerable) return `[${key}]`;
  return /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? key : quote(key);
}
