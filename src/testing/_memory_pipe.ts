/**
 * One direction of an in-memory stream: a kernel's socket buffer, bounded, between a writer and a
 * reader that may stall.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";

/** The reading end. */
export interface PipeReader {
  /** Takes bytes; `false` stalls the pipe. */
  arrived(chunk: Uint8Array): boolean;
  /** The FIN, after every byte before it; or at once, with an error, the RST. */
  ended(error?: unknown): void;
}

interface Waiting {
  rest: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

/** A bounded buffer whose writer waits when it is full. */
export class MemoryPipe {
  /** How many bytes the buffer holds; what is beyond makes the writer wait. */
  capacity: number;
  /** Bytes that the buffer has taken from the writer so far. */
  taken = 0;
  /** True while the reader takes nothing. */
  stalled = false;
  /** Where the bytes go. */
  reader: PipeReader | undefined;
  #buffer: Uint8Array[] = [];
  #buffered = 0;
  #waiting: Waiting | undefined;
  #finished = false;
  #over = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Bytes taken from the writer that the reader has not taken. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Takes what fits and returns how much that is; nothing while a `write` waits. */
  offer(bytes: Uint8Array): number {
    if (this.#over || this.#finished || this.#waiting !== undefined) return 0;
    let offset = 0;
    while (offset < bytes.length) {
      const size = Math.min(this.capacity - this.#buffered, bytes.length - offset);
      if (size <= 0) break;
      this.#buffer.push(bytes.slice(offset, offset + size));
      this.#buffered += size;
      this.taken += size;
      offset += size;
      this.deliver();
    }
    return offset;
  }

  /** Resolves when the buffer has taken everything. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#over || this.#finished) {
      return Promise.reject(new ConnectionError("closed", "Cannot write: the stream has ended"));
    }
    const taken = this.offer(bytes);
    if (taken === bytes.length) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting = { rest: bytes.subarray(taken), resolve, reject };
    });
  }

  /** Gives the reader up to `max` bytes, unless it is stalled and `max` is not given. */
  deliver(max?: number): void {
    let left = max ?? Infinity;
    while (this.#buffered > 0 && left > 0 && (max !== undefined || !this.stalled)) {
      const chunk = this.#take(left);
      left -= chunk.length;
      if (this.reader?.arrived(chunk) === false) this.stalled = true;
      this.#refill();
    }
    const done = this.#finished && this.#buffered === 0 && this.#waiting === undefined;
    if (done && !this.stalled && !this.#over) {
      this.#over = true;
      this.reader?.ended();
    }
  }

  /** The writer's FIN. */
  finish(): void {
    this.#finished = true;
    this.deliver();
  }

  /** The writer goes without waiting: its wait fails, what is buffered still arrives, then FIN. */
  abandon(error: unknown): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.finish();
  }

  /** Drops what is buffered and fails the writer that waits; the reader sees a RST if told so. */
  reset(error: unknown, tellReader: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#buffer = [];
    this.#buffered = 0;
    waiting?.reject(error);
    if (this.#over) return;
    this.#over = true;
    if (tellReader) this.reader?.ended(error);
  }

  #take(max: number): Uint8Array {
    let chunk = this.#buffer.shift() as Uint8Array;
    if (chunk.length > max) {
      this.#buffer.unshift(chunk.subarray(max));
      chunk = chunk.subarray(0, max);
    }
    this.#buffered -= chunk.length;
    return chunk;
  }

  #refill(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const size = Math.min(this.capacity - this.#buffered, waiting.rest.length);
    if (size <= 0) return;
    this.#buffer.push(waiting.rest.slice(0, size));
    this.#buffered += size;
    this.taken += size;
    waiting.rest = waiting.rest.subarray(size);
    if (waiting.rest.length > 0) return;
    this.#waiting = undefined;
    waiting.resolve();
  }
}
