/**
 * The contract that turns a record's fields into the payload of a frame, and back. A handler and
 * its receiver need the same {@linkcode Serializer}: `pickle` (the default of both, and that of
 * CPython), `json`, `jsonLines`, or `signed(...)` around one of these.
 *
 * @module
 */
import type { Framing } from "./framing.ts";

/** Turns the fields of a record into bytes, and such bytes into fields. */
export interface Serializer {
  /**
   * Returns the payload for a record's fields: its attributes as in CPython's `makePickle`, with
   * `msg` merged and `args` and `exc_info` null. Must not change them. May throw.
   */
  dumps(fields: Record<string, unknown>): Uint8Array;
  /** Returns the fields in a payload; throws an Error for a payload without fields. */
  loads(payload: Uint8Array): Record<string, unknown>;
  /** The framing of payloads in a stream. @default a 4-byte big-endian length before each */
  readonly framing?: Framing;
  /**
   * The kind of payload, in a word: a spool that holds records of one kind refuses others. Without it
   * the spool cannot tell.
   */
  readonly contentType?: string;
}
