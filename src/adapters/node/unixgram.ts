/**
 * Unix datagrams on Node, by the npm package `unix-dgram`, if the user has installed it: Node has
 * none of its own. It is looked for when the first socket is opened, from this file upwards; so a
 * program finds its own package although this module is one of its dependencies.
 *
 * A socket of the package holds the process open and cannot be told not to. One that sends is thus
 * closed at the end of each turn of the event loop and opened anew by the next datagram, which
 * takes some 30 µs a turn; one that receives holds the process open until it is closed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { setImmediate } from "node:timers";
import { getSystemErrorName } from "node:util";
import { ConnectionError } from "../../net/connection_error.ts";
import type { DatagramListener, DatagramSocket, WaitOptions } from "../../net/connector.ts";
import { checkPath, showAddress } from "../../net/address.ts";
import { abortedError, toConnectionError } from "../../net/native_error.ts";
import { SocketDatagrams } from "../../net/socket_datagrams.ts";
import {
  type NativeUnixgram,
  systemError,
  type UnixgramAddress,
  UnixgramSocket,
} from "../common/unixgram_socket.ts";

/** The part of `unix-dgram` that the adapter uses. */
export interface UnixDgram {
  createSocket(type: "unix_dgram"): UnixDgramSocket;
}

/** A socket of `unix-dgram`; what it reports of a call, it reports within the call. */
export interface UnixDgramSocket {
  on(event: "error", listener: (error: UnixDgramError) => void): unknown;
  on(event: "message", listener: (bytes: Uint8Array) => void): unknown;
  bind(path: string): void;
  connect(path: string): void;
  /** Of a socket that is connected. */
  send(bytes: Uint8Array, callback: (error?: UnixDgramError) => void): void;
  close(): void;
}

/** `code` is a negative system error number or, of a full queue, 1. */
export interface UnixDgramError {
  code: number;
}

const CONGESTION = 1;

/** The runtimes that run this file and have a connector of their own with Unix datagrams. */
const otherRuntimes: Record<string, string> = {
  Bun: "./bun",
  Deno: "./deno (with --unstable-net)",
};

/** Opens a socket for a peer, which must be there. */
// deno-lint-ignore require-await -- what is wrong must reject, not throw
export async function openNodeUnixgram(
  peer: UnixgramAddress,
  { signal }: WaitOptions = {},
  load: () => UnixDgram = requireUnixDgram,
): Promise<DatagramSocket> {
  const doing = `Cannot open a datagram socket for ${showAddress(peer)}`;
  if (signal?.aborted) throw abortedError(signal, doing);
  const unixDgram = loaded(load, peer, doing);
  try {
    return new UnixgramSocket(new PackageUnixgram(unixDgram, peer.path), peer);
  } catch (error) {
    throw toConnectionError(error, doing);
  }
}

/** Binds a socket that receives from any peer: of each datagram 65,536 bytes at most. */
// deno-lint-ignore require-await -- what is wrong must reject, not throw
export async function bindNodeUnixgram(
  at: UnixgramAddress,
  load: () => UnixDgram = requireUnixDgram,
): Promise<DatagramListener> {
  const doing = `Cannot bind ${showAddress(at)}`;
  const unixDgram = loaded(load, at, doing);
  try {
    const socket = opened(unixDgram, "bind", (created) => created.bind(at.path));
    return new NodeUnixgramListener(socket, at);
  } catch (error) {
    throw toConnectionError(error, doing);
  }
}

function requireUnixDgram(): UnixDgram {
  return createRequire(import.meta.url)("unix-dgram");
}

/** The package; throws `unsupported` where it cannot be, or could not do what is asked of it. */
function loaded(load: () => UnixDgram, { path }: UnixgramAddress, doing: string): UnixDgram {
  const unsupported = (why: string, cause?: unknown) =>
    new ConnectionError("unsupported", `${doing}: ${why}`, { cause });
  const runtime = Object.keys(otherRuntimes).find((name) => name in globalThis);
  if (runtime !== undefined && load === requireUnixDgram) {
    throw unsupported(`on ${runtime} use the connector of ${otherRuntimes[runtime]}`);
  }
  if (process.platform === "win32") throw unsupported("there are none on Windows; use UDP");
  checkPath(path, doing, process.platform === "linux" ? 107 : 103);
  if (path.startsWith("\0")) throw unsupported("unix-dgram takes no abstract name; use a path");
  try {
    return load();
  } catch (error) {
    const missing = (error as { code?: string } | null)?.code === "MODULE_NOT_FOUND";
    const what = missing
      ? "Node needs the package unix-dgram for it: npm install unix-dgram"
      : "the package unix-dgram does not load on this Node: npm rebuild unix-dgram";
    throw unsupported(`${what}, or use a Unix stream socket or UDP`, error);
  }
}

/** A new socket of the package, bound or connected; throws why it could not be. */
function opened(
  unixDgram: UnixDgram,
  call: string,
  open: (socket: UnixDgramSocket) => void,
): UnixDgramSocket {
  let failure: UnixDgramError | undefined;
  const socket = unixDgram.createSocket("unix_dgram");
  socket.on("error", (error) => failure = error);
  open(socket);
  if (failure === undefined) return socket;
  socket.close();
  throw systemError(call, getSystemErrorName(failure.code));
}

class PackageUnixgram implements NativeUnixgram {
  readonly #unixDgram: UnixDgram;
  readonly #path: string;
  #socket: UnixDgramSocket | undefined;

  constructor(unixDgram: UnixDgram, path: string) {
    this.#unixDgram = unixDgram;
    this.#path = path;
    this.#socket = this.#connect();
  }

  #connect(): UnixDgramSocket {
    const socket = opened(this.#unixDgram, "connect", (created) => created.connect(this.#path));
    setImmediate(() => this.close());
    return socket;
  }

  send(bytes: Uint8Array): boolean {
    this.#socket ??= this.#connect();
    let failure: UnixDgramError | undefined;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#socket.send(buffer, (error) => failure = error);
    if (failure === undefined) return true;
    const { code } = failure as UnixDgramError;
    if (code === CONGESTION) return false;
    // Linux connects a socket that was refused no more.
    this.close();
    throw systemError("send", getSystemErrorName(code));
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

class NodeUnixgramListener extends SocketDatagrams implements DatagramListener {
  readonly address: UnixgramAddress;
  readonly #socket: UnixDgramSocket;

  constructor(socket: UnixDgramSocket, address: UnixgramAddress) {
    super();
    this.address = address;
    this.#socket = socket;
    socket.on("message", (bytes) => {
      // A plain view, as on other runtimes: Buffer's own `slice` does not copy.
      this.arrived(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    });
  }

  protected override release(): void {
    this.#socket.close();
    // As Node does with a Unix stream socket, so that it can be bound again.
    rmSync(this.address.path, { force: true });
  }
}
