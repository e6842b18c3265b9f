/**
 * The forms of a logging call: its message, the arguments for the placeholders, and Python's keyword
 * arguments. Python passes the latter by name; here they, and what JavaScript programs pass, stand
 * before the message or behind the arguments:
 *
 * | call                            | message     | arguments  | keywords                             |
 * | ------------------------------- | ----------- | ---------- | ------------------------------------ |
 * | `"%s", 1`                       | `"%s"`      | `1`        |                                      |
 * | `"%s", 1, { extra, stacklevel}` | `"%s"`      | `1`        | these: all keys are Python's         |
 * | `"%s", 1, error`                | `"%s"`      | `1`        | `exc_info`                           |
 * | `"%s", 1, { user }`             | `"%s"`      | `1`        | `extra: { user }`                    |
 * | `"%s", 1, new Map(…)`           | `"%s"`      | `1`        | `extra`, if all keys are strings     |
 * | `"a", { user }, error, { extra }` | `"a"`     |            | all of them, in any order            |
 * | `"%s", { user }`                | `"%s"`      | `{ user }` | a placeholder shows it               |
 * | `"%s", error`                   | `"%s"`      | `error`    | none; `exc_info` in `exception()`    |
 * | `"%(user)s", { user }`          | `"%(user)s"`| `{ user }` | a placeholder names it               |
 * | `"a", new User()`, `"a", [1]`   | `"a"`       | that       | none: a mistake                      |
 * | `{ user }`                      | `""`        |            | `extra: { user }`                    |
 * | `{ user }, "%s", 1`             | `"%s"`      | `1`        | `extra: { user }`                    |
 * | `{ err }, "a"`, `"a", { err }`  | `"a"`       |            | `exc_info`; so for `error`           |
 * | `{ err }`                       | `err`       |            | `exc_info`                           |
 * | `error`                         | `error`     |            | `exc_info`                           |
 * | `error, "%s", 1`                | `"%s"`      | `1`        | `exc_info`                           |
 * | `new Message()`, `[1]`, a `Map` | that        |            | its `str()` is the text, as in Python|
 *
 * Browser compatible.
 *
 * @module
 */
import { withFallback } from "../text/fallback.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { objectArity } from "../text/object_arity.ts";
import { pythonStr } from "../text/python_repr.ts";
import type { Extra } from "./context_reader.ts";
import { type Fields, mergeFields, withoutField } from "./_fields.ts";

/**
 * Python's keyword arguments of a logging call: an object with no other keys, behind all arguments.
 */
export interface LogKeywords {
  /** The error that is logged; `true` for the message, if that is an error. */
  exc_info?: unknown;
  /** Further attributes of the record. */
  extra?: Extra | ReadonlyMap<string, unknown> | null;
  /** If true, the record carries the stack of this call. @default {false} */
  stack_info?: boolean;
  /** The function that the record names: 1 is the caller, 2 the caller's caller. @default {1} */
  stacklevel?: number;
}

/** The parts of a logging call. */
export type SplitCall = readonly [msg: unknown, args: readonly unknown[], keywords: LogKeywords];

/** The keywords of a call that has none. */
export const NO_KEYWORDS: LogKeywords = /* @__PURE__ */ Object.freeze({});

/** The names under which fields hold the error that is logged, if it is an `Error`. */
const ERROR_NAMES = ["err", "error", "exc_info"] as const;

/** Returns true if nothing in a call may be keywords: then its parts are as they were given. */
export function isPlainCall(msg: unknown, args: readonly unknown[]): boolean {
  return !isObject(msg) && !isObject(lastOf(args, 1));
}

/**
 * Returns the keywords of a call whose last argument alone holds keywords, fields or an error, as
 * nearly all do that hold any; its other parts are as they were given. Returns `undefined` for any
 * other call, which `splitCall()` splits.
 */
export function lastKeywords(msg: unknown, args: readonly unknown[]): LogKeywords | undefined {
  if (typeof msg !== "string" || isObject(lastOf(args, 2)) || objectsShown(msg) >= args.length) {
    return undefined;
  }
  const last = lastOf(args, 1);
  if (isKeywords(last)) return last;
  if (last instanceof Error) return { exc_info: last };
  return isFields(last) && errorName(last) === undefined ? { extra: last } : undefined;
}

/** Returns an argument, counted from the end. An index below 0 would be slow. */
function lastOf(args: readonly unknown[], count: number): unknown {
  return args.length < count ? undefined : args[args.length - count];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Returns the parts of a call, by the table at the top of this file. */
export function splitCall(msg: unknown, args: readonly unknown[]): SplitCall {
  let keywords: LogKeywords | undefined;
  let fields: Fields | undefined;
  let start = 0;
  const isObjectFirst = isPlainObject(msg) && !isMessage(msg);
  if (isObjectFirst) {
    if (isKeywords(msg)) keywords = msg;
    else fields = msg as Fields;
    const isText = typeof args[0] === "string" || args[0] instanceof Error;
    msg = isText ? args[start++] : "";
  }
  if (msg instanceof Error && typeof args[start] === "string") {
    fields = joined(fields, { err: msg });
    msg = args[start++];
  }

  const shown = start + objectsShown(msg);
  let end = args.length;
  let error: Error | undefined;
  let ownKeywords: LogKeywords | undefined;
  let ownFields: Fields | undefined;
  for (; end > shown; end--) {
    const last = args[end - 1];
    if (last instanceof Error) {
      if (error !== undefined) break;
      error = last;
    } else if (isKeywords(last)) {
      ownKeywords = joinedKeywords(last, ownKeywords);
    } else if (isFields(last)) {
      ownFields = joined(last, ownFields);
    } else {
      break;
    }
  }

  let all = joinedKeywords(keywords, ownKeywords) ?? NO_KEYWORDS;
  fields = joined(fields, ownFields);
  let exc_info = all.exc_info === undefined ? error : all.exc_info;
  if (fields !== undefined && exc_info === undefined) {
    const name = errorName(fields);
    if (name !== undefined) {
      exc_info = fieldOf(fields, name);
      fields = withoutField(fields, name);
      if (Object.keys(fields).length === 0) fields = undefined;
    }
  }
  if (isObjectFirst && msg === "" && exc_info instanceof Error) msg = exc_info;
  if (msg instanceof Error && exc_info === undefined) exc_info = msg;
  if (exc_info !== all.exc_info) {
    all = all === NO_KEYWORDS ? { exc_info } : { ...all, exc_info };
  }
  if (fields !== undefined) {
    const extra = joined(fields, all.extra ?? undefined) ?? null;
    all = all === NO_KEYWORDS ? { extra } : { ...all, extra };
  }
  return [msg, end - start === args.length ? args : args.slice(start, end), all];
}

/** Returns the number of arguments up to the last that a placeholder of the message may show. */
function objectsShown(msg: unknown): number {
  // The text of an error is no format.
  if (msg === "" || msg instanceof Error) return 0;
  return objectArity(typeof msg === "string" ? msg : withFallback(() => pythonStr(msg), ""));
}

/** Returns true for an object that was written as `{…}` and has a text of its own. */
function isMessage(value: object): boolean {
  return "toString" in value && value.toString !== Object.prototype.toString;
}

function isKeywords(value: unknown): value is LogKeywords {
  if (!isPlainObject(value)) return false;
  for (const key in value) {
    if (key !== "exc_info" && key !== "extra" && key !== "stack_info" && key !== "stacklevel") {
      return false;
    }
  }
  // A field may be named `extra`: then it is no object, as a rule.
  const { extra } = value;
  return typeof extra === "object" || extra === undefined;
}

function isFields(value: unknown): value is Fields {
  if (isPlainObject(value)) return !isMessage(value);
  if (!(value instanceof Map)) return false;
  for (const key of value.keys()) if (typeof key !== "string") return false;
  return true;
}

function errorName(fields: Fields): string | undefined {
  for (const name of ERROR_NAMES) if (fieldOf(fields, name) instanceof Error) return name;
  return undefined;
}

/** Returns the value of a field; `undefined` if there is none, or if it cannot be read. */
function fieldOf(fields: Fields, name: string): unknown {
  if (fields instanceof Map) return fields.get(name);
  if (!Object.hasOwn(fields, name)) return undefined;
  return withFallback(() => (fields as Extra)[name], undefined);
}

function joined(first: Fields | undefined, second: Fields | undefined): Fields | undefined {
  return first && second ? mergeFields(first, second) : first ?? second;
}

function joinedKeywords(
  first: LogKeywords | undefined,
  second: LogKeywords | undefined,
): LogKeywords | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const extra = joined(first.extra ?? undefined, second.extra ?? undefined);
  return { ...first, ...second, ...(extra ? { extra } : {}) };
}
