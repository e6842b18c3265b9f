/**
 * The kind of an object, for its text: the name before the brace, the braces, the values that are
 * no properties. After `formatRaw` of Node.js (lib/internal/util/inspect.js).
 *
 * Browser compatible.
 *
 * @module
 */
import { stackOf } from "../text/exception_text.ts";

/** The name of a property. */
export type Key = string | symbol;

/** The state of a text that is being made. */
export interface Context {
  readonly depth: number;
  readonly showHidden: boolean;
  /** Returns the text of a value within the present one. */
  readonly show: (context: Context, value: unknown, level: number) => string;
  /** The objects around the present value, outermost first. */
  readonly seen: object[];
  /** The number of each object that refers to itself. */
  readonly circular: Map<object, number>;
  /** The spaces before each line. */
  indent: number;
  /** The depth of the object that was shown last. */
  currentDepth: number;
  /** How many objects may still be shown. */
  left: number;
}

/** The parts of an object's text. */
export interface Shape {
  /** The text of an object that is too deep to be shown: `[Object]`. */
  name: string;
  /** The text before the brace: of a function, a date, an error. */
  base?: string;
  braces: [open: string, close: string];
  /** The properties that are shown. */
  keys: Key[];
  /** Returns the texts of the values that are no properties. */
  items?: (level: number) => string[];
  /** True if the items are the elements of a list, which may be set in columns. */
  isList?: boolean;
  /** The whole text if there are no keys (and no items). */
  empty?: string;
}

/** The most items of an array, a `Map` or a `Set`, as in Node. */
const MAX_ITEMS = 100;

/** Returns the parts of the text of an object. */
export function shapeOf(context: Context, value: object): Shape {
  const { show } = context;
  const constructor = constructorName(value);
  const tag = tagOf(context, value);
  const prefix = (kind: string, size = "") => prefixOf(constructor, tag, kind, size);
  const title = prefix("Object").slice(0, -1);
  const name = constructor === null ? title : `[${title}]`;

  const list = (open: string, length: number, items: (level: number) => string[]): Shape => {
    const keys = keysOf(context, value).filter((key) => !isIndex(key));
    const braces: [string, string] = [`${open}[`, "]"];
    return {
      ...{ name, braces, keys, items, isList: true },
      ...(length === 0 && { empty: `${open}[]` }),
    };
  };
  if (Array.isArray(value)) {
    const isPlain = constructor === "Array" && tag === "";
    const open = isPlain ? "" : prefix("Array", `(${value.length})`);
    return list(open, value.length, (level) => arrayItems(context, value, level));
  }
  if (isTypedArray(value)) {
    const { length } = value;
    return list(prefix(value[Symbol.toStringTag], `(${length})`), length, () => {
      const shown = Array.from(
        { length: Math.min(length, MAX_ITEMS) },
        (_, at) => show(context, value[at], 0),
      );
      return withMore(shown, length);
    });
  }

  const keys = keysOf(context, value);
  const shape = (open: string, rest: Partial<Shape> = {}): Shape => {
    return { name, keys, braces: [`${open}{`, "}"], empty: `${open}{}`, ...rest };
  };
  const based = (base: string, open = ""): Shape => shape(open, { base, empty: base });
  if (value instanceof Set || value instanceof Map) {
    const kind = value instanceof Set ? "Set" : "Map";
    const { size } = value;
    const open = prefix(kind, `(${size})`);
    const { empty: _, ...full } = shape(open);
    const items = (level: number) => collectionItems(context, value, level);
    return size === 0 ? shape(open) : { ...full, items };
  }
  if (typeof value === "function") return based(functionText(value, constructor, tag));
  if (value instanceof RegExp) {
    const open = prefix("RegExp");
    return based((open === "RegExp " ? "" : open) + RegExp.prototype.toString.call(value));
  }
  if (value instanceof Date) {
    const open = prefix("Date");
    const isValid = !Number.isNaN(value.getTime());
    const text = isValid ? Date.prototype.toISOString.call(value) : "Invalid Date";
    return based((open === "Date " ? "" : open) + text);
  }
  if (value instanceof Error) return errorShape(context, value, keys, name);
  const boxed = boxedText(context, value);
  if (boxed !== undefined) {
    const own = value instanceof String ? keys.filter((key) => !isIndex(key)) : keys;
    return { ...based(boxed), keys: own };
  }
  if (value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value);
    const hex = Array.from(bytes.subarray(0, 50), (byte) => byte.toString(16).padStart(2, "0"));
    const more = bytes.length - hex.length;
    const rest = more > 0 ? ` ... ${more} more byte${more > 1 ? "s" : ""}` : "";
    const { empty: _, ...full } = shape(prefix("ArrayBuffer"));
    const contents = `[Uint8Contents]: <${hex.join(" ")}${rest}>`;
    return { ...full, items: () => [contents, `byteLength: ${bytes.length}`] };
  }
  if (value instanceof WeakMap || value instanceof WeakSet) {
    const { empty: _, ...full } = shape(prefix(value instanceof WeakMap ? "WeakMap" : "WeakSet"));
    return { ...full, items: () => ["<items unknown>"] };
  }
  if (Object.prototype.toString.call(value) === "[object Arguments]" && tag === "") {
    return shape("[Arguments] ");
  }
  return shape(constructor === "Object" && tag === "" ? "" : prefix("Object"));
}

function keysOf({ showHidden }: Context, value: object): Key[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  const isEnumerable = (key: symbol) => Object.prototype.propertyIsEnumerable.call(value, key);
  return [...Object.keys(value), ...symbols.filter(isEnumerable)];
}

function isIndex(key: Key): boolean {
  return typeof key === "string" && /^(?:0|[1-9]\d{0,9})$/.test(key);
}

/** Returns the name of the class, or null for an object without a prototype. */
function constructorName(value: object): string | null {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof constructor === "function" && constructor.name !== "") {
      if (isInstance(value, constructor)) return String(constructor.name);
    }
  }
  return null;
}

function isInstance(value: object, constructor: unknown): boolean {
  try {
    return value instanceof (constructor as new () => unknown);
  } catch {
    return false;
  }
}

function tagOf({ showHidden }: Context, value: object): string {
  const tag: unknown = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  if (typeof tag !== "string" || tag === "") return "";
  // Shown as a property, and so not twice.
  const isShown = showHidden
    ? Object.hasOwn(value, Symbol.toStringTag)
    : Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag);
  return isShown ? "" : tag;
}

function prefixOf(constructor: string | null, tag: string, kind: string, size: string): string {
  if (constructor === null) {
    const end = tag !== "" && tag !== kind ? `[${tag}] ` : "";
    return `[${kind}${size}: null prototype] ${end}`;
  }
  const end = tag !== "" && tag !== constructor ? `[${tag}] ` : "";
  return `${constructor}${size} ${end}`;
}

type TypedArray = ArrayLike<unknown> & { readonly [Symbol.toStringTag]: string };

function isTypedArray(value: object): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function withMore(shown: string[], length: number): string[] {
  const more = length - MAX_ITEMS;
  if (more > 0) shown.push(`... ${more} more item${more > 1 ? "s" : ""}`);
  return shown;
}

function arrayItems(context: Context, value: readonly unknown[], level: number): string[] {
  const output: string[] = [];
  let at = 0;
  while (at < value.length && output.length < MAX_ITEMS) {
    const first = at;
    while (at < value.length && !Object.hasOwn(value, at)) at++;
    if (at > first) {
      const holes = at - first;
      output.push(`<${holes} empty item${holes > 1 ? "s" : ""}>`);
    } else {
      const descriptor = Object.getOwnPropertyDescriptor(value, at);
      context.indent += 2;
      const isGetter = descriptor !== undefined && descriptor.get !== undefined;
      output.push(isGetter ? "[Getter]" : context.show(context, value[at], level));
      context.indent -= 2;
      at++;
    }
  }
  const more = value.length - at;
  if (more > 0) output.push(`... ${more} more item${more > 1 ? "s" : ""}`);
  return output;
}

function collectionItems(
  context: Context,
  value: Set<unknown> | Map<unknown, unknown>,
  level: number,
): string[] {
  const output: string[] = [];
  context.indent += 2;
  for (const [key, item] of value.entries()) {
    if (output.length === MAX_ITEMS) break;
    const text = context.show(context, key, level);
    output.push(
      value instanceof Set ? text : `${text} => ${context.show(context, item, level)}`,
    );
  }
  context.indent -= 2;
  return withMore(output, value.size);
}

// deno-lint-ignore ban-types -- any function is shown
function functionText(value: Function, constructor: string | null, tag: string): string {
  const name = typeof value.name === "string" ? value.name : "";
  const source = Function.prototype.toString.call(value);
  if (source.startsWith("class") && source.endsWith("}")) {
    const parent: unknown = Object.getPrototypeOf(value);
    const parentName = (parent as { name?: unknown } | null)?.name;
    const own = constructor !== "Function" && constructor !== null ? ` [${constructor}]` : "";
    const end = constructor === null
      ? " extends null"
      : typeof parentName === "string" && parentName !== ""
      ? ` extends ${parentName}`
      : "";
    return `[class ${name === "" ? "(anonymous)" : name}${own}${
      tag !== "" && constructor !== tag ? ` [${tag}]` : ""
    }${end}]`;
  }
  const kind = /^\[object (\w*Function)\]$/.exec(Object.prototype.toString.call(value))?.[1] ??
    "Function";
  const bare = constructor === null ? " (null prototype)" : "";
  const base = `[${kind}${bare}${name === "" ? " (anonymous)" : `: ${name}`}]`;
  const other = constructor !== kind && constructor !== null ? ` ${constructor}` : "";
  return base + other + (tag !== "" && constructor !== tag ? ` [${tag}]` : "");
}

function errorShape(context: Context, error: Error, keys: Key[], name: string): Shape {
  let stack = stackOf(error) ?? Error.prototype.toString.call(error);
  const fields = error as unknown as Record<string, unknown>;
  const shown = keys.filter((key) => {
    if (key !== "name" && key !== "message" && key !== "stack") return true;
    return typeof fields[key] === "string" && !stack.includes(fields[key]);
  });
  for (const key of ["cause", "errors"]) {
    const isThere = key === "cause" ? key in error : Array.isArray(fields[key]);
    if (isThere && !shown.includes(key)) shown.push(key);
  }
  if (!/\n {4}at/.test(stack)) stack = `[${stack}]`;
  const base = stack.replaceAll("\n", `\n${" ".repeat(context.indent)}`);
  return { name, base, keys: shown, braces: ["{", "}"], empty: base };
}

function boxedText(context: Context, value: object): string | undefined {
  for (const kind of [Number, String, Boolean, BigInt, Symbol]) {
    if (value instanceof kind) {
      const valueOf = kind.prototype.valueOf as () => unknown;
      return `[${kind.name}: ${context.show(context, valueOf.call(value), 0)}]`;
    }
  }
  return undefined;
}
