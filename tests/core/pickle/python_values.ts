/** What tests/testdata/record_python_values.py records: values of Python, pickled and shown. */
import { readFileSync } from "node:fs";

/** A value, how Python shows it, and the pickles that it was read from. */
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

/** Bytes written as hexadecimal digits. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}
