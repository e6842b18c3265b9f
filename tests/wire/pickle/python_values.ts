/**
 * The records of tests/testdata/record_python_values.py: values of Python, pickled and formatted.
 */
import { readFileSync } from "node:fs";
import { Unpickler } from "../../../src/wire/pickle/unpickler.ts";
import { percentFormat } from "../../../src/text/percent_format.ts";
import { pythonRepr, pythonStr } from "../../../src/text/python_repr.ts";

/** A value, its texts in Python, and its pickles. */
export interface PythonCase {
  readonly value: string;
  readonly str: string;
  readonly repr: string;
  readonly d: string | null;
  readonly x: string | null;
  readonly f: string | null;
  readonly pickles: readonly string[];
}

/** The recorded cases. */
export function recordedValues(): PythonCase[] {
  const file = new URL("../../testdata/python_values.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

const unpickler = new Unpickler({ globals: "opaque", encoding: "utf-8-or-latin1" });

/** Loads a pickle as a receiver does. */
export function received(pickle: Uint8Array): unknown {
  return unpickler.load(pickle);
}

/** Returns the texts of a value in the form of a case; null for one that throws. */
export function shown(value: unknown): Pick<PythonCase, "str" | "repr" | "d" | "x" | "f"> {
  return {
    str: pythonStr(value),
    repr: pythonRepr(value),
    d: formatted("%d", value),
    x: formatted("%x", value),
    f: formatted("%f", value),
  };
}

function formatted(format: string, value: unknown): string | null {
  try {
    return percentFormat(format, [value]);
  } catch {
    return null;
  }
}
