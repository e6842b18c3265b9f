/**
 * The position of a spool: how far its records are settled, and the batches that are under way. It is a
 * hint, which the segments can do without: then records are sent again that had arrived.
 *
 * The file has two slots, which are written in turn, so that one of them is whole at any moment.
 *
 * @module
 */
import { getUint53, setUint53, viewOf } from "./_segment_format.ts";
import { attempt, readAll, type SpoolCalls, writeAll } from "./_spool_calls.ts";
import { xxh32 } from "./_xxh32.ts";

/** The bytes of a slot: a page. */
const SLOT_BYTES = 4096;

/** The first bytes of a slot: "lwp" and the version of the format. */
const MAGIC = 0x6c777001;

/** Bytes before the batches, and of each batch. */
const FIXED_BYTES = 48;
const BATCH_BYTES = 8;

/** The most batches that a slot has room for; a window of RELP is a quarter of that. */
export const MAX_BATCHES: number = (SLOT_BYTES - FIXED_BYTES - 4) / BATCH_BYTES | 0;

/** A range of records that were sent together. */
export interface BatchRange {
  /** The sequence number of the first record. */
  readonly first: number;
  /** The number of records. */
  readonly count: number;
}

/** How far the records of a spool have come. */
export interface Position {
  /** All records before this one are settled. */
  low: number;
  /** The sequence number behind the last record. */
  end: number;
  /** The segment that records were last appended to, by its first record. */
  segment: number;
  /** How many bytes of it hold records. */
  bytes: number;
  /** Batches that are under way, in order, as far as there is room for them. */
  batches: readonly BatchRange[];
}

/** Reads and writes the position of one spool. */
export class PositionFile {
  /** The position that the file held when it was opened. */
  readonly found: Position | undefined;
  /** The open file; -1 once it is closed, as the system gives its number to another one. */
  fd: number;
  readonly #calls: SpoolCalls;
  readonly #slot = new Uint8Array(SLOT_BYTES);
  readonly #view = viewOf(this.#slot);
  /** The number of writes so far; its last bit says which slot is next. */
  #turn = 0;

  /** Opens the file, and creates it where there is none. */
  constructor(calls: SpoolCalls, path: string) {
    this.#calls = calls;
    const fd = attempt(() => calls.openSync(path, "r+"));
    this.fd = fd ?? calls.openSync(path, "w+", 0o600);
    // A position that a full disk did not take would count records as lost that were settled.
    if (fd === undefined) {
      attempt(() => writeAll(calls, this.fd, new Uint8Array(2 * SLOT_BYTES), 0));
    }
    for (const slot of [0, 1]) {
      const read = this.#read(slot);
      if (read === undefined || read.turn < this.#turn) continue;
      this.#turn = read.turn + 1;
      this.found = read.position;
    }
  }

  #read(slot: number): { turn: number; position: Position } | undefined {
    const bytes = new Uint8Array(SLOT_BYTES);
    const size = attempt(() => readAll(this.#calls, this.fd, bytes, slot * SLOT_BYTES)) ?? 0;
    return size < FIXED_BYTES + 4 ? undefined : decodeSlot(bytes);
  }

  /** Writes the position. A failure changes nothing: it is a hint. */
  write({ low, end, segment, bytes, batches }: Position): void {
    if (this.fd < 0) return;
    const view = this.#view;
    const count = Math.min(batches.length, MAX_BATCHES);
    view.setUint32(0, MAGIC);
    setUint53(view, 4, this.#turn);
    setUint53(view, 12, low);
    setUint53(view, 20, end);
    setUint53(view, 28, segment);
    setUint53(view, 36, bytes);
    view.setUint32(44, count);
    let at = FIXED_BYTES;
    for (let i = 0; i < count; i++, at += BATCH_BYTES) {
      // A batch may begin with records that are settled.
      view.setInt32(at, batches[i]!.first - low);
      view.setUint32(at + 4, batches[i]!.count);
    }
    view.setUint32(at, xxh32(view, 0, at, 0));
    attempt(() =>
      writeAll(
        this.#calls,
        this.fd,
        this.#slot.subarray(0, at + 4),
        SLOT_BYTES * (this.#turn++ % 2),
      )
    );
  }

  /** Makes the position durable. */
  sync(): void {
    attempt(() => this.#calls.fdatasyncSync(this.fd));
  }

  /** Closes the file. */
  close(): void {
    attempt(() => this.#calls.closeSync(this.fd));
    this.fd = -1;
  }
}

/** The position of a file's bytes; `undefined` where neither slot is whole. */
export function decodePosition(bytes: Uint8Array): Position | undefined {
  const slots = [0, SLOT_BYTES].map((at) => decodeSlot(bytes.slice(at, at + SLOT_BYTES)));
  return slots.sort((a, b) => (b?.turn ?? -1) - (a?.turn ?? -1))[0]?.position;
}

function decodeSlot(bytes: Uint8Array): { turn: number; position: Position } | undefined {
  if (bytes.length < FIXED_BYTES + 4) return undefined;
  const view = viewOf(bytes);
  const count = view.getUint32(44);
  if (view.getUint32(0) !== MAGIC || count > MAX_BATCHES) return undefined;
  const end = FIXED_BYTES + count * BATCH_BYTES;
  if (end + 4 > bytes.length || view.getUint32(end) !== xxh32(view, 0, end, 0)) {
    return undefined;
  }
  const low = getUint53(view, 12);
  const batches = Array.from({ length: count }, (_, i) => ({
    first: low + view.getInt32(FIXED_BYTES + i * BATCH_BYTES),
    count: view.getUint32(FIXED_BYTES + i * BATCH_BYTES + 4),
  }));
  const position = {
    low,
    end: getUint53(view, 20),
    segment: getUint53(view, 28),
    bytes: getUint53(view, 36),
    batches,
  };
  return { turn: getUint53(view, 4), position };
}
