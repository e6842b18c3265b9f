/**
 * The part of Bun's API that the adapter reads, declared here so that the module type-checks and
 * loads on every runtime.
 *
 * @module
 */
import { wrongRuntime } from "../common/wrong_runtime.ts";

/** `Bun.Socket`; `data` is ours. */
export interface BunSocket<Data> {
  data: Data | undefined;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  /** How many bytes the kernel took; negative when the socket is dead. */
  write(bytes: Uint8Array): number;
  shutdown(): void;
  end(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  setKeepAlive(enable: boolean, initialDelayMs: number): boolean;
  unref(): void;
}

/** `Bun.SocketHandler`. */
export interface BunSocketHandlers<Data> {
  open?(socket: BunSocket<Data>): void;
  handshake?(socket: BunSocket<Data>, success: boolean, error: Error | null): void;
  data?(socket: BunSocket<Data>, chunk: Uint8Array): void;
  drain?(socket: BunSocket<Data>): void;
  end?(socket: BunSocket<Data>): void;
  close?(socket: BunSocket<Data>, error?: Error): void;
  error?(socket: BunSocket<Data>, error: Error): void;
  connectError?(socket: BunSocket<Data>, error: Error): void;
}

/** Where a Bun socket leads, and how. */
export interface BunSocketOptions<Data> {
  hostname?: string;
  port?: number;
  unix?: string;
  allowHalfOpen: true;
  tls?: Record<string, unknown>;
  socket: BunSocketHandlers<Data>;
}

/** `Bun.TCPSocketListener` and `Bun.UnixSocketListener`. */
export interface BunListener {
  readonly port?: number;
  stop(closeConnections?: boolean): void;
  unref(): void;
}

/** `Bun.udp.Socket`. */
export interface BunUdpSocket {
  readonly port: number;
  /** Returns true if the kernel took it; else `drain` follows. A connected socket needs no address. */
  send(bytes: Uint8Array, port?: number, address?: string): boolean;
  /** Returns how many the kernel took. Of a connected socket. */
  sendMany(datagrams: readonly Uint8Array[]): number;
  close(): void;
  unref(): void;
}

/** The part of `Bun` that the adapter uses. */
export interface BunRuntime {
  connect<Data>(options: BunSocketOptions<Data>): Promise<BunSocket<Data>>;
  listen<Data>(options: BunSocketOptions<Data>): BunListener;
  udpSocket(options: {
    hostname: string;
    port: number;
    connect?: { hostname: string; port: number };
    socket: {
      data(socket: BunUdpSocket, bytes: Uint8Array, port: number, address: string): void;
      drain(): void;
      error(): void;
    };
  }): Promise<BunUdpSocket>;
}

/** `Bun`, looked up at use: importing an adapter must not fail on another runtime. */
export function bunRuntime(): BunRuntime {
  const { Bun } = globalThis as unknown as { Bun?: BunRuntime };
  if (Bun !== undefined) return Bun;
  throw wrongRuntime("bun");
}
