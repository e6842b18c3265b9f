/**
 * The messages of the Forward protocol, version 1, in which a sender sends entries: a chunk of them in
 * one message (`PackedForward` and, with gzip, `CompressedPackedForward`), or one entry alone
 * (`Message`).
 *
 * Browser compatible.
 *
 * @module
 */
import { concat } from "@std/bytes";
import type { StreamFraming } from "../framing.ts";
import { encodeValue } from "./_msgpack.ts";

/** The most bytes of the head of a value of bytes. */
const MAX_BIN_HEAD = 5;

/** An array of three. */
const ARRAY_3 = 0x93;

/** A chunk of entries. */
export interface ForwardChunk {
  readonly tag: string;
  /** The entries, one after the other, compressed or not. */
  readonly entries: Uint8Array;
  /** The number of entries. */
  readonly size: number;
  /** The id that the server acknowledges. */
  readonly chunk: string;
  /** Says whether the entries are compressed. */
  readonly isGzip: boolean;
}

/** Returns the message of a chunk: `[tag, bin, option]`. */
export function packedForward(
  { tag, entries, size, chunk, isGzip }: ForwardChunk,
): Uint8Array<ArrayBuffer> {
  const option = isGzip ? { size, chunk, compressed: "gzip" } : { size, chunk };
  return concat([
    Uint8Array.of(ARRAY_3),
    encodeValue(tag),
    binHead(entries.length),
    entries,
    encodeValue(option),
  ]);
}

function binHead(length: number): Uint8Array {
  const head = new Uint8Array(MAX_BIN_HEAD);
  const view = new DataView(head.buffer);
  head[0] = 0xc6;
  view.setUint32(1, length);
  return head;
}

/** Frames each entry as a message of its own, `[tag, time, map]`: no answer follows it. */
export function messageMode(tag: string): Pick<StreamFraming, "mostBytes" | "write"> {
  const head = concat([Uint8Array.of(ARRAY_3), encodeValue(tag)]);
  return {
    mostBytes: (length) => head.length + length,
    write(entry, out, at) {
      out.set(head, at);
      // Without the head of the entry, an array of two.
      out.set(entry.subarray(1), at + head.length);
      return at + head.length + entry.length - 1;
    },
  };
}
