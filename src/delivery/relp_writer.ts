/**
 * A RELP session as the way out of a delivery: each record is a transaction, and is sent once the server
 * has answered it.
 *
 * At most a window of transactions waits for answers; a batch that is larger is written as they come. A
 * server that answers none of those that wait for a time-out, or says what RELP does not allow, ends its
 * session alone: what it has not answered is written again, in order, to the next one.
 *
 * Browser compatible: time comes from a {@linkcode Clock}.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { Clock, DialledAddress, StreamConnection, WaitOptions } from "../net/connector.ts";
import { Watchdog } from "../net/watchdog.ts";
import { withDeadline } from "../net/with_timeout.ts";
import { RelpClient, type RelpEvent } from "../wire/relp_client.ts";
import type { Batch, DetailedWriter, PartialSettlement, Refusal } from "./batch_writer.ts";
import type { CheckedDeliveryOptions } from "./delivery_options.ts";
import { FramedStreamWriter } from "./framed_stream_writer.ts";
import { endedEarly, quoted, serverOf, violation } from "./_session_errors.ts";

/** The options of a session: a server may answer none of what waits for `writeTimeoutMs`. */
export type RelpSettings = Pick<CheckedDeliveryOptions, "clock" | "writeTimeoutMs">;

/** A batch whose records have not all been answered. */
interface Unsettled {
  readonly batch: Batch;
  /** The ordinal of the first record's transaction. */
  readonly first: number;
  /** Records that were written, and records that wait for an answer. */
  written: number;
  left: number;
  /** The bytes of the records that were written. */
  bytes: number;
  /** For each record 1 once it was answered. */
  readonly answered: Uint8Array;
  readonly refused: number[];
  refusal: string;
}

/** A server that has ended the session closes the connection within milliseconds. */
const CLOSE_MS = 1000;

const ignore = () => {};

/** Opens a session on a connection; rejects if the server does not, and closes the connection then. */
export async function openRelp(
  connection: StreamConnection,
  settings: RelpSettings,
  { signal }: WaitOptions = {},
): Promise<RelpWriter> {
  const writer = new RelpWriter(connection, settings);
  const giveUp = () => writer.giveUp(writer.unopened("timeout"));
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted) giveUp();
  try {
    await writer.opened;
    return writer;
  } catch (error) {
    writer.giveUp(error as ConnectionError);
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Writes each record as a transaction. */
export class RelpWriter implements DetailedWriter {
  readonly acknowledges = true;
  // A server that ends each session before it has taken a record is as good as away.
  isUnproven = true;
  onSettled: DetailedWriter["onSettled"];
  onProgress: DetailedWriter["onProgress"];
  /** Resolves when the server has opened the session; rejects when it ends before. */
  readonly opened: Promise<void>;
  readonly closed: Promise<ConnectionError | undefined>;
  readonly #client = new RelpClient();
  readonly #connection: StreamConnection;
  readonly #clock: Clock;
  readonly #stream: FramedStreamWriter;
  readonly #watchdog: Watchdog;
  readonly #unsettled: Unsettled[] = [];
  #state: "opening" | "open" | "ending" | "closing" | "over" = "opening";
  #setOpened: () => void = ignore;
  #failOpened: (error: ConnectionError) => void = ignore;
  #setClosed: (error: ConnectionError | undefined) => void = ignore;
  /** Wakes the write that waits for room in the window. */
  #onRoom: () => void = ignore;
  #isWriting = false;

  /** Opens the session. */
  constructor(connection: StreamConnection, { clock, writeTimeoutMs: ms }: RelpSettings) {
    this.#connection = connection;
    this.#clock = clock;
    this.#stream = new FramedStreamWriter(connection, this.#client);
    this.#stream.onProgress = () => {
      this.#watchdog.feed();
      this.onProgress?.();
    };
    this.opened = new Promise((resolve, reject) => {
      this.#setOpened = resolve;
      this.#failOpened = reject;
    });
    this.opened.catch(ignore);
    this.closed = new Promise((resolve) => this.#setClosed = resolve);
    this.#watchdog = new Watchdog(ms, clock, () => {
      const reason = `${this.#server} has answered nothing for ${ms} ms`;
      this.giveUp(new ConnectionError("timeout", reason));
    });
    this.#writeFrame(this.#client.open());
    void this.#read();
  }

  get dialled(): DialledAddress | undefined {
    return this.#connection.dialled;
  }

  /** The server, as messages name it. */
  get #server(): string {
    return serverOf(this.#connection);
  }

  /** The error of a session that the server has not opened. */
  unopened(code: "timeout" | "closed"): ConnectionError {
    const message =
      `${this.#server} has not opened a RELP session: does it speak RELP at this port?`;
    return new ConnectionError(code, message);
  }

  write(batch: Batch): Promise<void> | undefined {
    const records = batch.lengths.length;
    const unsettled: Unsettled = {
      batch,
      first: this.#client.next,
      written: 0,
      left: records,
      bytes: 0,
      answered: new Uint8Array(records),
      refused: [],
      refusal: "",
    };
    this.#unsettled.push(unsettled);
    const writing = this.#writeSome(unsettled);
    return writing === undefined && unsettled.written === records
      ? undefined
      : this.#writeRest(unsettled, writing);
  }

  async #writeRest(unsettled: Unsettled, begun: Promise<void> | undefined): Promise<void> {
    this.#isWriting = true;
    await begun;
    while (unsettled.written < unsettled.batch.lengths.length) {
      if (this.#client.room <= 0) await new Promise<void>((resolve) => this.#onRoom = resolve);
      // The end of the session, which `closed` reports, is what the delivery waits for.
      if (this.#state !== "open") return new Promise(ignore);
      await this.#writeSome(unsettled);
    }
    this.#isWriting = false;
  }

  /** Writes as many records as the window has room for. */
  #writeSome(unsettled: Unsettled): Promise<void> | undefined {
    const { batch, written, bytes } = unsettled;
    const records = Math.min(this.#client.room, batch.lengths.length - written);
    if (records <= 0 || this.#state !== "open") return undefined;
    if (this.#client.waiting === 0) this.#watchdog.feed();
    const lengths = batch.lengths.subarray(written, written + records);
    const size = lengths.reduce((sum, length) => sum + length, 0);
    unsettled.written += records;
    unsettled.bytes += size;
    const part = { id: batch.id, bytes: batch.bytes.subarray(bytes, bytes + size), lengths };
    return this.#stream.write(part);
  }

  /** As in the contract; takes none, as nothing that is written then is answered. */
  writeSync(batch: Batch, waitMs?: number): number {
    if (this.#state !== "open") return 0;
    const last = this.#unsettled.at(-1);
    if (last !== undefined && last.written < last.batch.lengths.length) {
      // In order: the rest of the batch at hand goes first.
      const { lengths, bytes, id } = last.batch;
      const rest = {
        id,
        bytes: bytes.subarray(last.bytes),
        lengths: lengths.subarray(last.written),
      };
      if (this.#stream.writeSync(rest, waitMs) < rest.lengths.length) return 0;
    }
    this.#stream.writeSync(batch, waitMs);
    return 0;
  }

  *partlySettled(): Iterable<PartialSettlement> {
    for (const { batch, left, answered, refused, refusal } of this.#unsettled) {
      if (left === answered.length) continue;
      const again = [...answered.keys()].filter((record) => answered[record] === 0);
      yield { batch, again, refused, refusal: refusalOf(refusal) };
    }
  }

  async close(options: WaitOptions = {}): Promise<void> {
    const { signal } = options;
    const giveUp = () => this.giveUp(new ConnectionError("closed", "the session was given up"));
    if (signal?.aborted || this.#isWriting) giveUp();
    signal?.addEventListener("abort", giveUp);
    if (this.#state === "open") {
      this.#state = "closing";
      this.#watchdog.feed();
      this.#writeFrame(this.#client.close());
    }
    await this.closed;
    await this.#connection.close(options);
    signal?.removeEventListener("abort", giveUp);
  }

  /** Ends the session at once. */
  giveUp(error: ConnectionError): void {
    this.#end(error);
    this.#connection.close({ signal: AbortSignal.abort() }).catch(ignore);
  }

  /** Writes a frame that is no message; that it fails is seen by the connection's end. */
  #writeFrame(frame: Uint8Array): void {
    try {
      this.#connection.write(frame).catch(ignore);
    } catch {
      // A program's own connection; it is given up for its silence.
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#connection) {
        this.#take(chunk);
        if (this.#state === "over") return;
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) {
        return this.giveUp(violation(this.#server, "RELP", error));
      }
    }
    const error = await this.#stream.closed;
    this.#end(error ?? this.#endError());
  }

  /** The error of a server that ends the session with something left to answer or to write. */
  #endError(): ConnectionError | undefined {
    if (this.#state === "opening") return this.unopened("closed");
    const { waiting } = this.#client;
    if (this.#state === "closing" || waiting === 0 && !this.#isWriting) return undefined;
    return endedEarly(this.#server, `answered ${waiting} records`);
  }

  #take(chunk: Uint8Array): void {
    this.#client.push(chunk);
    let isProgress = false;
    for (let event = this.#client.nextEvent(); event; event = this.#client.nextEvent()) {
      this.#on(event);
      isProgress ||= event.type === "answered";
      if (this.#state === "over") return;
    }
    if (!isProgress) return;
    this.isUnproven = false;
    if (this.#client.waiting === 0) this.#watchdog.rest();
    else this.#watchdog.feed();
    this.#onRoom();
    this.onProgress?.();
    if (this.#state === "ending" && this.#client.waiting === 0) this.#leave();
  }

  #on(event: RelpEvent): void {
    if (event.type === "answered") return this.#answered(event.ordinal, event.refusal);
    if (event.type === "opened") {
      this.#state = "open";
      this.#setOpened();
    } else if (event.type === "refused") {
      const message = `${this.#server} refuses the RELP session: ${quoted(event.refusal)}`;
      this.giveUp(new ConnectionError("denied", message));
    } else if (this.#state === "open" && this.#client.waiting > 0) {
      // It may answer on what it has got.
      this.#state = "ending";
    } else {
      this.#leave();
    }
  }

  /** The session is over, as one of both sides wanted. */
  #leave(): void {
    this.#end(this.#endError());
    const close = (signal: AbortSignal) => this.#connection.close({ signal });
    withDeadline(close, { clock: this.#clock, ms: CLOSE_MS }).catch(ignore);
  }

  #answered(ordinal: number, refusal: string | undefined): void {
    const at = this.#unsettled.findIndex(({ first, written }) => ordinal < first + written);
    const unsettled = this.#unsettled[at];
    // No batch waits for an answer to a record that was written as the process ends.
    if (unsettled === undefined) return;
    const record = ordinal - unsettled.first;
    unsettled.answered[record] = 1;
    if (refusal !== undefined) {
      unsettled.refused.push(record);
      unsettled.refusal = refusal;
    }
    if (--unsettled.left > 0) return;
    this.#unsettled.splice(at, 1);
    this.onSettled?.(unsettled.batch, unsettled.refused, refusalOf(unsettled.refusal));
  }

  #end(error: ConnectionError | undefined): void {
    if (this.#state === "over") return;
    const wasOpening = this.#state === "opening";
    this.#state = "over";
    this.#watchdog.stop();
    if (wasOpening) this.#failOpened(error ?? this.unopened("closed"));
    this.#setClosed(error);
    this.#onRoom();
  }
}

function refusalOf(text: string): Refusal | undefined {
  if (text === "") return undefined;
  const error = new Error(`the server refuses records: ${quoted(text)}`);
  return { reason: "refused", error };
}
