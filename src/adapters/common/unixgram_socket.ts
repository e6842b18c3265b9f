/**
 * A Unix datagram socket that only sends, over a native call that never waits: for runtimes that
 * have no such socket of their own. What finds no room in the receiver's queue waits for a timer,
 * and what is sent after it waits behind it.
 *
 * A kernel does not report to such a socket that there is room again, and a queue holds as few as ten
 * datagrams: the first retry comes after a millisecond, and the wait doubles up to 64.
 *
 * Pure: uses no runtime global but timers.
 *
 * @module
 */
import type { Clock, DatagramAddress, DatagramSocket } from "../../net/connector.ts";
import { SocketDatagrams } from "../../net/socket_datagrams.ts";

/** Where Unix datagrams go. */
export type UnixgramAddress = Extract<DatagramAddress, { transport: "unixgram" }>;

/** A runtime's own call. */
export interface NativeUnixgram {
  /** Sends at once; `false`: the receiver's queue is full. Throws what else went wrong. */
  send(bytes: Uint8Array): boolean;
  close(): void;
}

/** The timers of a datagram that waits. */
export type Timers = Pick<Clock, "setTimeout" | "clearTimeout">;

const FIRST_WAIT_MS = 1;
const MAX_WAIT_MS = 64;

interface Waiting {
  bytes: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

/** Sends to one peer. Nothing can come back: the socket has no address of its own. */
export class UnixgramSocket extends SocketDatagrams implements DatagramSocket {
  /** A datagram for which the peer has no room waits for it to read. */
  readonly sendsLate = true;
  readonly #native: NativeUnixgram;
  readonly #peer: UnixgramAddress;
  readonly #timers: Timers;
  readonly #waiting: Waiting[] = [];
  #waitMs = FIRST_WAIT_MS;
  #timer: unknown;
  #holdsOpen = true;

  constructor(native: NativeUnixgram, peer: UnixgramAddress, timers: Timers = globalThis) {
    super();
    this.#native = native;
    this.#peer = peer;
    this.#timers = timers;
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      if (this.#waiting.length === 1) this.#sendWaiting();
    });
  }

  sendSync(bytes: Uint8Array): boolean {
    try {
      return this.#waiting.length === 0 && this.#taken(bytes);
    } catch {
      return false;
    }
  }

  #taken(bytes: Uint8Array): boolean {
    if (!this.open) throw new Error("closed");
    return this.#native.send(bytes);
  }

  #sendWaiting(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        if (!this.#taken(first.bytes)) return this.#wait();
        first.resolve();
      } catch (error) {
        first.reject(this.sendError(error, first.bytes, this.#peer));
      }
      this.#waiting.shift();
      this.#waitMs = FIRST_WAIT_MS;
    }
  }

  #wait(): void {
    this.#timer = this.#timers.setTimeout(() => this.#sendWaiting(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_WAIT_MS);
    if (!this.#holdsOpen) unrefTimer(this.#timer);
  }

  override unref(): void {
    this.#holdsOpen = false;
    unrefTimer(this.#timer);
  }

  protected override release(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#native.close();
    this.#sendWaiting();
  }
}

function unrefTimer(timer: unknown): void {
  (timer as { unref?(): void } | undefined)?.unref?.();
}

/** The error of a system call, as Node has it. */
export function systemError(call: string, code: string): Error {
  return Object.assign(new Error(`${call} ${code}`), { code });
}
