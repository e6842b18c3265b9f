/**
 * The datagram sockets of the in-memory network.
 *
 * Pure: uses no runtime global.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { DatagramAddress, DatagramListener, DatagramSocket } from "../net/connector.ts";
import { SocketDatagrams } from "../net/socket_datagrams.ts";

/** A datagram socket reports to the network that it belongs to. */
export interface DatagramOwner {
  /** It does not hold the process open any more. */
  unref(socket: object): void;
  /** It is closed. */
  release(socket: object): void;
}

/** A datagram socket, bound or opened for a peer. */
export class MemoryDatagrams extends SocketDatagrams {
  readonly #owner: DatagramOwner;

  constructor(owner: DatagramOwner) {
    super();
    this.#owner = owner;
  }

  receive(bytes: Uint8Array, from?: string): void {
    this.arrived(bytes, from);
  }

  override unref(): void {
    this.#owner.unref(this);
  }

  protected override release(): void {
    this.#owner.release(this);
  }
}

/** A socket opened for one peer. */
export class MemoryDatagramSocket extends MemoryDatagrams implements DatagramSocket {
  readonly #send: (bytes: Uint8Array) => Promise<void>;

  constructor(owner: DatagramOwner, send: (bytes: Uint8Array) => Promise<void>) {
    super(owner);
    this.#send = send;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (!this.open) throw new ConnectionError("closed", "Cannot send: closed on this side");
    await this.#send(bytes);
  }
}

/** A bound socket. */
export class MemoryDatagramListener extends MemoryDatagrams implements DatagramListener {
  readonly address: DatagramAddress;

  constructor(owner: DatagramOwner, address: DatagramAddress) {
    super(owner);
    this.address = address;
  }
}
