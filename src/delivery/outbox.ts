/**
 * What is waiting to be written: frames in 96 KiB chunks, so that many leave in one write, with
 * a cap in bytes and in records. One batch at a time may be in flight; it still counts, and so do
 * those that were written before it and are not known to have arrived.
 *
 * Browser compatible: no clock, no I/O.
 *
 * @module
 */
/** 96 KiB: a write of this size is within a tenth of the fastest, and takes less than 50 µs. */
const CHUNK_BYTES = 98304;

/** Written chunks that are kept for the next records instead of being allocated anew. */
const SPARE_CHUNKS = 4;

/** Which record goes when there is no room. */
export type Overflow = "drop-oldest" | "drop-newest";

/** Limits of an {@linkcode Outbox}. */
export interface OutboxOptions {
  /** The most bytes that may be queued, in flight included. */
  maxBytes: number;
  /** The most records that may be queued, in flight included. */
  maxRecords: number;
  /** Which record goes when there is no room. */
  overflow: Overflow;
  /** The most bytes of a batch, unless one frame alone is larger. @default {98304} */
  chunkBytes?: number | undefined;
  /** Says whether a batch that was put back is taken again as it was, without further frames. @default {false} */
  keepsBatches?: boolean;
  /** Told when a chunk is full, so that waiting for more records gains nothing. */
  onFull?: () => void;
}

/** Whole frames in one buffer; `lengths[i]` is the size of frame `i`. */
export interface Batch {
  /**
   * Where the outbox keeps batches: the same whenever these frames are taken, and never that of other
   * frames.
   */
  readonly id: number;
  /** The frames, one after the other. */
  readonly bytes: Uint8Array;
  /** The size of each frame in bytes. */
  readonly lengths: Uint32Array;
}

/** How many frames a chunk is ready for at first; those of ordinary records are fewer. */
const FRAMES = 256;

/** Frames of `buffer` from byte `start` to `end`; those of `lengths` from `first` to `count` are live. */
export class Chunk {
  readonly buffer: Uint8Array;
  readonly view: DataView;
  /** Given when the chunk is taken, for as long as it holds the same frames; 0: none. */
  id = 0;
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

  /** The frames as they stand; views, which live until the chunk is a new one. */
  get batch(): Batch {
    return {
      id: this.id,
      bytes: this.buffer.subarray(this.start, this.end),
      lengths: this.lengths.subarray(this.first, this.count),
    };
  }

  /** Counts in a frame that was written behind `end`. */
  append(size: number): void {
    if (this.count === this.lengths.length) this.#grow();
    this.lengths[this.count++] = size;
    this.end += size;
  }

  #grow(): void {
    const longer = new Uint32Array(this.count * 2);
    longer.set(this.lengths);
    this.lengths = longer;
  }

  /** Copies frames to the end. */
  add(bytes: Uint8Array, lengths: Iterable<number>): void {
    this.buffer.set(bytes, this.end);
    for (const length of lengths) this.append(length);
  }

  /** Makes a chunk whose frames are done with a new one. */
  reset(): void {
    this.id =
      this.count =
      this.first =
      this.start =
      this.end =
        0;
  }

  /** Removes the oldest `frames` and returns their size in bytes. */
  drop(frames: number): number {
    const start = this.start;
    if (frames > 0) this.id = 0;
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
      const end = start + length;
      if (isWanted(frame)) picked.add(bytes.subarray(start, end), [length]);
      start = end;
    });
    return picked;
  }
}

/** What these chunks hold together. */
function total(chunks: Iterable<Chunk>): { bytes: number; records: number } {
  const sum = { bytes: 0, records: 0 };
  for (const { bytes, records } of chunks) {
    sum.bytes += bytes;
    sum.records += records;
  }
  return sum;
}

/** A bounded first-in first-out queue of frames. */
export class Outbox {
  readonly #maxBytes: number;
  readonly #maxRecords: number;
  readonly #overflow: Overflow;
  readonly #chunkBytes: number;
  readonly #keepsBatches: boolean;
  readonly #onFull: () => void;
  readonly #spare: Chunk[] = [];
  readonly #waiting: Chunk[] = [];
  /** The last one that is waiting, unless it was taken before and is to be kept. */
  #tail: Chunk | undefined;
  #lastId = 0;
  #flight: Chunk | undefined;
  /** Written before the flight, and to be confirmed. */
  readonly #held: Chunk[] = [];
  #bytes = 0;
  #records = 0;

  /** Makes an empty outbox; allocates nothing until the first frame. */
  constructor(options: OutboxOptions) {
    const { maxBytes, maxRecords, overflow, chunkBytes = CHUNK_BYTES } = options;
    const { keepsBatches = false, onFull = () => {} } = options;
    this.#maxBytes = maxBytes;
    this.#maxRecords = maxRecords;
    this.#overflow = overflow;
    this.#chunkBytes = chunkBytes;
    this.#keepsBatches = keepsBatches;
    this.#onFull = onFull;
  }

  /** Bytes queued, in flight included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records queued, in flight included. */
  get records(): number {
    return this.#records;
  }

  /** Whether a batch is in flight, or was written and is not confirmed. */
  get inFlight(): boolean {
    return this.#flight !== undefined || this.#held.length > 0;
  }

  /** The batches that were written and are not confirmed. */
  get held(): { bytes: number; records: number } {
    return total(this.#held);
  }

  /** Says whether there is room for a frame of `size` bytes. */
  hasRoom(size: number): boolean {
    return this.#hasRoom(size, this);
  }

  /** The size of the oldest frame that waits, in bytes; 0 if there is none. */
  get headBytes(): number {
    const head = this.#waiting[0];
    return head?.lengths.subarray(head.first, head.count)[0] ?? 0;
  }

  /** Whether a frame of this size could ever be queued. */
  fits(size: number): boolean {
    return size <= this.#maxBytes;
  }

  /**
   * Drops as many of the oldest frames as a new one of `size` bytes needs, where `overflow` says
   * so and it helps: what is in flight cannot be dropped. Returns how many went.
   */
  makeRoom(size: number): number {
    if (this.#overflow === "drop-newest" || !this.#hasRoom(size, this.#flying())) return 0;
    let lost = 0;
    for (; !this.#hasRoom(size, this); lost++) this.#dropHead();
    return lost;
  }

  /** Drops the oldest `frames` of those that wait. */
  drop(frames: number): void {
    for (let i = 0; i < frames; i++) this.#dropHead();
  }

  #dropHead(): void {
    const head = this.#waiting[0]!;
    this.#bytes -= head.drop(1);
    this.#records--;
    // The last one stays: a frame may just be being written behind its end.
    if (head.records === 0 && head !== this.#tail) {
      this.#waiting.shift();
      this.#recycle(head);
    }
  }

  /** Copies a frame to the end; `false` if there is no room for it. */
  push(frame: Uint8Array): boolean {
    if (!this.#hasRoom(frame.length, this)) return false;
    const chunk = this.reserve(frame.length);
    chunk.buffer.set(frame, chunk.end);
    return this.commit(frame.length);
  }

  /** The last chunk, with room for `size` bytes behind its end: they count once committed. */
  reserve(size: number): Chunk {
    const tail = this.#tail;
    if (tail !== undefined && tail.end + size <= tail.buffer.length) return tail;
    return this.#renew(size);
  }

  /**
   * Once a chunk, so that nothing of it is asked of each record: tells that one is full, and
   * begins another.
   */
  #renew(size: number): Chunk {
    if (this.#tail?.records) this.#onFull();
    if (this.#tail?.records === 0) this.#recycle(this.#waiting.pop()!);
    const chunk = size <= this.#chunkBytes
      ? this.#spare.pop() ?? new Chunk(this.#chunkBytes)
      : new Chunk(size);
    this.#waiting.push(chunk);
    return this.#tail = chunk;
  }

  /** Takes in a frame of `size` bytes that was written to the last chunk; `false`: no room for it. */
  commit(size: number): boolean {
    if (!this.#hasRoom(size, this)) return false;
    this.#tail?.append(size);
    this.#bytes += size;
    this.#records++;
    return true;
  }

  /**
   * Puts the oldest chunk in flight, or of it the oldest `most` frames; `undefined` if there is none
   * or one is in flight already.
   */
  take(most: number = Infinity): Batch | undefined {
    const chunk = this.#waiting[0];
    if (this.#flight !== undefined || chunk === undefined || chunk.records === 0) return undefined;
    if (chunk.records > most) {
      this.#flight = chunk.pick((frame) => frame < most);
      chunk.drop(most);
    } else {
      this.#flight = this.#waiting.shift()!;
      if (chunk === this.#tail) this.#tail = undefined;
    }
    this.#flight.id ||= ++this.#lastId;
    return this.#flight.batch;
  }

  /**
   * Ends the flight: its first `frames` are done with, but for those whose numbers are in `again`;
   * these and the others are first in the queue again, each whole, as one batch or as two. Returns the
   * bytes done with.
   */
  settle(frames: number, again: readonly number[] = [], splits = false): number {
    const flight = this.#flight;
    if (flight === undefined) return 0;
    this.#flight = undefined;
    const { bytes } = flight;
    let left = flight;
    if (again.length === 0) flight.drop(frames);
    else left = flight.pick((frame) => frame >= frames || again.includes(frame));
    const done = bytes - left.bytes;
    this.#bytes -= done;
    this.#records -= frames - again.length;
    const half = splits ? left.records >> 1 : 0;
    if (left.records === 0) this.#recycle(flight);
    else if (half === 0) this.#putBack([left]);
    else this.#putBack([left.pick((i) => i < half), left.pick((i) => i >= half)]);
    return done;
  }

  /** The batch in flight was written: it is kept, and counts, until it is confirmed or restored. */
  hold(): void {
    const flight = this.#flight;
    if (flight === undefined) return;
    this.#flight = undefined;
    const last = this.#held.at(-1);
    if (last === undefined || last.end + flight.bytes > last.buffer.length) {
      this.#held.push(flight);
    } else {
      // One record a write would otherwise keep a whole chunk for each.
      const { bytes, lengths } = flight.batch;
      last.add(bytes, lengths);
      this.#recycle(flight);
    }
  }

  /** The oldest records of what was held, or all of it, have arrived; how much that was. */
  confirm(most: number = Infinity): { records: number; bytes: number } {
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
    this.#records -= confirmed.records;
    this.#bytes -= confirmed.bytes;
    return confirmed;
  }

  /** What is held and what is in flight is first in the queue again. */
  restore(): void {
    this.settle(0);
    this.#putBack(this.#held.splice(0));
  }

  #putBack(chunks: Chunk[]): void {
    this.#waiting.unshift(...chunks);
    if (!this.#keepsBatches) this.#tail = this.#waiting.at(-1);
  }

  /** Everything that is not in flight, taken out as one batch: for a last write at exit. */
  drain(): Batch {
    const all = new Chunk(total(this.#waiting).bytes);
    for (const { batch } of this.#waiting) all.add(batch.bytes, batch.lengths);
    this.clear();
    return all.batch;
  }

  /** Empties the queue but for what is in flight; returns the number of records. */
  clear(): number {
    const { bytes, records } = this.#flying();
    const lost = this.#records - records;
    this.#waiting.length = 0;
    this.#tail = undefined;
    this.#records = records;
    this.#bytes = bytes;
    return lost;
  }

  /** What of it all is in flight or held. */
  #flying(): { bytes: number; records: number } {
    return total(this.#flight === undefined ? this.#held : [...this.#held, this.#flight]);
  }

  #hasRoom(size: number, beside: { bytes: number; records: number }): boolean {
    return beside.bytes + size <= this.#maxBytes && beside.records < this.#maxRecords;
  }

  /** Keeps a chunk whose frames are done with for those to come. */
  #recycle(chunk: Chunk): void {
    if (chunk.buffer.length !== this.#chunkBytes || this.#spare.length >= SPARE_CHUNKS) return;
    chunk.reset();
    this.#spare.push(chunk);
  }
}
