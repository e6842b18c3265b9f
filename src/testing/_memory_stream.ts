/**
 * The ends of an in-memory connection: {@linkcode MemoryStream}, which a handler or a receiver
 * uses, and {@linkcode MemoryPeer}, by which a test plays the other side.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { concat } from "@std/bytes";
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramAddress, StreamAddress } from "../net/connector.ts";
import type { MemoryPipe } from "./_memory_pipe.ts";
import { showAddress } from "../net/address.ts";
import { toConnectionError } from "../net/native_error.ts";
import { SocketStream } from "../net/socket_stream.ts";

/** The IP address of the one machine that the network is; Unix sockets have none. */
export function machineAddress(to: StreamAddress | DatagramAddress): string | undefined {
  if ("path" in to) return undefined;
  return to.hostname.includes(":") ? "::1" : "127.0.0.1";
}

/** A stream reports to the network that it belongs to. */
export interface StreamOwner {
  /** It does not hold the process open any more. */
  unref(stream: object): void;
  /** It is closed. */
  release(stream: object): void;
}

/** A connection end with the semantics of the real adapters: it is the same base class. */
export class MemoryStream extends SocketStream {
  readonly #out: MemoryPipe;
  readonly #in: MemoryPipe;
  readonly #name: string;
  readonly #owner: StreamOwner;
  readonly peerAddress: string | undefined;

  constructor(
    to: StreamAddress,
    incoming: MemoryPipe,
    outgoing: MemoryPipe,
    owner: StreamOwner,
    accepted: boolean,
  ) {
    super(showAddress(to), accepted, toConnectionError);
    this.#name = showAddress(to);
    this.peerAddress = machineAddress(to);
    this.#owner = owner;
    this.#out = outgoing;
    this.#in = incoming;
    incoming.reader = {
      arrived: (chunk) => this.arrived(chunk),
      ended: (error) => {
        if (error !== undefined) this.#out.reset(error, false);
        this.ended(error);
      },
    };
  }

  get bytesWritten(): number {
    return this.#out.taken;
  }

  writeSync(bytes: Uint8Array): number {
    return this.refusal() === undefined ? this.#out.offer(bytes) : 0;
  }

  unref(): void {
    this.#owner.unref(this);
  }

  protected override writeAll(bytes: Uint8Array): Promise<void> {
    return this.#out.write(bytes);
  }

  protected override halfClose(): void {
    this.#out.finish();
  }

  protected override release(): void {
    this.#owner.release(this);
    this.#in.reset(new ConnectionError("reset", `Lost ${this.#name}: it is gone`), false);
    this.#out.abandon(new ConnectionError("closed", `Cannot write to ${this.#name}: closed`));
  }

  protected override resumeReading(): void {
    this.#in.stalled = false;
    this.#in.deliver();
  }
}

/** How a {@linkcode MemoryPeer} begins. */
export interface MemoryPeerOptions {
  /** How many bytes its kernel holds for it while it does not read. @default {65536} */
  bufferBytes?: number;
  /** It reads nothing until told to. @default {false} */
  stalled?: boolean;
  /** It stays open after the client's FIN, where a server would close too. @default {false} */
  keepsOpen?: boolean;
}

/** The far end of one connection, in the hands of a test. */
export class MemoryPeer {
  /** The address that the client dialled. */
  readonly address: StreamAddress;
  /** Settles when the client's FIN has been read, after all that it sent. */
  readonly ended: Promise<void>;
  readonly #in: MemoryPipe;
  readonly #out: MemoryPipe;
  readonly #keepsOpen: boolean;
  #chunks: Uint8Array[] = [];
  #halfClosed = false;

  /** Made by the network alone. */
  constructor(
    address: StreamAddress,
    incoming: MemoryPipe,
    outgoing: MemoryPipe,
    { stalled = false, keepsOpen = false }: MemoryPeerOptions,
  ) {
    this.address = address;
    this.#in = incoming;
    this.#out = outgoing;
    this.#keepsOpen = keepsOpen;
    incoming.stalled = stalled;
    let settle = () => {};
    this.ended = new Promise<void>((resolve) => settle = resolve);
    incoming.reader = {
      arrived: (chunk) => {
        this.#chunks.push(chunk);
        return true;
      },
      ended: () => {
        this.#halfClosed = true;
        if (!this.#keepsOpen) this.end();
        settle();
      },
    };
  }

  /** Every byte that it has read so far. */
  get received(): Uint8Array {
    const bytes = concat(this.#chunks);
    this.#chunks = [bytes];
    return bytes;
  }

  /** Bytes that its kernel has taken from the client and it has not read. */
  get unread(): number {
    return this.#in.buffered;
  }

  /** True once the client's FIN has been read. */
  get halfClosed(): boolean {
    return this.#halfClosed;
  }

  /** Stops reading: the client's writes wait as soon as the buffer is full. */
  stall(): void {
    this.#in.stalled = true;
  }

  /** Reads on, and all that is there. */
  resume(): void {
    this.#in.stalled = false;
    this.#in.deliver();
  }

  /** Reads up to `count` bytes of what is there, stalled or not. */
  read(count: number): void {
    this.#in.deliver(count);
  }

  /** Sends bytes to the client; resolves when the client's kernel has taken them. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#out.write(bytes);
  }

  /** Sends FIN; it still reads. */
  end(): void {
    this.#out.finish();
  }

  /** Sends RST: what it has not read is lost, and a write that waits fails with `reset`. */
  reset(): void {
    const error = new ConnectionError(
      "reset",
      `Lost ${showAddress(this.address)}: reset by the peer`,
    );
    this.#in.reset(error, false);
    this.#out.reset(error, true);
  }
}
