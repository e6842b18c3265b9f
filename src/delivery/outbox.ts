/**
 * The bounded queue of encoded records. Records wait as frames in chunks, so that many leave in one
 * write. What was taken out to be written still counts, and moves through one of two places:
 *
 * - the *window*: batches that were taken and are not settled, in any number; each keeps its id and its
 *   boundaries when it is put back
 * - what is *held*: frames that were written to a young stream, in the order in which they were written
 *
 * Browser compatible: no clock, no I/O.
 *
 * @module
 */
import type { Batch } from "./batch_writer.ts";
import type { DropReason } from "./delivery_event.ts";

/** 96 KiB: a write of this size is within a tenth of the fastest, and takes less than 50 µs. */
const CHUNK_BYTES = 98304;

/** Chunks that are kept for the next records instead of being allocated anew: those of one burst. */
const SPARE_CHUNKS = 17;

/** How many frames a chunk is ready for at first; those of ordinary records are fewer. */
const FRAMES = 256;

/** Which record is dropped when there is no room. */
export type Overflow = "drop-oldest" | "drop-newest";

/** Makes frames of items. */
export interface Encoder<Item> {
  /**
   * Readies an item: the most bytes that its frame may take. May throw and may run the program's own
   * code, which may log and so encode another item first.
   */
  prepare(item: Item): number;
  /** Writes the frame of the item that was readied last at `at`; returns where the frame ends. */
  write(out: Uint8Array, view: DataView, at: number): number;
}

/**
 * The outcome of an append, where it is not simply that the item was queued.
 *
 * - `crowded`: it was queued, and older ones were dropped for it
 * - `overflow`: it was not queued as there was no room
 * - `tooLarge`: it was not queued as it is larger than the whole queue
 */
export type Crowding = "crowded" | "overflow" | "tooLarge";

/** Limits of an {@linkcode Outbox}. */
export interface OutboxOptions {
  /** The most bytes that may be queued, in flight included. */
  maxBytes: number;
  /** The most records that may be queued, in flight included. */
  maxRecords: number;
  /** Which record is dropped when there is no room. */
  overflow: Overflow;
  /** The most bytes of a batch, unless one frame alone is larger. @default {98304} */
  chunkBytes?: number | undefined;
  /** Called when a chunk is full, so that waiting for more records gains nothing. */
  onFull?: () => void;
  /** Called when a frame of `size` bytes has no room; may make some. */
  onCrowded: (size: number) => void;
}

/** Records and their bytes. */
export interface Amount {
  records: number;
  bytes: number;
}

/** Frames of `buffer` from byte `start` to `end`; those of `lengths` from `first` to `count` are live. */
class Chunk implements Amount {
  buffer: Uint8Array;
  readonly view: DataView;
  /** The sequence number of the first live frame. */
  sequence = 0;
  /** Outside the heap, and kept when the chunk is: arrays would make it grow in a burst. */
  lengths: Uint32Array = new Uint32Array(FRAMES);
  count = 0;
  first = 0;
  start = 0;
  end = 0;

  constructor(size: number) {
    this.buffer = new Uint8Array(size);
    this.view = new DataView(this.buffer.buffer);
  }

  get records(): number {
    return this.count - this.first;
  }

  get bytes(): number {
    return this.end - this.start;
  }

  /** The frames as they stand; views, which live until the chunk is used again. */
  get batch(): Batch {
    return {
      id: BigInt(this.sequence),
      bytes: this.buffer.subarray(this.start, this.end),
      lengths: this.lengths.subarray(this.first, this.count),
    };
  }

  /** Counts in a frame that was written behind the last one and ends at `end`. */
  append(end: number): void {
    if (this.count === this.lengths.length) this.#grow();
    this.lengths[this.count++] = end - this.end;
    this.end = end;
  }

  #grow(): void {
    const longer = new Uint32Array(this.count * 2);
    longer.set(this.lengths);
    this.lengths = longer;
  }

  /** Copies frames to the end. */
  add({ bytes, lengths }: { bytes: Uint8Array; lengths: Iterable<number> }): void {
    this.buffer.set(bytes, this.end);
    for (const length of lengths) this.append(this.end + length);
  }

  /** Removes the oldest `frames` and returns their size in bytes. */
  drop(frames: number): number {
    const start = this.start;
    this.sequence += frames;
    for (let i = 0; i < frames; i++) this.start += this.lengths[this.first++] ?? 0;
    return this.start - start;
  }

  /** A chunk of their own for the frames with the numbers that are wanted, copied. */
  pick(isWanted: (frame: number) => boolean): Chunk {
    const { bytes, lengths } = this.batch;
    const wanted = lengths.filter((_, frame) => isWanted(frame));
    const picked = new Chunk(wanted.reduce((sum, length) => sum + length, 0));
    let start = 0;
    lengths.forEach((length, frame) => {
      const from = start;
      start += length;
      if (!isWanted(frame)) return;
      if (picked.count === 0) picked.sequence = this.sequence + frame;
      picked.add({ bytes: bytes.subarray(from, start), lengths: [length] });
    });
    return picked;
  }
}

/** Adds to a sum, or subtracts from it. */
function add(sum: Amount, { records, bytes }: Amount, sign = 1): void {
  sum.records += sign * records;
  sum.bytes += sign * bytes;
}

/** A bounded first-in first-out queue of frames. */
export class Outbox implements Amount {
  readonly #options: OutboxOptions;
  readonly #maxBytes: number;
  readonly #maxRecords: number;
  readonly #chunkBytes: number;
  readonly #spare: Chunk[] = [];
  #waiting: Chunk[] = [];
  /** The last one that is waiting, where frames may be appended to it. */
  #tail: Chunk | undefined;
  #window: Chunk[] = [];
  #held: Chunk[] = [];
  /** The frames of the batches that were taken and are not settled. */
  readonly window: Amount = { records: 0, bytes: 0 };
  /** The frames that were written to a young stream. */
  readonly held: Amount = { records: 0, bytes: 0 };
  /** Bytes queued, in flight included. */
  bytes = 0;
  /** Records queued, in flight included. */
  records = 0;
  /** The sequence number that the next record will have. */
  next = 0;
  /** Records that were not emitted by this process. */
  recovered = 0;

  /** Makes an empty outbox; allocates nothing until the first frame. */
  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes;
    this.#maxRecords = options.maxRecords;
    this.#chunkBytes = options.chunkBytes ?? CHUNK_BYTES;
  }

  /** The sequence number of the first record that waits; else that of the next. */
  get first(): number {
    return this.#waiting[0]?.sequence ?? this.next;
  }

  /** The lowest sequence number of a record that waits or is in the window; else that of the next. */
  get oldest(): number {
    let oldest = this.first;
    for (const { sequence } of this.#window) oldest = Math.min(oldest, sequence);
    return oldest;
  }

  /** Records that this process has queued so far. */
  get emitted(): number {
    return this.next;
  }

  /** As {@linkcode oldest}, the records that are held included. */
  get low(): number {
    return Math.min(this.oldest, this.#held[0]?.sequence ?? Infinity);
  }

  /** Says that there is room again after the queue was full. */
  get isRelieved(): boolean {
    return this.bytes * 2 <= this.#maxBytes;
  }

  /** Records that are lost if the process ends: not those that were written and may go again. */
  get atRisk(): number {
    return this.records - this.held.records;
  }

  /** Records that wait to be taken. */
  get waiting(): number {
    return this.records - this.held.records - this.window.records;
  }

  /** Bytes of the records that wait to be taken. */
  get waitingBytes(): number {
    return this.bytes - this.held.bytes - this.window.bytes;
  }

  /** Says whether records wait in a chunk that no further one is appended to. */
  get isHeadFull(): boolean {
    const [head] = this.#waiting;
    return head !== undefined && head !== this.#tail;
  }

  /** Says whether there is room for a frame of `size` bytes. */
  hasRoom(size: number): boolean {
    return this.bytes + size <= this.#maxBytes && this.records < this.#maxRecords;
  }

  /** Encodes an item behind the last frame; `undefined`: it is queued. */
  append<Item>(item: Item, encoder: Encoder<Item>): Crowding | undefined {
    const most = encoder.prepare(item);
    const tail = this.#tail;
    if (tail === undefined || tail.end + most > tail.buffer.length || !this.hasRoom(most)) {
      return this.#begin(most, encoder);
    }
    this.#commit(tail, encoder.write(tail.buffer, tail.view, tail.end));
    return undefined;
  }

  /** Appends where a new chunk is begun, or where it takes the exact size to know if there is room. */
  #begin(most: number, encoder: Encoder<unknown>): Crowding | undefined {
    const chunk = most <= this.#chunkBytes
      ? this.#spare.pop() ?? new Chunk(this.#chunkBytes)
      : new Chunk(most);
    const end = encoder.write(chunk.buffer, chunk.view, 0);
    // A frame may be far smaller than it might have been; the next ones stay within the limit.
    if (most > this.#chunkBytes) {
      chunk.buffer = chunk.buffer.subarray(0, Math.max(end, this.#chunkBytes));
    }
    const isCrowded = !this.hasRoom(end);
    if (isCrowded) {
      if (end > this.#maxBytes) return this.#recycle(chunk, "tooLarge");
      this.#options.onCrowded(end);
      if (!this.hasRoom(end)) return this.#recycle(chunk, "overflow");
    }
    const outcome = isCrowded ? "crowded" : undefined;
    const tail = this.#tail;
    if (tail !== undefined && tail.end + end <= tail.buffer.length) {
      tail.buffer.set(chunk.buffer.subarray(0, end), tail.end);
      this.#commit(tail, tail.end + end);
      return this.#recycle(chunk, outcome);
    }
    chunk.sequence = this.next;
    this.#waiting.push(this.#tail = chunk);
    this.#commit(chunk, end);
    // Behind the record at hand: what this leads to may log.
    if (tail !== undefined) this.#options.onFull?.();
    return outcome;
  }

  #commit(chunk: Chunk, end: number): void {
    this.bytes += end - chunk.end;
    this.records++;
    this.next++;
    chunk.append(end);
  }

  /**
   * Goes on with a sequence number. Frames that are given are queued with it, as a batch of their own.
   */
  resume(sequence: number, frames?: { bytes: Uint8Array; lengths: Iterable<number> }): void {
    this.next = sequence;
    this.#tail = undefined;
    if (frames === undefined) return;
    const chunk = new Chunk(frames.bytes.length);
    chunk.sequence = sequence;
    chunk.add(frames);
    this.#waiting.push(chunk);
    add(this, chunk);
    this.next += chunk.records;
  }

  /**
   * Drops as many of the oldest frames as a new one of `size` bytes needs, where `overflow` says
   * so and it helps: what was taken cannot be dropped. Returns how many were dropped.
   */
  makeRoom(size: number): number {
    if (this.#options.overflow === "drop-newest") return 0;
    const taken = this.records - this.waiting;
    const takenBytes = this.held.bytes + this.window.bytes;
    if (takenBytes + size > this.#maxBytes || taken >= this.#maxRecords) return 0;
    let lost = 0;
    for (; !this.hasRoom(size); lost++) this.drop(1);
    return lost;
  }

  /** Drops the oldest `frames` of those that wait; returns their bytes. */
  drop(frames: number): number {
    const { bytes } = this;
    for (let i = 0; i < frames; i++) {
      const head = this.#waiting[0]!;
      this.bytes -= head.drop(1);
      this.records--;
      if (head.records > 0) continue;
      this.#waiting.shift();
      if (head === this.#tail) this.#tail = undefined;
      this.#recycle(head);
    }
    return bytes - this.bytes;
  }

  /**
   * Moves the oldest chunk to the window, or of it the oldest `most` frames; `undefined`: none waits.
   *
   * @param isFull only a chunk that no further frame is appended to
   */
  take(most: number = Infinity, isFull = false): Batch | undefined {
    const head = this.#waiting[0];
    if (head === undefined || isFull && head === this.#tail) return undefined;
    let chunk = head;
    if (head.records > most) {
      chunk = head.pick((frame) => frame < most);
      head.drop(most);
    } else {
      this.#waiting.shift();
      if (head === this.#tail) this.#tail = undefined;
    }
    this.#window.push(chunk);
    add(this.window, chunk);
    return chunk.batch;
  }

  /**
   * Settles a batch: its first `frames` are done with, but for those whose numbers are in `again`;
   * these and the others wait again, each whole. Returns the bytes done with, or `undefined` where the
   * batch is not in the window.
   */
  settle(
    batch: Batch,
    frames: number = batch.lengths.length,
    again: readonly number[] = [],
  ): number | undefined {
    const chunk = this.#leave(batch);
    if (chunk === undefined) return undefined;
    const { bytes } = chunk;
    let left = chunk;
    if (again.length === 0) {
      chunk.drop(frames);
    } else {
      const kept = new Set(again);
      left = chunk.pick((frame) => frame >= frames || kept.has(frame));
    }
    const done = bytes - left.bytes;
    this.bytes -= done;
    this.records -= frames - again.length;
    if (left.records === 0) this.#recycle(chunk);
    else this.#putBack([left], false);
    return done;
  }

  /** Has a batch wait again, as it is or as two. */
  return(batch: Batch, splits: boolean): void {
    const chunk = this.#leave(batch);
    if (chunk === undefined) return;
    const half = splits ? chunk.records >> 1 : 0;
    const parts = [chunk.pick((i) => i < half), chunk.pick((i) => i >= half)];
    this.#putBack(half === 0 ? [chunk] : parts, true);
  }

  #leave({ id }: Batch): Chunk | undefined {
    const sequence = Number(id);
    // The newest first: most often its write has just ended.
    const at = this.#window.findLastIndex((other) => other.sequence === sequence);
    const [chunk] = this.#window.splice(at, at < 0 ? 0 : 1);
    if (chunk !== undefined) add(this.window, chunk, -1);
    return chunk;
  }

  /** Holds a batch that was written: it counts until it is confirmed or restored. */
  hold(batch: Batch): void {
    const chunk = this.#leave(batch);
    if (chunk === undefined) return;
    add(this.held, chunk);
    const last = this.#held.at(-1);
    if (last === undefined || last.end + chunk.bytes > last.buffer.length) {
      this.#held.push(chunk);
    } else {
      // One record a write would otherwise keep a whole chunk for each.
      last.add(chunk.batch);
      this.#recycle(chunk);
    }
  }

  /** The oldest records that are held, or all of them, are done with; how much that was. */
  confirm(most: number = Infinity): Amount {
    const confirmed = { records: 0, bytes: 0 };
    for (let head = this.#held[0]; head !== undefined && confirmed.records < most;) {
      const records = Math.min(head.records, most - confirmed.records);
      confirmed.records += records;
      confirmed.bytes += head.drop(records);
      if (head.records > 0) break;
      this.#recycle(head);
      this.#held.shift();
      head = this.#held[0];
    }
    add(this.held, confirmed, -1);
    add(this, confirmed, -1);
    return confirmed;
  }

  /**
   * Has all that is held or in the window wait again, in order.
   *
   * @param keeps the last batch keeps its boundaries: no further record is appended to it
   */
  restore(keeps: boolean): void {
    this.held.records =
      this.held.bytes =
      this.window.records =
      this.window.bytes =
        0;
    this.#putBack([...this.#held.splice(0), ...this.#window.splice(0)], keeps);
  }

  #putBack(chunks: Chunk[], keeps: boolean): void {
    if (chunks.length === 0) return;
    this.#waiting = [...chunks, ...this.#waiting].sort((a, b) => a.sequence - b.sequence);
    if (!keeps) this.#tail = this.#waiting.at(-1);
  }

  /** Takes out everything that waits, as one batch: for a last write at exit. */
  drain(): Batch {
    const all = new Chunk(this.waitingBytes);
    for (const { batch } of this.#waiting) all.add(batch);
    this.clear();
    return all.batch;
  }

  /** So many of the last records that were drained are left over; how many of them are lost. */
  leave(records: number): number {
    return records;
  }

  /** Drops everything that waits, for a reason; returns the number of records. */
  clear(_reason?: DropReason): number {
    const lost = this.waiting;
    this.#waiting = [];
    this.#tail = undefined;
    this.records -= lost;
    this.bytes = this.held.bytes + this.window.bytes;
    return lost;
  }

  /** Releases what the queue uses, once the delivery is closed. Never rejects. */
  close(): void | Promise<void> {}

  /** Opens what the queue uses, so that it has the records of an earlier process. */
  open(): void {}

  /** Keeps a chunk whose frames are done with for those to come. */
  #recycle<Result>(chunk: Chunk, result?: Result): Result | undefined {
    if (chunk.buffer.length === this.#chunkBytes && this.#spare.length < SPARE_CHUNKS) {
      chunk.count =
        chunk.first =
        chunk.start =
        chunk.end =
          0;
      this.#spare.push(chunk);
    }
    return result;
  }
}
