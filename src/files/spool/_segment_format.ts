/**
 * The bytes of a segment: a header, and records behind it.
 *
 * | header, big-endian |                                                            |
 * | ------------------ | ---------------------------------------------------------- |
 * | 8 bytes            | `lwspool` and the version of the format, 1                 |
 * | 4 bytes            | size of the header                                         |
 * | 16 bytes           | spool id, random: new for each process that opens a spool  |
 * | 8 bytes            | sequence number of the first record                        |
 * | the rest           | content type of the records, in UTF-8                      |
 * | 4 bytes            | CRC-32 of all of these                                     |
 *
 * | record, big-endian |                                                            |
 * | ------------------ | ---------------------------------------------------------- |
 * | 4 bytes            | CRC-32 of the spool id and of the rest of the record       |
 * | 4 bytes            | number of bytes                                            |
 * | 8 bytes            | sequence number                                            |
 * | the bytes          | the record as it is sent                                   |
 *
 * The CRC covers the spool id, so that bytes that a record holds never pass for a record: whoever logs
 * them does not know the id.
 *
 * @module
 */
import { crc32 } from "./_crc32.ts";

/** The version of the format. */
const VERSION = 1;

/** The first bytes of each segment, without the version. */
const MAGIC = new TextEncoder().encode("lwspool");

/** Bytes of the header before the content type. */
const FIXED_BYTES = 36;

/** The most bytes of a header: a content type is a few words. */
export const MAX_HEADER_BYTES = 512;

/** Bytes of a record before its own. */
export const RECORD_OVERHEAD = 16;

/** The header of a segment. */
export interface SegmentHeader {
  /** The id of the process's use of the spool: 16 random bytes. */
  readonly spoolId: Uint8Array;
  /** The sequence number of the first record. */
  readonly first: number;
  /** The kind of records. */
  readonly contentType: string;
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
export function encodeHeader({ spoolId, first, contentType }: SegmentHeader): Uint8Array {
  const type = new TextEncoder().encode(contentType);
  const size = FIXED_BYTES + type.length + 4;
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = VERSION;
  view.setUint32(8, size);
  bytes.set(spoolId, 12);
  setUint53(view, 28, first);
  bytes.set(type, FIXED_BYTES);
  view.setUint32(size - 4, crc32(bytes.subarray(0, size - 4)));
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
  if (bytes[MAGIC.length] !== VERSION) {
    throw new Error(`its format has the version ${bytes[MAGIC.length]}, not ${VERSION}`);
  }
  const view = viewOf(bytes);
  const size = view.getUint32(8);
  const isSized = size >= FIXED_BYTES + 4 && size <= Math.min(bytes.length, MAX_HEADER_BYTES);
  if (!isSized || view.getUint32(size - 4) !== crc32(bytes.subarray(0, size - 4))) {
    throw new Error("its header is damaged");
  }
  return {
    spoolId: bytes.slice(12, 28),
    first: getUint53(view, 28),
    contentType: new TextDecoder().decode(bytes.subarray(FIXED_BYTES, size - 4)),
    size,
  };
}

/** The CRC of a record's bytes, its length and sequence number included. */
export function recordCrc(bytes: Uint8Array, at: number, size: number, seed: number): number {
  return crc32(bytes.subarray(at + 4, at + RECORD_OVERHEAD + size), seed);
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
