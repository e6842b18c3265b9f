/**
 * The records of a spool on the disk, as one sequence: those that dead processes left in folders of
 * theirs, then those of this process. Each record has a number here, by which it is delivered; in its
 * folder it keeps the sequence number that it had.
 *
 * @module
 */
import type { BatchRange } from "./_position_file.ts";
import type { RecordGroup } from "./_record_group.ts";
import { RECORD_OVERHEAD } from "./_segment_format.ts";
import { SegmentReader } from "./_segment_reader.ts";
import { attempt, type SpoolCalls } from "./_spool_calls.ts";
import { hexOf, type Segment, spaceOf, type SpoolFolder } from "./_spool_folder.ts";

/** Records that were read. */
export interface FoundRecords {
  /** Damaged records before them. */
  readonly lost: number;
  /** The records, one after the other. */
  readonly bytes: Uint8Array;
  /** The size of each. */
  readonly lengths: readonly number[];
}

/** A segment in the sequence. */
interface Extent {
  readonly segment: Segment;
  /** The number of its first record, or the one that this would have if it was settled before. */
  readonly number: number;
  /** The number of its first record that was not settled before: those below are of other segments. */
  readonly from: number;
  /** The batches that an earlier process sent: their sizes, by the number of the first record. */
  readonly batches: ReadonlyMap<number, number>;
  /** The spool id in the segment's header, once it is known. */
  id?: string;
}

/** The segment that is being read. */
interface Reading {
  readonly extent: Extent;
  readonly reader: SegmentReader;
  /** The reader has read a record that was not taken. */
  isAhead: boolean;
}

const NO_BATCHES: ReadonlyMap<number, number> = new Map();

/** The records on the disk. */
export class SpoolStore {
  /** The folder that records are appended to. */
  readonly own: SpoolFolder;
  /** The number of the record that is appended next. */
  end: number;
  readonly #calls: SpoolCalls;
  readonly #onFault: (error: Error) => void;
  readonly #ownId: string;
  readonly #extents: Extent[] = [];
  /** Folders of dead processes. */
  readonly #adopted = new Set<SpoolFolder>();
  /** The space that all segments take but the one that is appended to. */
  #endedSpace = 0;
  /** The difference between a number and the sequence number in the own folder. */
  #offset = 0;
  #reading: Reading | undefined;
  /** The kind of the records that were read last. */
  contentType = "";
  #asked: Extent | undefined;
  /** Folders of dead processes are being removed. */
  #removing: Promise<void> | undefined;

  /**
   * Takes over an open folder: its first unsettled record has its sequence number as number.
   *
   * @param onFault called for a segment that cannot be read
   */
  constructor(calls: SpoolCalls, own: SpoolFolder, onFault: (error: Error) => void) {
    this.own = own;
    this.#calls = calls;
    this.#onFault = onFault;
    this.#ownId = hexOf(own.spoolId);
    this.end = own.low;
    this.#add(own);
  }

  /** Puts the records of a dead process's folder behind all others; how many there are. */
  adopt(folder: SpoolFolder): number {
    this.own.roll();
    this.#adopted.add(folder);
    return this.#add(folder);
  }

  #add(folder: SpoolFolder): number {
    if (folder.aside !== undefined) this.#onFault(folder.aside);
    const offset = this.end - folder.low;
    const batches = new Map(
      folder.left?.batches.map(({ first, count }) => [first + offset, count]),
    );
    for (const segment of folder.segments) {
      const number = segment.first + offset;
      this.#extents.push({ segment, number, from: Math.max(number, this.end), batches });
    }
    const records = folder.end - folder.low;
    this.end += records;
    this.#offset = this.end - this.own.end;
    this.#measure();
    return records;
  }

  /** Asks the system for the sizes of all segments; says whether some were not known. */
  measureAll(): boolean {
    const found = [...this.#adopted, this.own].filter((folder) => folder.measure());
    if (found.length > 0) this.#measure();
    return found.length > 0;
  }

  #measure(): void {
    this.#endedSpace = 0;
    for (const { segment } of this.#extents) {
      if (segment !== this.own.current) this.#endedSpace += spaceOf(segment);
    }
  }

  /** The space that the segments take. */
  get space(): number {
    return this.spaceWith(0);
  }

  /** The space that they will take with more bytes. */
  spaceWith(bytes: number): number {
    const { current, spare } = this.own;
    const spareBytes = spare.bytes;
    if (current === undefined) return this.#endedSpace + spareBytes + bytes;
    const remains = Math.max(current.fileBytes - current.bytes, 0);
    return this.#endedSpace + spareBytes + spaceOf(current) + Math.max(bytes - remains, 0);
  }

  /** The bytes of the records from a number on; about, as damage is found when they are read. */
  bytesFrom(low: number): number {
    let bytes = 0;
    for (const { segment, number, from } of this.#extents) {
      const share = (number + segment.count - Math.max(low, from)) / segment.count;
      const size = segment.bytes - segment.count * RECORD_OVERHEAD;
      if (share > 0 && size > 0) bytes += Math.round(size * share);
    }
    return bytes;
  }

  /** The sequence number that a record of this process has in the own folder. */
  sequenceOf(number: number): number {
    return number - this.#offset;
  }

  /** Appends records. Throws where the disk does not take them; the group then holds those. */
  append(group: RecordGroup): void {
    const { current } = this.own;
    try {
      this.own.append(group, (segment) => {
        const number = segment.first + this.#offset;
        const id = this.#ownId;
        this.#extents.push({ segment, number, from: number, batches: NO_BATCHES, id });
      });
    } finally {
      if (this.own.current !== current) this.#forgetEmpty();
      this.end = this.own.end + this.#offset;
    }
  }

  /** A segment that was begun in vain is no part of the sequence. */
  #forgetEmpty(): void {
    const { current } = this.own;
    const kept = this.#extents.filter(({ segment }) => segment.count > 0 || segment === current);
    this.#extents.splice(0, Infinity, ...kept);
    this.#measure();
  }

  #extentOf(number: number): Extent | undefined {
    if (number >= this.end) return undefined;
    // Most often it is the one that was asked for last.
    const last = this.#asked;
    const isSame = last !== undefined && number >= last.from &&
      number < last.number + last.segment.count;
    if (isSame) return last;
    return this.#asked = this.#extents.findLast(({ from }) => from <= number);
  }

  /** The id of the batch that begins with a record: it keeps that when the process ends. */
  keyOf(number: number): string {
    const extent = this.#extentOf(number);
    if (extent === undefined) return `${this.#ownId}-${this.sequenceOf(number)}`;
    return `${extent.id ?? this.#ownId}-${extent.segment.first + number - extent.number}`;
  }

  /**
   * Reads records from a number on: the batch that an earlier process sent from there, or as many
   * as do not exceed the limits, but one at least. Reads none where all that there are are damaged.
   */
  read(number: number, mostRecords: number, mostBytes: number): FoundRecords {
    const lengths: number[] = [];
    let bytes = new Uint8Array(mostBytes);
    let size = 0;
    let next = number;
    const sent = this.#extentOf(number)?.batches.get(number);
    const most = sent ?? mostRecords;
    while (lengths.length < most && next < this.end) {
      const reading = this.#readAt(next);
      const found = reading === undefined ? undefined : this.#numberOf(reading);
      // Damaged records end a batch.
      if (found !== next && lengths.length > 0) break;
      if (reading === undefined || found === undefined) {
        const extent = this.#extentOf(next)!;
        next = extent.number + extent.segment.count;
        continue;
      }
      const { reader } = reading;
      const length = reader.end - reader.start;
      const isLater = lengths.length > 0 && sent === undefined;
      if (isLater && (size + length > mostBytes || reading.extent.batches.has(found))) break;
      if (size + length > bytes.length) {
        const larger = new Uint8Array(Math.max(bytes.length * 2, size + length));
        larger.set(bytes.subarray(0, size));
        bytes = larger;
      }
      bytes.set(reader.buffer.subarray(reader.start, reader.end), size);
      size += length;
      lengths.push(length);
      reading.isAhead = false;
      next = found + 1;
    }
    return { lost: next - lengths.length - number, bytes: bytes.subarray(0, size), lengths };
  }

  #numberOf({ extent, reader }: Reading): number {
    return reader.sequence - extent.segment.first + extent.number;
  }

  /** Has the first whole record read, of those from a number on, in the segment of that number. */
  #readAt(number: number): Reading | undefined {
    const extent = this.#extentOf(number)!;
    const { segment } = extent;
    if (segment.isMeasured && segment.bytes === 0) return undefined;
    try {
      const reading = this.#reading?.extent === extent ? this.#reading : this.#open(extent);
      const { reader } = reading;
      // Records may have been appended since.
      if (segment.isMeasured) reader.extend(segment.bytes, segment.first + segment.count);
      while (!reading.isAhead || this.#numberOf(reading) < number) {
        if (!reader.next()) return undefined;
        reading.isAhead = true;
      }
      return reading;
    } catch (error) {
      this.#stopReading();
      // Records that are appended later must not be lost with it.
      if (segment === this.own.current) this.own.roll();
      segment.bytes = 0;
      segment.isMeasured = true;
      this.#measure();
      this.#onFault(segment.folder.setAside(segment.path, error));
      return undefined;
    }
  }

  #open(extent: Extent): Reading {
    this.#stopReading();
    const { path, first, count, isMeasured } = extent.segment;
    const bytes = isMeasured ? extent.segment.bytes : Infinity;
    const reader = new SegmentReader(this.#calls, { path, first, limit: first + count, bytes });
    extent.id = hexOf(reader.header.spoolId);
    this.contentType = reader.header.contentType;
    return this.#reading = { extent, reader, isAhead: false };
  }

  #stopReading(): void {
    const reader = this.#reading?.reader;
    this.#reading = undefined;
    attempt(() => reader?.close());
  }

  /** All records before a number are settled: removes the segments that hold no others. */
  settle(low: number, batches: readonly BatchRange[]): void {
    const head = this.#extents[0];
    if (head === undefined || head.number + head.segment.count > low) return;
    const { current } = this.own;
    const kept = this.#extents.findIndex(({ number, segment }) =>
      number + segment.count > low || segment === current
    );
    const retired = this.#extents.splice(0, kept < 0 ? Infinity : kept);
    if (retired.length === 0) return;
    if (retired.some((extent) => extent === this.#reading?.extent)) this.#stopReading();
    this.#measure();
    this.mark(low, batches);
    for (const folder of new Set(retired.map(({ segment }) => segment.folder))) {
      const gone = retired.map(({ segment }) => segment).filter((one) => one.folder === folder);
      if (gone.length === folder.segments.length && this.#adopted.delete(folder)) {
        const before = this.#removing;
        const removed = folder.remove();
        this.#removing = before === undefined ? removed : before.then(() => removed);
      } else {
        folder.segments.splice(0, gone.length);
        folder.retire(gone);
      }
    }
  }

  /** The number behind the oldest segment; `undefined` where there is none. */
  endOfOldest(): number | undefined {
    const head = this.#extents[0];
    return head && head.number + head.segment.count;
  }

  /** Ends the segment that is appended to, so that it can be removed. */
  roll(): void {
    this.own.roll();
    this.#forgetEmpty();
  }

  /** Notes how far the records have come, and the batches that are under way, in each folder. */
  mark(low: number, batches: readonly BatchRange[]): void {
    for (const folder of [...this.#adopted, this.own]) {
      const extent = this.#extents.find(({ segment }) => segment.folder === folder);
      const isOwn = folder === this.own;
      if (extent === undefined && !isOwn) continue;
      const offset = extent === undefined ? this.#offset : extent.number - extent.segment.first;
      const end = isOwn ? Infinity : folder.end + offset;
      if (low >= end) continue;
      const its = batches.filter(({ first }) => first < end && first >= folder.low + offset);
      // A folder behind another one is not begun.
      if (low < folder.low + offset && its.length === 0) continue;
      const position = Math.max(low - offset, folder.low);
      folder.mark(position, its.map(({ first, count }) => ({ first: first - offset, count })));
    }
  }

  /** Makes all that was appended durable. */
  sync(): Promise<void> {
    return this.own.sync();
  }

  /** Closes the folders; one that holds no record is removed, if that is wanted. */
  async close(removesEmpty: boolean): Promise<void> {
    this.#stopReading();
    const isRemoved = removesEmpty && this.own.low === this.own.end;
    await Promise.all([
      this.#removing,
      ...Array.from(this.#adopted, (folder) => folder.close()),
      isRemoved ? this.own.remove() : this.own.close(),
    ]);
  }
}
