/**
 * A stream of JetStream as the way out of a delivery: each batch is a message, and is sent once the
 * server has acknowledged it.
 *
 * At most a window of messages waits for acknowledgements, and one until the first of them has come. A
 * message that fails, or is not acknowledged in time, ends the session: all that is not acknowledged
 * is published again, in order and with the same ids, in the next one.
 *
 * Browser compatible.
 *
 * @module
 */
import type { ChunkIds } from "../delivery/chunk_ids.ts";
import type { Batch, DetailedWriter } from "../delivery/batch_writer.ts";
import { ConnectionError, type ConnectionErrorCode } from "../net/connection_error.ts";
import type { JetStreamLike } from "./jetstream_client.ts";

/** The stream that is published to, and how. */
export interface JetStreamTarget {
  readonly js: JetStreamLike;
  readonly stream: string;
  readonly subject: string;
  readonly ids: ChunkIds;
  /** The most messages that are not acknowledged. */
  readonly window: number;
  readonly ackTimeoutMs: number;
  /** The most bytes of a message with several records; less once the server has refused one. */
  mostBytes: number;
}

/** The server's error code for a message that is larger than its stream takes. */
const TOO_LARGE_FOR_STREAM = 10054;

const ignore = () => {};

/** Publishes each batch. */
export class JetStreamWriter implements DetailedWriter {
  readonly acknowledges = true;
  // The client keeps the connection: a session that ends says nothing about a record.
  readonly isConnectionless = true;
  // A stream that is full refuses each message, and is as good as away.
  isUnproven = true;
  onSettled: DetailedWriter["onSettled"];
  onReturned: DetailedWriter["onReturned"];
  onProgress: DetailedWriter["onProgress"];
  readonly closed: Promise<ConnectionError | undefined>;
  readonly #target: JetStreamTarget;
  #unacknowledged = 0;
  #isOver = false;
  #setClosed: (error: ConnectionError | undefined) => void = ignore;
  /** Wakes the write that waits for room in the window. */
  #onRoom: () => void = ignore;

  constructor(target: JetStreamTarget) {
    this.#target = target;
    this.closed = new Promise((resolve) => this.#setClosed = resolve);
  }

  get #hasRoom(): boolean {
    return this.#unacknowledged < (this.isUnproven ? 1 : this.#target.window);
  }

  write(batch: Batch): Promise<void> | undefined {
    if (batch.lengths.length > 1 && batch.bytes.length > this.#target.mostBytes) {
      this.onReturned?.(batch, true);
      return undefined;
    }
    void this.#publish(batch);
    if (this.#hasRoom) return undefined;
    return new Promise((resolve) => this.#onRoom = resolve);
  }

  async #publish(batch: Batch): Promise<void> {
    const { js, stream: streamName, subject, ids, ackTimeoutMs: timeout } = this.#target;
    this.#unacknowledged++;
    try {
      // A copy: the client may hold the bytes while it is disconnected, and the queue reuses its own.
      const payload = batch.bytes.slice();
      await js.publish(subject, payload, { msgID: ids.of(batch), timeout, expect: { streamName } });
    } catch (error) {
      return this.#failed(batch, error);
    }
    this.#settle(batch);
  }

  #settle(...settled: Parameters<NonNullable<DetailedWriter["onSettled"]>>): void {
    if (this.#isOver) return;
    this.isUnproven = false;
    this.#unacknowledged--;
    this.onSettled?.(...settled);
    if (this.#hasRoom) this.#onRoom();
  }

  #failed(batch: Batch, error: unknown): void {
    if (this.#isOver) return;
    const { lengths, bytes } = batch;
    const failure = toConnectionError(error, this.#target);
    if (failure.code !== "too-large") return this.#end(failure);
    if (lengths.length === 1) return this.#settle(batch, [0], { reason: "tooLarge" });
    this.#target.mostBytes = Math.min(this.#target.mostBytes, bytes.length >> 1);
    this.#end(failure);
  }

  close(): Promise<void> {
    this.#end(undefined);
    return Promise.resolve();
  }

  #end(error: ConnectionError | undefined): void {
    this.#isOver = true;
    this.#setClosed(error);
  }
}

/** The client's error where nothing on the server answers to a subject. */
const NOT_ENABLED = "JetStreamNotEnabled";

/** The codes of the client's errors, by their names; other errors are `other`. */
const CODES: { readonly [name: string]: ConnectionErrorCode } = {
  TimeoutError: "timeout",
  ClosedConnectionError: "closed",
  DrainingConnectionError: "closed",
  PermissionViolationError: "denied",
  AuthorizationError: "denied",
  StreamNotFoundError: "not-found",
  [NOT_ENABLED]: "not-found",
};

/** Returns the error of a delivery for what the client has thrown, which is its cause. */
export function toConnectionError(
  cause: unknown,
  { stream, subject }: Pick<JetStreamTarget, "stream" | "subject">,
): ConnectionError {
  const { name, message, code, cause: inner } = Object(cause) as Partial<Error> & {
    code?: unknown;
  };
  // A request wraps the error of the connection.
  const innerName = (inner as Error | undefined)?.name ?? "";
  const why = name === NOT_ENABLED
    ? "no stream takes this subject, or the server runs without JetStream"
    : message ?? String(cause);
  const what = `stream '${stream}', subject '${subject}': ${why}`;
  if (code === TOO_LARGE_FOR_STREAM || /max_payload|message size/.test(message ?? "")) {
    return new ConnectionError("too-large", what, { cause });
  }
  return new ConnectionError(CODES[name ?? ""] ?? CODES[innerName] ?? "other", what, { cause });
}
