/**
 * Messages and structured data as the formatters write them, in arrays of their own.
 *
 * @module
 */
import { StructuredData } from "../../../src/wire/syslog/structured_data.ts";
import type { MessageFields, MessageFormatter } from "../../../src/wire/syslog/syslog_message.ts";
import { assert } from "@std/assert";

/** Stands in front of what is written, and behind the room for it. */
const GUARD = 0xee;

/** The structured data with these parameters. */
export function dataOf(params: Readonly<Record<string, unknown>>): StructuredData {
  const data = new StructuredData();
  for (const [name, value] of Object.entries(params)) data.add(name, value);
  return data;
}

/** The element that these parameters make. */
export function structuredData(id: string, params: Readonly<Record<string, unknown>>): string {
  const data = dataOf(params);
  const bytes = written(data.mostBytes, (out, at) => data.write(out, at));
  return `[${id}${new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)}]`;
}

/** The fields of a message with its parameters as an object. */
export type Fields = Omit<MessageFields, "data"> & {
  readonly data?: Readonly<Record<string, unknown>> | null;
};

/** The bytes of a message. */
export function messageOf(
  formatter: MessageFormatter,
  pri: number,
  created: number,
  text: string,
  fields?: Fields,
): Uint8Array {
  const { data, ...others } = fields ?? {};
  const all = data ? { ...others, data: dataOf(data) } : fields as MessageFields | undefined;
  const most = formatter.prepare(pri, created, text, all);
  return written(most, (out, at) => formatter.write(out, at));
}

/** Returns the bytes that `write` writes: none before its place, and at most `most`. */
function written(most: number, write: (out: Uint8Array, at: number) => number): Uint8Array {
  const out = new Uint8Array(most + 2).fill(GUARD);
  const end = write(out, 1);
  assert(end <= most + 1, `${end - 1} of ${most} bytes`);
  assert(out[0] === GUARD && out[most + 1] === GUARD, "a byte beside the room was written");
  return out.slice(1, end);
}
