/**
 * Encoders of items whose frames are made as arrays of their own and are then copied to the queue, and
 * of records that are written there at once where they can be.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import type { InPlaceFraming } from "../wire/framing.ts";
import type { RecordEncoder } from "../wire/record_encoder.ts";
import { NO_BYTES } from "./batch_writer.ts";
import type { Encoder } from "./outbox.ts";

/** Encodes by a function that makes the whole frame. */
export class FrameEncoder<Item> implements Encoder<Item> {
  readonly #encode: (item: Item) => Uint8Array;
  #frame: Uint8Array = NO_BYTES;

  constructor(encode: (item: Item) => Uint8Array) {
    this.#encode = encode;
  }

  prepare(item: Item): number {
    const frame = this.#encode(item);
    if (!(frame instanceof Uint8Array)) throw new TypeError("a frame must be a Uint8Array");
    this.#frame = frame;
    return frame.length;
  }

  write(out: Uint8Array, _view: DataView, at: number): number {
    const frame = this.#frame;
    // A large one is not kept until the next item comes.
    this.#frame = NO_BYTES;
    out.set(frame, at);
    return at + frame.length;
  }
}

/** Encodes plain records where they are written to, and others by a general encoder. */
export class DirectEncoderFirst implements Encoder<LogRecord> {
  readonly #direct: RecordEncoder;
  readonly #general: Encoder<LogRecord>;
  readonly #formatError: ((record: LogRecord) => void) | undefined;
  #isDirect = false;
  #isBusy = false;

  /** @param formatError called for a record with an error before it is encoded directly */
  constructor(
    direct: RecordEncoder,
    general: Encoder<LogRecord>,
    formatError?: (record: LogRecord) => void,
  ) {
    this.#direct = direct;
    this.#general = general;
    this.#formatError = formatError;
  }

  prepare(record: LogRecord): number {
    let most = 0;
    // A getter of a record may log, and so come here again.
    if (!this.#isBusy) {
      this.#isBusy = true;
      try {
        if (record.exc_info) this.#formatError?.(record);
        most = this.#direct.prepare(record);
      } finally {
        this.#isBusy = false;
      }
    }
    const isDirect = most > 0;
    if (!isDirect) most = this.#general.prepare(record);
    // Only now: another record may have been encoded within.
    this.#isDirect = isDirect;
    return most;
  }

  write(out: Uint8Array, view: DataView, at: number): number {
    return (this.#isDirect ? this.#direct : this.#general).write(out, view, at);
  }
}

/** Encodes as another encoder does, and frames the bytes where they stand. */
export class FramingEncoder<Item> implements Encoder<Item> {
  readonly #framing: InPlaceFraming;
  /** The length of the last payload: the next one most often has as many digits. */
  #length = 100;
  #encoder: Encoder<Item> | undefined;

  constructor(framing: InPlaceFraming) {
    this.#framing = framing;
  }

  /** Returns this encoder, which frames the next item that `encoder` encodes. */
  of(encoder: Encoder<Item>): this {
    this.#encoder = encoder;
    return this;
  }

  prepare(item: Item): number {
    const encoder = this.#encoder!;
    const most = encoder.prepare(item);
    // Another item may have been encoded within.
    this.#encoder = encoder;
    return this.#framing.mostBytes(most);
  }

  write(out: Uint8Array, view: DataView, at: number): number {
    const framing = this.#framing;
    const start = at + framing.offset(this.#length);
    const end = this.#encoder!.write(out, view, start);
    this.#length = end - start;
    return framing.enclose(out, at, start, end);
  }
}

/** The frame of an item, in an array of its own. */
export function encodeAlone<Item>(item: Item, encoder: Encoder<Item>): Uint8Array {
  const out = new Uint8Array(encoder.prepare(item));
  return out.subarray(0, encoder.write(out, new DataView(out.buffer), 0));
}
