/**
 * One accepted connection of a receiver. It is read until it ends, until something in it is no
 * record, until it is silent, or inside one frame, for too long, until the server closes it to make
 * room, or until the receiver stops.
 *
 * A chunk is read only when the one before it has been handled, so the kernel holds back a sender
 * that is faster than the handlers; between two chunks the other connections have a turn.
 *
 * Browser compatible.
 *
 * @module
 */
import type { SessionReader } from "../wire/framing.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { StreamConnection } from "../net/connector.ts";
import { turn } from "../net/fair_turn.ts";
import type { FrameSource } from "./_frame_source.ts";
import { makeFault, type ReceiverFault, type ReceiverFaultReason } from "./receiver_fault.ts";
import type { RecordPipeline } from "./_record_pipeline.ts";

/** A connection that has ended closes within milliseconds; after a second it is closed by force. */
const CLOSE_MS = 1000;

/**
 * 64 KiB: a sender that is inside a frame when its time is over may go on if it has sent so much
 * meanwhile. By default that is a kilobyte a second, as a slow modem sends; a byte now and then is
 * less, and a frame of the greatest size ends within hours.
 */
const PROGRESS_BYTES = 65_536;

/** A sender that reads answers does so at once; they are few, and its kernel holds them. */
const ANSWER_MS = 30_000;

/** Its bytes have ended. */
const ENDED = "ended";

/** How a connection is served. */
export interface ServedConnectionOptions {
  /** The longest silence, in milliseconds; 0: any. */
  readonly idleTimeoutMs: number;
  /** The longest time for its first frame, and inside any other, in milliseconds; 0: any. */
  readonly frameTimeoutMs: number;
  /** All that arrived has been handled; `completed`: at least one whole frame was in it. */
  taken(completed: boolean): void;
}

/** A connection that is being served. */
export class ServedConnection {
  /** Resolves when the connection has ended and is closed. Never rejects. */
  readonly done: Promise<void>;
  readonly #connection: StreamConnection;
  readonly #pipeline: RecordPipeline;
  readonly #source: FrameSource;
  readonly #options: ServedConnectionOptions;
  readonly #release: AbortController = new AbortController();
  #silenceMs: number;
  #timer: unknown;
  #frameTimer: unknown;
  #bytesBefore = 0;
  #state: "reading" | "taking" | "over" = "reading";
  #draining = false;
  #givenUp = false;
  /** Settles when the answers so far are written. */
  #answering: Promise<void> = Promise.resolve();

  /** Starts to read; `number` is for reports. */
  constructor(
    connection: StreamConnection,
    number: number,
    pipeline: RecordPipeline,
    options: ServedConnectionOptions,
  ) {
    this.#connection = connection;
    this.#pipeline = pipeline;
    this.#source = pipeline.source(connection.peerAddress, number);
    this.#options = options;
    this.#silenceMs = options.idleTimeoutMs;
    this.done = this.#serve();
  }

  /** True if every whole record that arrived is handled: closing it now loses none. */
  get isIdle(): boolean {
    return this.#state === "reading";
  }

  /** True before its first whole frame, and inside any later one. */
  get isInFrame(): boolean {
    const { frames, heldBytes } = this.#source;
    return frames === 0 || heldBytes > 0;
  }

  /** The memory, in bytes, that its unfinished frame takes. */
  get heldBytes(): number {
    return this.#source.heldBytes;
  }

  /**
   * Asks the sender to stop, by a FIN, and reads on what it sent before it got that. Handlers of
   * CPython do not read, so `quietMs` of silence end the connection too. A sender that awaits answers
   * is asked by one: by the next one where records are being handled, which are flushed before it.
   */
  drain(quietMs: number): void {
    this.#draining = true;
    this.#silenceMs = quietMs;
    if (this.isIdle) this.#arm();
    const { session } = this.#source;
    if (session === undefined) return void this.#close();
    session.leave();
    if (!this.isIdle) return;
    // That a write fails is seen where bytes are read.
    this.#answer(session, false).catch(() => {});
  }

  /** Reports why it is closed, and closes it at once; does nothing if it has ended. */
  giveUp(reason: ReceiverFaultReason, error: ConnectionError): void {
    if (this.#state === "over" || this.#givenUp) return;
    this.#givenUp = true;
    this.#pipeline.report(makeFault(reason, error, this.#source.connection));
    void this.abandon();
  }

  /** Closes it at once; resolves when that is done. */
  abandon(): Promise<void> {
    this.#release.abort();
    this.#disarm();
    this.#pipeline.clock.clearTimeout(this.#frameTimer);
    return this.#close();
  }

  async #serve(): Promise<void> {
    const source = this.#source;
    const pipeline = this.#pipeline;
    const { clock } = pipeline;
    let fault: ReceiverFault | typeof ENDED | undefined;
    this.#arm();
    this.#watchFrame(false);
    const chunks = this.#connection[Symbol.asyncIterator]();
    try {
      // Some protocols have a greeting.
      if (source.session) await this.#answer(source.session, false);
      // Between two chunks nothing refers to the one before: hundreds of connections may wait here.
      while ((fault = await this.#takeNext(chunks)) === undefined) {
        await turn();
        this.#arm();
      }
      if (fault === ENDED) fault = undefined;
      else await chunks.return?.();
      this.#state = "over";
      fault ??= await pipeline.end(source);
    } catch (error) {
      fault = makeFault("connection", error, source.connection);
    }
    this.#state = "over";
    source.session?.release?.();
    this.#disarm();
    clock.clearTimeout(this.#frameTimer);
    if (fault !== undefined) {
      // At once, so that a sender that does not read gets a RST instead of no answer.
      this.#release.abort();
      if (!this.#givenUp) pipeline.report(fault);
    }
    this.#timer = clock.setTimeout(() => this.#release.abort(), CLOSE_MS);
    await this.#close();
    this.#disarm();
  }

  /** Handles the next chunk; returns the fault that ends the connection, or that it has ended. */
  async #takeNext(
    chunks: AsyncIterator<Uint8Array>,
  ): Promise<ReceiverFault | typeof ENDED | undefined> {
    const source = this.#source;
    const { done, value: chunk } = await chunks.next();
    if (done === true) return ENDED;
    this.#disarm();
    this.#state = "taking";
    const { frames, payloads, session } = source;
    const fault = await this.#pipeline.take(source, chunk, this.#release.signal);
    if (fault === undefined && session) {
      await this.#answer(session, source.payloads > payloads || session.repeats === true);
    }
    this.#state = "reading";
    if (fault !== undefined) return fault;
    if (session?.isOver) {
      await chunks.return?.();
      return ENDED;
    }
    const completed = source.frames > frames;
    this.#watchFrame(completed);
    this.#options.taken(completed);
    return undefined;
  }

  /** Answers what was read, behind the answers before; `flushes`: once its records are flushed. */
  #answer(session: SessionReader, flushes: boolean): Promise<void> {
    return this.#answering = this.#answering.then(() => this.#writeAnswers(session, flushes));
  }

  async #writeAnswers(session: SessionReader, flushes: boolean): Promise<void> {
    const { signal } = this.#release;
    if (flushes) await this.#pipeline.flush(signal);
    const answers = session.takeAnswers();
    if (answers.length === 0 || signal.aborted) return;
    const { clock } = this.#pipeline;
    const message = `It has not read its answers for ${ANSWER_MS} ms`;
    const late = () => this.giveUp("idle", new ConnectionError("timeout", message));
    const timer = clock.setTimeout(late, ANSWER_MS);
    try {
      await this.#connection.write(answers);
    } catch (error) {
      // A sender that has ended the stream awaits no answer.
      if (!(error instanceof ConnectionError && error.code === "closed")) throw error;
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #arm(): void {
    this.#disarm();
    if (this.#silenceMs === 0) return;
    this.#timer = this.#pipeline.clock.setTimeout(() => this.#silent(), this.#silenceMs);
  }

  #disarm(): void {
    this.#pipeline.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #silent(): void {
    if (this.#draining) return void this.abandon();
    const { idleTimeoutMs } = this.#options;
    const message = `Nothing arrived for ${idleTimeoutMs} ms`;
    this.giveUp("idle", new ConnectionError("timeout", message));
  }

  /** Bounds the time in which the unfinished frame, or the first one, must end. */
  #watchFrame(completed: boolean): void {
    const { clock } = this.#pipeline;
    const { frameTimeoutMs } = this.#options;
    if (frameTimeoutMs === 0 || this.#release.signal.aborted) return;
    if (completed || !this.isInFrame) {
      clock.clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
    }
    if (!this.isInFrame || this.#frameTimer !== undefined) return;
    this.#bytesBefore = this.#source.bytes;
    this.#frameTimer = clock.setTimeout(() => this.#frameTimedOut(), frameTimeoutMs);
  }

  #frameTimedOut(): void {
    this.#frameTimer = undefined;
    // While a record is handled nothing is read: the sender is not to blame.
    if (!this.isIdle || this.#source.bytes - this.#bytesBefore >= PROGRESS_BYTES) {
      return this.#watchFrame(false);
    }
    const message = `No frame was completed for ${this.#options.frameTimeoutMs} ms`;
    this.giveUp("idle", new ConnectionError("timeout", message));
  }

  async #close(): Promise<void> {
    try {
      await this.#connection.close({ signal: this.#release.signal });
    } catch {
      // close() must not reject; the connection is gone even where it does.
    }
  }
}
