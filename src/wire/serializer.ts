/**
 * How a record's fields become the payload of a frame, and back. A handler and a receiver take
 * the same {@linkcode Serializer}: `pickle` (the default of both: what CPython speaks), `json`,
 * `jsonLines`, or `signed(...)` around one of these.
 *
 * @module
 */
import type { Framing } from "./framing.ts";

/** Turns the fields of a record into bytes, and such bytes into fields. */
export interface Serializer {
  /**
   * The payload for a record's fields: its attributes after `makePickle`, that is with `msg`
   * merged and `args` and `exc_info` null. Does not change them. May throw.
   */
  dumps(fields: Record<string, unknown>): Uint8Array;
  /** The fields that a payload holds; throws an Error for a payload that holds none. */
  loads(payload: Uint8Array): Record<string, unknown>;
  /** How a payload is marked off in a stream. @default a 4-byte big-endian length before it */
  readonly framing?: Framing;
}
