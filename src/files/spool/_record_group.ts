/**
 * Records that are not on the disk yet, as they will stand there: those of one turn of the event loop
 * or, while the disk takes none, all since then.
 *
 * @module
 */
import {
  END_MARK_BYTES,
  getUint53,
  hashOfRecord,
  RECORD_OVERHEAD,
  setUint53,
} from "./_segment_format.ts";

/** Records of one turn fit into so many bytes most often. */
const USUAL_BYTES = 128 * 1024;

/** Consecutive records. */
export class RecordGroup {
  /** The sequence number of the first record. */
  first = 0;
  /** The number of records. */
  count = 0;
  /** The records are added behind `end`: their bytes from `end + RECORD_OVERHEAD` on. */
  buffer: Uint8Array = new Uint8Array(0);
  /** A view of the buffer. */
  view: DataView = new DataView(this.buffer.buffer);
  /** Where the last record ends. */
  end = 0;
  #start = 0;
  /** The records before this place have their hashes. */
  #sealed = 0;

  /** Bytes of the records on the disk. */
  get bytes(): number {
    return this.end - this.#start;
  }

  /** Makes room for a record of `size` bytes. */
  reserve(size: number): void {
    const needed = this.end + RECORD_OVERHEAD + size;
    if (needed <= this.buffer.length) return;
    const { bytes } = this;
    const used = this.buffer.subarray(this.#start, this.end);
    const length = Math.max(USUAL_BYTES, bytes * 2, bytes + RECORD_OVERHEAD + size);
    this.buffer = new Uint8Array(length);
    this.buffer.set(used);
    this.view = new DataView(this.buffer.buffer);
    this.#sealed -= this.#start;
    this.#start = 0;
    this.end = bytes;
  }

  /** Adds the record whose bytes end at `end`. */
  commit(end: number): void {
    this.view.setUint32(this.end + 4, end - this.end - RECORD_OVERHEAD);
    setUint53(this.view, this.end + 8, this.first + this.count++);
    this.end = end;
  }

  /** Adds a record that stands in another array. */
  add(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const at = this.end + RECORD_OVERHEAD;
    this.buffer.set(from.subarray(start, end), at);
    this.commit(at + end - start);
  }

  /** The bytes of as many records as fit into `most` bytes, but of one at least; with their hashes. */
  piece(most: number, seed: number): { bytes: Uint8Array; count: number } {
    let at = this.#start;
    let count = 0;
    while (at < this.end) {
      const size = this.view.getUint32(at + 4);
      const end = at + RECORD_OVERHEAD + size;
      if (count > 0 && end - this.#start > most) break;
      if (at >= this.#sealed) this.view.setUint32(at, hashOfRecord(this.view, at, size, seed));
      at = end;
      count++;
    }
    this.#sealed = Math.max(this.#sealed, at);
    return { bytes: this.buffer.subarray(this.#start, at), count };
  }

  /** A piece of all records, with the mark behind it that ends a file which is used again. */
  withEndMark(piece: Uint8Array): Uint8Array {
    this.reserve(END_MARK_BYTES);
    this.buffer.fill(0, this.end, this.end + END_MARK_BYTES);
    return this.buffer.subarray(this.#start, this.#start + piece.length + END_MARK_BYTES);
  }

  /** Removes the records before a sequence number; returns how many. */
  trim(sequence: number): number {
    const trimmed = Math.min(Math.max(sequence - this.first, 0), this.count);
    if (trimmed === this.count) {
      this.#start = this.end = this.#sealed = 0;
      // That of a long outage is not kept.
      if (this.buffer.length > 4 * USUAL_BYTES) {
        this.buffer = new Uint8Array(0);
        this.view = new DataView(this.buffer.buffer);
      }
    }
    for (let left = trimmed; left > 0 && this.#start < this.end; left--) {
      this.#start += RECORD_OVERHEAD + this.view.getUint32(this.#start + 4);
    }
    this.first += trimmed;
    this.count -= trimmed;
    return trimmed;
  }

  /** Copies of the records from a sequence number on, as many as fit: of one at least, if it is here. */
  copy(sequence: number, mostRecords: number, mostBytes: number): Uint8Array[] {
    const found: Uint8Array[] = [];
    let bytes = 0;
    for (let at = this.#start; at < this.end && found.length < mostRecords;) {
      const start = at + RECORD_OVERHEAD;
      const end = start + this.view.getUint32(at + 4);
      if (getUint53(this.view, at + 8) >= sequence) {
        bytes += end - start;
        if (found.length > 0 && bytes > mostBytes) break;
        found.push(this.buffer.slice(start, end));
      }
      at = end;
    }
    return found;
  }
}
