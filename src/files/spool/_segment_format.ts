/**
 * The bytes of a segment: a header, and records behind it.
 *
 * | header, big-endian |                                                            |
 * | ------------------ | ---------------------------------------------------------- |
 * | 8 bytes            | `lwspool` and the version of the format: 1, or 2           |
 * | 4 bytes            | size of the header                                         |
 * | 16 bytes           | spool id, random: new for each process that opens a spool  |
 * | 8 bytes            | sequence number of the first record                        |
 * | the rest           | content type of the records, in UTF-8                      |
 * | 4 bytes            | XXH32 of all of these                                      |
 *
 * | record, big-endian |                                                            |
 * | ------------------ | ---------------------------------------------------------- |
 * | 4 bytes            | XXH32 of the rest of the record, seeded by the spool id    |
 * | 4 bytes            | number of bytes                                            |
 * | 8 bytes            | sequence number                                            |
 * | the bytes          | the record as it is sent                                   |
 *
 * Version 2 is a file that was a segment before and is used again. 16 zero bytes stand behind its last
 * record, unless that ends where the file ends, and remains of the earlier use behind these. A process
 * cuts off the remains when it ends the segment, so that only a process that was killed leaves some.
 *
 * The hash depends on the spool id, so that bytes that a record holds never pass for a record: whoever
 * logs them does not know the id.
 *
 * @module
 */
import { xxh32 } from "./_xxh32.ts";

/** The version of a new file, and of one that is used again. */
const NEW = 1;
const REUSED = 2;

/** The first bytes of each segment, without the version. */
const MAGIC = new TextEncoder().encode("lwspool");

/** Bytes of the header before the content type. */
const FIXED_BYTES = 36;

/** The most bytes of a header: a content type is a few words. */
export const MAX_HEADER_BYTES = 512;

/** Bytes of a record before its own. */
export const RECORD_OVERHEAD = 16;

/** Zero bytes behind the last record of a file that is used again. */
export const END_MARK_BYTES: number = RECORD_OVERHEAD;

/** The header of a segment. */
export interface SegmentHeader {
  /** The id of the process's use of the spool: 16 random bytes. */
  readonly spoolId: Uint8Array;
  /** The sequence number of the first record. */
  readonly first: number;
  /** The kind of records. */
  readonly contentType: string;
  /** Says whether the file was a segment before. */
  readonly isReused: boolean;
}

/** Writes a number up to 2^53 as 8 bytes. */
export function setUint53(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
}

/** Reads 8 bytes as a number; `NaN` where it is no safe integer. */
export function getUint53(view: DataView, at: number): number {
  const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  return Number.isSafeInteger(value) ? value : NaN;
}

/** A view of all bytes of an array. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The bytes of a header. */
export function encodeHeader(
  { spoolId, first, contentType, isReused }: SegmentHeader,
): Uint8Array {
  const type = new TextEncoder().encode(contentType);
  const size = FIXED_BYTES + type.length + 4;
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = isReused ? REUSED : NEW;
  view.setUint32(8, size);
  bytes.set(spoolId, 12);
  setUint53(view, 28, first);
  bytes.set(type, FIXED_BYTES);
  view.setUint32(size - 4, xxh32(view, 0, size - 4, 0));
  return bytes;
}

/**
 * Reads the header at the beginning of some bytes.
 *
 * @throws {Error} where there is none, or it is damaged or of another version
 */
export function decodeHeader(bytes: Uint8Array): SegmentHeader & { readonly size: number } {
  if (MAGIC.some((byte, at) => bytes[at] !== byte) || bytes.length < FIXED_BYTES + 4) {
    throw new Error("it does not begin as a segment of a spool");
  }
  const version = bytes[MAGIC.length];
  if (version !== NEW && version !== REUSED) {
    throw new Error(`its format has the version ${version}, not ${NEW} or ${REUSED}`);
  }
  const view = viewOf(bytes);
  const size = view.getUint32(8);
  const isSized = size >= FIXED_BYTES + 4 && size <= Math.min(bytes.length, MAX_HEADER_BYTES);
  if (!isSized || view.getUint32(size - 4) !== xxh32(view, 0, size - 4, 0)) {
    throw new Error("its header is damaged");
  }
  return {
    spoolId: bytes.slice(12, 28),
    first: getUint53(view, 28),
    contentType: new TextDecoder().decode(bytes.subarray(FIXED_BYTES, size - 4)),
    isReused: version === REUSED,
    size,
  };
}

/** The seed of the hashes of a process's records. */
export function seedOf(spoolId: Uint8Array): number {
  return xxh32(viewOf(spoolId), 0, spoolId.length, 0);
}

/** The hash of a record's bytes, its length and sequence number included. */
export function hashOfRecord(view: DataView, at: number, size: number, seed: number): number {
  return xxh32(view, at + 4, at + RECORD_OVERHEAD + size, seed);
}

/**
 * Says whether bytes are the zeros behind the last record of a file that is used again. One of the
 * sixteen may be damaged: a record begins with more bytes that are not zero. Where the file ends sooner,
 * zeros alone are taken for the mark, even if they began a record that was cut off.
 */
export function isEndMark(bytes: Uint8Array): boolean {
  const others = bytes.reduce((count, byte) => count + Number(byte !== 0), 0);
  return others === 0 || others === 1 && bytes.length === END_MARK_BYTES;
}

const SEGMENT_NAME = /^\d{16}\.seg$/;

/** The name of the segment that begins with a record: names sort as the numbers do. */
export function segmentName(first: number): string {
  return `${String(first).padStart(16, "0")}.seg`;
}

/** Says that a file is a segment, by its name. */
export function isSegment(name: string): boolean {
  return SEGMENT_NAME.test(name);
}

/** The sequence number in the name of a segment; `undefined` for another file. */
export function firstOf(name: string): number | undefined {
  return isSegment(name) ? parseInt(name) : undefined;
}
