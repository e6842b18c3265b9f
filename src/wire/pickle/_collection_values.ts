/**
 * Python's `collections`: `OrderedDict`, `defaultdict`, `Counter`, `deque`. In JSON and in new
 * pickles each is the dict or list that it stands for.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import type { AsCall, PythonCall, PythonValue, Readers } from "./_python_value.ts";

/** Python 3 by the names of Python 2, which Python 3 writes below protocol 3 as well. */
const PYTHON_2: Readonly<Record<string, string>> = { long: "int", unicode: "str", xrange: "range" };

/** The classes of `collections`. */
export const COLLECTIONS: Readers = {
  OrderedDict: orderedDict,
  defaultdict,
  Counter: counter,
  deque,
};

function orderedDict({ args, entries }: PythonCall): PythonValue | undefined {
  // Python 2 gives the entries as an argument.
  const given = args?.[0] ?? [];
  if (args === null || args.length > 1 || !Array.isArray(given) || !given.every(isPair)) return;
  const json = new Map<unknown, unknown>([...given, ...(entries ?? [])]);
  return { repr: (repr) => json.size === 0 ? "OrderedDict()" : `OrderedDict(${repr(json)})`, json };
}

function defaultdict({ args, entries }: PythonCall, asCall: AsCall): PythonValue | undefined {
  if (args === null || args.length > 1) return undefined;
  const json = new Map(entries);
  const factory = asCall(args[0]);
  const isBuiltin = factory?.args === null && /^(?:__builtin__|builtins)$/.test(factory.module);
  return {
    repr: (repr) => {
      const shown = isBuiltin
        ? `<class '${PYTHON_2[factory!.name] ?? factory!.name}'>`
        : repr(args[0]);
      return `defaultdict(${shown}, ${repr(json)})`;
    },
    json,
  };
}

/** The counts, the highest first. */
function counter({ args, entries }: PythonCall): PythonValue | undefined {
  const counts = args?.[0];
  if (args === null || args.length > 1 || counts instanceof Uint8Array) return undefined;
  if (typeof counts !== "object" && counts !== undefined || Array.isArray(counts)) return undefined;
  const json = new Map([
    ...(counts instanceof Map ? counts : Object.entries(counts ?? {})),
    ...(entries ?? []),
  ]);
  const repr: PythonValue["repr"] = (repr) => {
    if (json.size === 0) return "Counter()";
    const sorted = [...json];
    if (sorted.every(([, count]) => typeof count === "number")) {
      sorted.sort(([, a], [, b]) => b as number - (a as number));
    }
    return `Counter(${repr(new Map(sorted))})`;
  };
  return { repr, json };
}

function deque({ args, items }: PythonCall): PythonValue | undefined {
  const [first = [], most = null] = args ?? [];
  const isKnown = args !== null && args.length <= 2 && Array.isArray(first) &&
    (most === null || Number.isInteger(most));
  if (!isKnown) return undefined;
  const json = [...first as unknown[], ...(items ?? [])];
  const rest = most === null ? "" : `, maxlen=${most}`;
  return { repr: (repr) => `deque(${repr(json)}${rest})`, json };
}

function isPair(pair: unknown): pair is [unknown, unknown] {
  return Array.isArray(pair) && pair.length === 2;
}
