/**
 * A Forward session as the way out of a delivery: each batch is a chunk of entries, and is sent once the
 * server has acknowledged it.
 *
 * At most a window of chunks waits for acknowledgements. A server that acknowledges none of them for a
 * time-out, or one that was not sent, ends its session alone: what it has not acknowledged is written
 * again, in order and with the same ids, to the next one.
 *
 * Browser compatible: time and randomness are given.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { DialledAddress, StreamConnection, WaitOptions } from "../net/connector.ts";
import { Watchdog } from "../net/watchdog.ts";
import {
  type ClientKey,
  type ForwardAnswer,
  ForwardClient,
  isProof,
  ping,
} from "../wire/forward/forward_client.ts";
import { messageMode, packedForward } from "../wire/forward/forward_message.ts";
import { gzip } from "../wire/gzip.ts";
import type { Batch, BatchWriter, DetailedWriter } from "./batch_writer.ts";
import type { ChunkIds } from "./chunk_ids.ts";
import type { CheckedDeliveryOptions } from "./delivery_options.ts";
import { FramedStreamWriter } from "./framed_stream_writer.ts";
import { endedEarly, quoted, serverOf, violation } from "./_session_errors.ts";
import { StreamWriter } from "./stream_writer.ts";

/** The options of a session: a server may acknowledge nothing for `writeTimeoutMs`. */
export interface ForwardSettings extends Pick<CheckedDeliveryOptions, "clock" | "writeTimeoutMs"> {
  /** The tag of all events. */
  readonly tag: string;
  /** Says whether chunks are acknowledged; else each event is a message of its own. */
  readonly ack: boolean;
  /** Says whether chunks are compressed. */
  readonly gzip: boolean;
  /** The key that both sides have, if any. */
  readonly sharedKey: Uint8Array | undefined;
  /** The name of this side in the handshake. */
  readonly hostname: string;
  /** The ids of the handler's chunks. */
  readonly ids: ChunkIds;
  /** Makes a salt for a handshake. */
  readonly salt: () => string;
  /** Records wait on the disk: a later process sends them, with their ids. */
  readonly isSpooled: boolean;
}

/** The most chunks that wait for acknowledgements: with 96 KiB in each these are 3 MiB. */
export const FORWARD_WINDOW = 32;

const ignore = () => {};

/** Opens a session on a connection; rejects if the server does not, and closes the connection then. */
export async function openForward(
  connection: StreamConnection,
  settings: ForwardSettings,
  { signal }: WaitOptions = {},
): Promise<BatchWriter> {
  const { sharedKey, ack, tag } = settings;
  if (sharedKey === undefined && !ack) {
    return new FramedStreamWriter(connection, messageMode(tag));
  }
  const giveUp = () => void connection.close({ signal: AbortSignal.abort() }).catch(ignore);
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted) giveUp();
  try {
    const answers = new ForwardAnswers(connection);
    if (sharedKey !== undefined) {
      const proof = { hostname: settings.hostname, salt: settings.salt(), key: sharedKey };
      await shakeHands(connection, answers, proof, signal);
    }
    return ack
      ? new ForwardWriter(connection, settings, answers)
      : new TrustedMessageWriter(connection, settings, answers);
  } catch (error) {
    giveUp();
    throw error instanceof ConnectionError
      ? error
      : violation(serverOf(connection), "Forward", error);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The answers of a server, one by one. */
class ForwardAnswers {
  readonly #client = new ForwardClient();
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(connection: StreamConnection) {
    this.#chunks = connection[Symbol.asyncIterator]();
  }

  /** The next answer; `undefined`: the stream has ended. */
  async next(): Promise<ForwardAnswer | undefined> {
    for (;;) {
      const answer = this.#client.next();
      if (answer !== undefined) return answer;
      const { done, value } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#client.push(value);
    }
  }

  /** The next bytes of a server that has nothing to say. */
  async bytes(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#chunks.next();
      return done === true ? undefined : value;
    } catch {
      // The connection failed, which `closed` reports.
      return undefined;
    }
  }
}

/** Shows the shared key, and has the server show that it has it, too. */
async function shakeHands(
  connection: StreamConnection,
  answers: ForwardAnswers,
  proof: ClientKey,
  signal: AbortSignal | undefined,
): Promise<void> {
  const server = serverOf(connection);
  const next = async (type: ForwardAnswer["type"]) => {
    const answer = await answers.next();
    if (answer === undefined) {
      const code = signal?.aborted ? "timeout" : "closed";
      const reason = `${server} has not said ${type.toUpperCase()}: does it have a shared key?`;
      throw new ConnectionError(code, reason);
    }
    return answer;
  };
  const helo = await next("helo");
  if (helo.type !== "helo") throw new TypeError(`it says ${helo.type.toUpperCase()} before HELO`);
  if (helo.demandsUser) {
    const reason = `${server} demands a user name and a password, which are not supported`;
    throw new ConnectionError("denied", reason);
  }
  await connection.write(await ping(proof, helo.nonce));
  const pong = await next("pong");
  if (pong.type !== "pong") throw new TypeError(`it says ${pong.type.toUpperCase()} for PONG`);
  if (!pong.isTaken) {
    throw new ConnectionError(
      "denied",
      `${server} refuses the shared key: ${quoted(pong.reason)}`,
    );
  }
  if (await isProof(proof, helo.nonce, pong.hostname, pong.digest)) return;
  const reason = `${server} does not have the shared key, or it has the name of this side: ` +
    "then set another 'selfHostname'";
  throw new ConnectionError("denied", reason);
}

/** Writes events without acknowledgements behind a handshake. */
class TrustedMessageWriter extends FramedStreamWriter {
  readonly #answers: ForwardAnswers;

  constructor(connection: StreamConnection, { tag }: ForwardSettings, answers: ForwardAnswers) {
    super(connection, messageMode(tag));
    this.#answers = answers;
  }

  override firstBytes(): Promise<Uint8Array | undefined> {
    return this.#answers.bytes();
  }
}

/** Writes each batch as a chunk. */
export class ForwardWriter implements DetailedWriter {
  readonly acknowledges = true;
  // A server that ends each session before it has taken a chunk is as good as away.
  isUnproven = true;
  onSettled: DetailedWriter["onSettled"];
  onProgress: DetailedWriter["onProgress"];
  readonly closed: Promise<ConnectionError | undefined>;
  readonly #connection: StreamConnection;
  readonly #settings: ForwardSettings;
  readonly #answers: ForwardAnswers;
  readonly #stream: StreamWriter;
  readonly #watchdog: Watchdog;
  /** The chunks that are not acknowledged. */
  readonly #waiting = new Map<string, Batch>();
  /** The batch that waits for room, or is being compressed. */
  #unwritten: Batch | undefined;
  #isWriting = false;
  #state: "open" | "closing" | "over" = "open";
  #setClosed: (error: ConnectionError | undefined) => void = ignore;
  /** Wakes the write that waits for room in the window. */
  #onRoom: () => void = ignore;

  /** Reads the answers of an open session. */
  constructor(connection: StreamConnection, settings: ForwardSettings, answers: ForwardAnswers) {
    const { writeTimeoutMs: ms, clock } = settings;
    this.#connection = connection;
    this.#settings = settings;
    this.#answers = answers;
    this.#stream = new StreamWriter(connection);
    this.#stream.onProgress = () => {
      this.#watchdog.feed();
      this.onProgress?.();
    };
    this.closed = new Promise((resolve) => this.#setClosed = resolve);
    this.#watchdog = new Watchdog(ms, clock, () => {
      const reason = `${this.#server} has acknowledged nothing for ${ms} ms`;
      this.giveUp(new ConnectionError("timeout", reason));
    });
    void this.#read();
  }

  get dialled(): DialledAddress | undefined {
    return this.#connection.dialled;
  }

  /** The server, as messages name it. */
  get #server(): string {
    return serverOf(this.#connection);
  }

  write(batch: Batch): Promise<void> | undefined {
    if (!this.#settings.gzip && this.#waiting.size < FORWARD_WINDOW && this.#state === "open") {
      const writing = this.#send(batch, batch.bytes);
      if (writing === undefined) return undefined;
      this.#isWriting = true;
      return writing.then(() => {
        this.#isWriting = false;
      });
    }
    return this.#writeLater(batch);
  }

  async #writeLater(batch: Batch): Promise<void> {
    this.#isWriting = true;
    this.#unwritten = batch;
    const { gzip: isGzip } = this.#settings;
    const entries = isGzip ? await gzip(batch.bytes.slice()) : batch.bytes;
    while (this.#waiting.size >= FORWARD_WINDOW && this.#state === "open") {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
    // The end of the session, which `closed` reports, is what the delivery waits for.
    if (this.#state !== "open" || this.#unwritten !== batch) return new Promise(ignore);
    this.#unwritten = undefined;
    await this.#send(batch, entries);
    this.#isWriting = false;
  }

  /** Writes a chunk. */
  #send(batch: Batch, entries: Uint8Array): Promise<void> | undefined {
    const { ids, gzip: isGzip } = this.#settings;
    const chunk = ids.of(batch);
    if (this.#waiting.size === 0) this.#watchdog.feed();
    this.#waiting.set(chunk, batch);
    return this.#stream.write(this.#message(batch, entries, chunk, isGzip));
  }

  #message({ id, lengths }: Batch, entries: Uint8Array, chunk: string, isGzip: boolean): Batch {
    const { tag } = this.#settings;
    const bytes = packedForward({ tag, entries, size: lengths.length, chunk, isGzip });
    return { id, bytes, lengths: Uint32Array.of(bytes.length) };
  }

  /**
   * As in the contract; takes none, as nothing that is written then is acknowledged. With a spool it
   * writes nothing, as the next process sends it.
   */
  writeSync(batch: Batch, waitMs?: number): number {
    const { ids, isSpooled } = this.#settings;
    if (this.#state !== "open" || isSpooled) return 0;
    const unwritten = this.#unwritten;
    if (unwritten !== undefined) {
      this.#unwritten = undefined;
      const chunk = ids.of(unwritten);
      this.#waiting.set(chunk, unwritten);
      const message = this.#message(unwritten, unwritten.bytes, chunk, false);
      if (this.#stream.writeSync(message, waitMs) === 0) return 0;
    }
    if (batch.lengths.length > 0) {
      this.#stream.writeSync(this.#message(batch, batch.bytes, ids.last(), false), waitMs);
    }
    return 0;
  }

  async close(options: WaitOptions = {}): Promise<void> {
    const { signal } = options;
    const giveUp = () => this.giveUp(new ConnectionError("closed", "the session was given up"));
    if (signal?.aborted || this.#isWriting) giveUp();
    signal?.addEventListener("abort", giveUp);
    if (this.#state === "open") {
      this.#state = "closing";
      this.#watchdog.rest();
    }
    await this.#connection.close(options);
    signal?.removeEventListener("abort", giveUp);
  }

  /** Ends the session at once. */
  giveUp(error: ConnectionError): void {
    this.#end(error);
    this.#connection.close({ signal: AbortSignal.abort() }).catch(ignore);
  }

  async #read(): Promise<void> {
    try {
      for (let answer = await this.#answers.next(); answer; answer = await this.#answers.next()) {
        this.#on(answer);
        if (this.#state === "over") return;
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) {
        return this.giveUp(violation(this.#server, "Forward", error));
      }
    }
    const error = await this.#stream.closed;
    this.#end(error ?? this.#endError());
  }

  /** The error of a server that ends the session with something left to acknowledge or to write. */
  #endError(): ConnectionError | undefined {
    const { size } = this.#waiting;
    if (this.#state === "closing" || size === 0 && !this.#isWriting) return undefined;
    const chunks = `${size} ${size === 1 ? "chunk" : "chunks"}`;
    return endedEarly(this.#server, `acknowledged ${chunks}`);
  }

  #on(answer: ForwardAnswer): void {
    if (answer.type === "helo") {
      const reason = `${this.#server} demands a shared key: set 'sharedKey'`;
      return this.giveUp(new ConnectionError("denied", reason));
    }
    if (answer.type === "pong") throw new TypeError("it says PONG, and was not asked");
    const { chunk } = answer;
    const batch = this.#waiting.get(chunk);
    if (batch === undefined) {
      throw new TypeError(
        `it acknowledges the chunk "${
          quoted(chunk)
        }", which was not sent, or was acknowledged before`,
      );
    }
    this.#waiting.delete(chunk);
    this.isUnproven = false;
    if (this.#waiting.size === 0) this.#watchdog.rest();
    else this.#watchdog.feed();
    this.onSettled?.(batch);
    this.#onRoom();
    this.onProgress?.();
  }

  #end(error: ConnectionError | undefined): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#watchdog.stop();
    this.#setClosed(error);
    this.#onRoom();
  }
}
