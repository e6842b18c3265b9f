/**
 * Messages on a byte stream, each framed when it is written.
 *
 * Browser compatible.
 *
 * @module
 */
import type { StreamConnection } from "../net/connector.ts";
import type { StreamFraming } from "../wire/framing.ts";
import { type Batch, NO_BYTES, type Progress } from "./batch_writer.ts";
import { StreamWriter } from "./stream_writer.ts";

/** A batch of the outbox is at most 64 KiB, with rare exceptions, and frames add little. */
const FIRST_BUFFER_BYTES = 131_072;

/** How messages are framed. */
export type MessageFraming = Pick<StreamFraming, "mostBytes" | "write">;

/** Writes batches to a connection on which messages need something that marks them off. */
export class FramedStreamWriter extends StreamWriter {
  readonly #framing: MessageFraming;
  /** Where the frames of a write stand; it is used again for the next one. */
  #buffer: Uint8Array = NO_BYTES;
  /** The batch that was last written, as it is on the stream. */
  #framed: Batch = { id: 0n, bytes: this.#buffer, lengths: new Uint32Array(0) };

  constructor(connection: StreamConnection, framing: MessageFraming) {
    super(connection);
    this.#framing = framing;
  }

  override write(batch: Batch): Promise<void> | undefined {
    return super.write(this.#framed = this.#frame(batch));
  }

  override retry(): boolean {
    return super.retry(this.#framed);
  }

  override progress(): Progress {
    return super.progress(this.#framed);
  }

  override writeSync(batch: Batch, waitMs?: number): number {
    // A pending write goes on reading from the old buffer.
    this.#buffer = NO_BYTES;
    return super.writeSync(this.#frame(batch), waitMs);
  }

  #frame(batch: Batch): Batch {
    const lengths = new Uint32Array(batch.lengths.length);
    let start = 0;
    let end = 0;
    for (let i = 0; i < lengths.length; i++) {
      const payload = batch.bytes.subarray(start, start += batch.lengths[i]!);
      this.#reserve(end, this.#framing.mostBytes(payload.length));
      const begin = end;
      end = this.#framing.write(payload, this.#buffer, begin);
      lengths[i] = end - begin;
    }
    return { id: batch.id, bytes: this.#buffer.subarray(0, end), lengths };
  }

  /** Makes room for `size` bytes behind `end`. */
  #reserve(end: number, size: number): void {
    if (end + size <= this.#buffer.length) return;
    const most = Math.max(FIRST_BUFFER_BYTES, 2 * this.#buffer.length, end + size);
    const grown = new Uint8Array(most);
    grown.set(this.#buffer.subarray(0, end));
    this.#buffer = grown;
  }
}
