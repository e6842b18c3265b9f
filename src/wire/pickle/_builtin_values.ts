/**
 * Python's `range`, `slice`, `int`, and its exceptions.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { complex } from "./_number_values.ts";
import {
  type AsCall,
  bareArguments,
  bigIntOf,
  integerValue,
  MAX_BITS,
  type PythonCall,
  type PythonValue,
  type Readers,
  type Repr,
} from "./_python_value.ts";

/** The most arguments of an exception: one with more is no message. */
const MAX_ARGUMENTS = 20;

/** How deep exceptions are searched. */
const MAX_NESTED = 100;

/** The modules of exceptions, in Python 2 and 3. */
export const OF_EXCEPTIONS: readonly string[] = ["builtins", "exceptions", "__builtin__"];

/** Exceptions whose text is more than their arguments; these stay inert. */
const OTHERS = /^(?:Unicode(?:De|En)codeError|UnicodeTranslateError|SyntaxError|.*Group)$/;

/**
 * The system's own errors in Python 3, by the number that Linux gives them, as `OSError()` makes
 * them.
 */
const OF_NUMBER: Readonly<Record<number, string>> = {
  1: "PermissionError",
  2: "FileNotFoundError",
  3: "ProcessLookupError",
  4: "InterruptedError",
  10: "ChildProcessError",
  11: "BlockingIOError",
  13: "PermissionError",
  17: "FileExistsError",
  20: "NotADirectoryError",
  21: "IsADirectoryError",
  32: "BrokenPipeError",
  103: "ConnectionAbortedError",
  104: "ConnectionResetError",
  110: "TimeoutError",
  111: "ConnectionRefusedError",
};

/** Names of `OSError` in Python 2, and the name itself. */
const OS_ERRORS: readonly string[] = ["OSError", "IOError", "EnvironmentError"];

/** Functions and classes of the module `builtins` that are no exceptions. */
export const BUILTINS: Readers = { range, xrange: range, slice, int, complex };

function range(call: PythonCall): PythonValue | undefined {
  const args = bareArguments(call);
  const isRange = args?.length === 3 && args.every((arg) => bigIntOf(arg, MAX_BITS) !== undefined);
  if (!isRange) return undefined;
  const shown = args[2] === 1 ? args.slice(0, 2) : args;
  return { repr: () => `range(${shown.join(", ")})` };
}

function slice(call: PythonCall): PythonValue | undefined {
  const args = bareArguments(call);
  return args?.length === 3
    ? { repr: (repr) => `slice(${args.map((arg) => repr(arg)).join(", ")})` }
    : undefined;
}

function int(call: PythonCall): PythonValue | undefined {
  const [value, ...rest] = bareArguments(call) ?? [];
  const isInteger = bigIntOf(value, MAX_BITS) !== undefined && rest.length === 0;
  return isInteger ? integerValue(value as number | bigint, String(value)) : undefined;
}

/** Reads one of Python's own exceptions. */
export function exception(call: PythonCall, asCall: AsCall): PythonValue | undefined {
  const { name, args } = call;
  if (args === null || args.length > MAX_ARGUMENTS || !isException(name)) return undefined;
  const [first, second, third] = args;
  const isOfSystem = args.length > 1 && args.length < 6 &&
    (OS_ERRORS.includes(name) || Object.values(OF_NUMBER).includes(name));
  // The name of a file is no argument of an error that exists. This one may have a number there.
  const file = name === "BlockingIOError" && typeof third === "number" ? null : third ?? null;
  const shown = isOfSystem && file !== null ? args.slice(0, 2) : args;
  const type = OS_ERRORS.includes(name)
    ? isOfSystem && typeof first === "number" && OF_NUMBER[first] || "OSError"
    : name;
  const str = (repr: Repr) => {
    if (isOfSystem) {
      const of = file === null ? "" : `: ${repr(file)}`;
      const [number, reason] = [first, second].map((part) =>
        typeof part === "string" ? part : repr(part)
      );
      return `[Errno ${number}] ${reason}${of}`;
    }
    if (args.length === 1) return name === "KeyError" ? repr(first) : textOf(first, repr, asCall);
    return args.length === 0 ? "" : `(${list(args, repr)})`;
  };
  return { str, repr: (repr) => `${type}(${list(shown, repr)})` };
}

/**
 * Returns `str()` of the argument of an exception; an exception in it is resolved in the same way.
 */
function textOf(value: unknown, repr: Repr, asCall: AsCall): string {
  let call = asCall(value);
  for (let depth = 0; depth < MAX_NESTED && isWrapper(call); depth++) {
    value = call.args[0];
    call = asCall(value);
  }
  if (typeof value === "string") return value;
  return (isWrapper(call) ? undefined : call?.__str__?.(repr)) ?? repr(value);
}

/** Returns true if the text of an exception is that of its argument. */
function isWrapper(call: PythonCall | undefined): call is PythonCall & { args: unknown[] } {
  return call?.args?.length === 1 && OF_EXCEPTIONS.includes(call.module) &&
    call.name !== "KeyError" && isException(call.name);
}

function list(args: unknown[], repr: Repr): string {
  return args.map((arg) => repr(arg)).join(", ");
}

/** Names of exceptions follow a rule, and no other class has such a name. */
function isException(name: string): boolean {
  return name.length < 50 && !OTHERS.test(name) &&
    /^(?:[A-Z]\w*(?:Error|Exception|Warning)|Warning|KeyboardInterrupt|SystemExit|StopIteration|StopAsyncIteration|GeneratorExit)$/
      .test(name);
}
