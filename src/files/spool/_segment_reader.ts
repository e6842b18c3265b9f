/**
 * Reads the records of a segment one after the other, in pieces. It skips damaged bytes: the next whole
 * record behind them is found by its sequence number and its hash.
 *
 * @module
 */
import {
  decodeHeader,
  END_MARK_BYTES,
  getUint53,
  hashOfRecord,
  isEndMark,
  MAX_HEADER_BYTES,
  RECORD_OVERHEAD,
  seedOf,
  type SegmentHeader,
  viewOf,
} from "./_segment_format.ts";
import { readAll, readStart, type SpoolCalls } from "./_spool_calls.ts";

/** The bytes that one call reads. */
const PIECE_BYTES = 128 * 1024;

/**
 * The search for a whole record computes hashes over so many times the rest of the segment at most:
 * records may hold bytes that look like the beginnings of other ones.
 */
const SEARCH_FACTOR = 16;

/** The most bytes of one search: more than a segment has, unless one record is larger. */
const MAX_SEARCH_BYTES = 64 * 1024 * 1024;

/** The part of a segment that is read. */
export interface SegmentRange {
  /** The path of the file. */
  readonly path: string;
  /** The sequence number in its name. */
  readonly first: number;
  /** The sequence number behind its last record; `Infinity` where that is not known. */
  readonly limit: number;
  /** How many bytes of it hold records, the header included; `Infinity` for the whole file. */
  readonly bytes: number;
}

/** Reads one segment. */
export class SegmentReader {
  /** The header of the segment. */
  readonly header: SegmentHeader;
  /** The sequence number of the record that was read last. */
  sequence: number;
  /** Where its bytes stand in {@linkcode buffer}, until the next record is read. */
  start = 0;
  /** Where they end. */
  end = 0;
  /** Some bytes of the segment. */
  buffer: Uint8Array;
  /** True if the segment ends with bytes that are no whole record. */
  endsTorn = false;
  /** How many bytes of the file were found to be damaged, and were skipped. */
  skippedBytes = 0;
  readonly #calls: SpoolCalls;
  readonly #fd: number;
  #limit: number;
  readonly #seed: number;
  #view: DataView;
  /** Where the segment ends. */
  #size: number;
  /** The place of the first byte of the buffer in the file. */
  #origin = 0;
  /** The place in the buffer of the next record, and the end of what was read. */
  #at: number;
  #filled = 0;

  /**
   * Opens the segment, to read behind a record that stands before the place `from`, if one is given.
   *
   * @throws {Error} where the file cannot be read, or its header is damaged or of another file
   */
  constructor(
    calls: SpoolCalls,
    { path, first, limit, bytes }: SegmentRange,
    from: { readonly place: number; readonly sequence: number } | undefined = undefined,
  ) {
    const start = readStart(calls, path, MAX_HEADER_BYTES);
    if (start === undefined) throw new Error("it is missing");
    const header = decodeHeader(start);
    if (header.first !== first) throw new Error("its name and its header differ");
    this.header = header;
    this.#calls = calls;
    this.#fd = calls.openSync(path, "r");
    this.#limit = limit;
    this.#seed = seedOf(header.spoolId);
    this.#size = Math.min(calls.fstatSync(this.#fd).size, bytes);
    this.buffer = new Uint8Array(Math.min(PIECE_BYTES, Math.max(this.#size, RECORD_OVERHEAD)));
    this.#view = viewOf(this.buffer);
    const isKnown = from !== undefined && from.place <= this.#size &&
      from.place >= header.size && from.sequence >= first;
    this.#origin = isKnown ? from.place : header.size;
    this.sequence = (isKnown ? from.sequence : first) - 1;
    this.#at = 0;
  }

  /** The place in the file behind the record that was read last. */
  get place(): number {
    return this.#origin + this.#at;
  }

  /** Bytes of the file from the next record on. */
  get #left(): number {
    return this.#size - this.place;
  }

  /** Records were appended to the segment since it was opened. */
  extend(bytes: number, limit: number): void {
    this.#size = bytes;
    this.#limit = limit;
  }

  /** Closes the file. */
  close(): void {
    this.#calls.closeSync(this.#fd);
  }

  /** Reads the next whole record; false at the end. The numbers of those that are damaged are missing. */
  next(): boolean {
    while (this.#left > 0) {
      if (this.#read()) return true;
      if (this.header.isReused && this.#isBeforeRemains()) return false;
      if (!this.#search()) {
        this.endsTorn = true;
        this.skippedBytes += Math.max(this.#left, 0);
        this.#at += Math.max(this.#left, 0);
        return false;
      }
    }
    return false;
  }

  /** Reads the record at the place, if a whole one stands there. */
  #read(): boolean {
    if (!this.#fill(RECORD_OVERHEAD)) return false;
    const size = this.#view.getUint32(this.#at + 4);
    if (!this.#fill(RECORD_OVERHEAD + size) || !this.#isRecord(this.#at, size)) return false;
    this.sequence = getUint53(this.#view, this.#at + 8);
    this.start = this.#at + RECORD_OVERHEAD;
    this.end = this.#at = this.start + size;
    return true;
  }

  /**
   * Says whether what follows is of an earlier use of the file. Where the number of the last record is
   * known, a mark before that is damage.
   */
  #isBeforeRemains(): boolean {
    if (this.#limit !== Infinity) return this.sequence + 1 === this.#limit;
    const size = Math.min(END_MARK_BYTES, this.#left);
    return this.#fill(size) && isEndMark(this.buffer.subarray(this.#at, this.#at + size));
  }

  /** Says whether bytes hold a record of this segment that comes behind the last one. */
  #isRecord(at: number, size: number): boolean {
    return this.#isLater(at) &&
      this.#view.getUint32(at) === hashOfRecord(this.#view, at, size, this.#seed);
  }

  #isLater(at: number): boolean {
    const sequence = getUint53(this.#view, at + 8);
    return sequence > this.sequence && sequence < this.#limit;
  }

  /** Goes on to the next whole record behind damaged bytes; false if there is none. */
  #search(): boolean {
    this.#fill(Math.min(this.#left, MAX_SEARCH_BYTES));
    const end = Math.min(this.#filled, this.#at + this.#left);
    let budget = SEARCH_FACTOR * (end - this.#at);
    for (let at = this.#at + 1; at + RECORD_OVERHEAD <= end; at++) {
      const size = this.#view.getUint32(at + 4);
      if (at + RECORD_OVERHEAD + size > end || !this.#isLater(at)) continue;
      budget -= RECORD_OVERHEAD + size;
      if (budget < 0) return false;
      if (!this.#isRecord(at, size)) continue;
      this.skippedBytes += at - this.#at;
      this.#at = at;
      return true;
    }
    return false;
  }

  /** Has `size` bytes behind the place in the buffer; false if the segment has fewer. */
  #fill(size: number): boolean {
    if (size > this.#left) return false;
    if (this.#at + size <= this.#filled) return true;
    this.#origin += this.#at;
    const rest = this.buffer.subarray(this.#at, this.#filled);
    if (size > this.buffer.length) {
      const larger = new Uint8Array(size);
      larger.set(rest);
      this.buffer = larger;
      this.#view = viewOf(larger);
    } else {
      this.buffer.copyWithin(0, this.#at, this.#filled);
    }
    this.#filled = rest.length;
    this.#at = 0;
    const most = Math.min(this.buffer.length, this.#size - this.#origin);
    const to = this.buffer.subarray(this.#filled, most);
    this.#filled += readAll(this.#calls, this.#fd, to, this.#origin + this.#filled);
    // The file has become shorter.
    if (this.#filled < most) this.#size = this.#origin + this.#filled;
    return size <= this.#filled;
  }
}
