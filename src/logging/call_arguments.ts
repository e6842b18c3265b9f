/**
 * The arguments of a logging call, split into those for the placeholders of the message and, behind
 * them, those that Python passes as keyword arguments.
 *
 * Browser compatible.
 *
 * @module
 */
import { isPlainObject } from "../text/is_mapping.ts";
import { objectArity } from "../text/object_arity.ts";
import { NOT_ALL_CONVERTED } from "../text/percent_format.ts";
import { pythonStr } from "../text/python_repr.ts";
import { reportError } from "./report_error.ts";

/**
 * Python's keyword arguments of a logging call: an object with no other keys, behind all arguments.
 */
export interface LogKeywords {
  /** The error that is logged; `true` for the message, if that is an error. */
  exc_info?: unknown;
  /** Further attributes of the record. */
  extra?: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown> | null;
  /** If true, the record carries the stack of this call. @default {false} */
  stack_info?: boolean;
  /** The function that the record names: 1 is the caller, 2 the caller's caller. @default {1} */
  stacklevel?: number;
}

/** The keywords of a call that has none. */
const NO_KEYWORDS: LogKeywords = Object.freeze({});

/** True once an object without a placeholder was reported: once a program, as no record is lost. */
let wasTold = false;

/**
 * Returns the arguments for the placeholders, and the keywords. Behind the arguments for the
 * placeholders, a trailing object of keywords (or an empty one) is the keywords, and a trailing
 * `Error` is `exc_info`.
 */
export function splitArguments(
  msg: unknown,
  args: readonly unknown[],
): [args: readonly unknown[], keywords: LogKeywords] {
  const last = args.at(-1);
  if (typeof last !== "object" || last === null) return [args, NO_KEYWORDS];
  const hasKeywords = isKeywords(last);
  if (!hasKeywords && !(last instanceof Error)) {
    if (!wasTold && args.length === 1 && isPlainObject(last)) tellOfNoPlace(msg, args);
    return [args, NO_KEYWORDS];
  }
  // The text of an error is no format.
  const used = msg instanceof Error ? 0 : objectArity(pythonStr(msg));
  let end = args.length;
  let keywords = NO_KEYWORDS;
  if (hasKeywords && end > used) {
    keywords = last;
    end--;
  }
  const error = args[end - 1];
  if (error instanceof Error && end > used) {
    end--;
    if (keywords.exc_info === undefined) keywords = { ...keywords, exc_info: error };
  }
  return [end === args.length ? args : args.slice(0, end), keywords];
}

/** Reports an object without a placeholder: Python takes it for a mapping, and reports nothing. */
function tellOfNoPlace(msg: unknown, args: readonly unknown[]): void {
  if (pythonStr(msg).includes("%")) return;
  wasTold = true;
  reportError({ msg, args }, new TypeError(NOT_ALL_CONVERTED));
}

function isKeywords(value: object): value is LogKeywords {
  if (!isPlainObject(value)) return false;
  for (const key in value) {
    if (key !== "exc_info" && key !== "extra" && key !== "stack_info" && key !== "stacklevel") {
      return false;
    }
  }
  return true;
}
