/**
 * Unix datagrams on Bun, by libc through `bun:ffi`: Bun has none of its own. They can only be sent:
 * to receive them Bun would have to ask the kernel again and again.
 *
 * @module
 */
import { createRequire } from "node:module";
import process from "node:process";
import { getSystemErrorName } from "node:util";
import { ConnectionError } from "../../net/connection_error.ts";
import type { DatagramSocket, WaitOptions } from "../../net/connector.ts";
import { checkPath, showAddress } from "../../net/address.ts";
import { abortedError, toConnectionError } from "../../net/native_error.ts";
import {
  type NativeUnixgram,
  systemError,
  type UnixgramAddress,
  UnixgramSocket,
} from "../common/unixgram_socket.ts";

/** The functions of libc, with Bun's numbers for C's. */
interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  ioctl(fd: number, request: number): number;
  connect(fd: number, address: Uint8Array, size: number): number;
  send(fd: number, bytes: Uint8Array, size: number, flags: number): number;
  close(fd: number): number;
  /** Why the last call failed, as `"ECONNREFUSED"`. */
  failure(): string;
}

/** The part of `bun:ffi` that the adapter uses. */
interface BunFfi {
  dlopen(
    library: string,
    functions: Record<string, { args: string[]; returns: string }>,
  ): { symbols: Record<string, (...args: unknown[]) => number> };
  read: { i32(pointer: number, offset: number): number };
}

/** The values of C's headers that differ between systems. */
interface System {
  /** glibc, or musl; the first one that is there. */
  libraries: string[];
  /** The function that returns the address of `errno`. */
  errnoFunction: string;
  /** MSG_DONTWAIT, and where there is one MSG_NOSIGNAL. */
  sendFlags: number;
  /** FIOCLEX: not inherited by the programs that this one starts. */
  closeOnExec: number;
  /** The longest path, less its NUL. */
  maxPathBytes: number;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;

const systems: Record<string, System> = {
  linux: {
    libraries: ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"],
    errnoFunction: "__errno_location",
    sendFlags: 0x40 | 0x4000,
    closeOnExec: 0x5451,
    maxPathBytes: 107,
  },
  darwin: {
    libraries: ["libSystem.B.dylib"],
    errnoFunction: "__error",
    sendFlags: 0x80,
    closeOnExec: 0x20006601,
    maxPathBytes: 103,
  },
};

/** Opens a socket for a peer, which must be there. */
// deno-lint-ignore require-await -- what is wrong must reject, not throw
export async function openBunUnixgram(
  peer: UnixgramAddress,
  { signal }: WaitOptions = {},
): Promise<DatagramSocket> {
  const doing = `Cannot open a datagram socket for ${showAddress(peer)}`;
  if (signal?.aborted) throw abortedError(signal, doing);
  const system = systems[process.platform];
  if (system === undefined) {
    const message = `${doing}: there are none on ${process.platform}; use UDP`;
    throw new ConnectionError("unsupported", message);
  }
  checkPath(peer.path, doing, system.maxPathBytes);
  const libc = loadLibc(system, doing);
  let native: NativeUnixgram;
  try {
    native = new LibcUnixgram(libc, system, peer.path);
  } catch (error) {
    throw toConnectionError(error, doing);
  }
  return new UnixgramSocket(native, peer);
}

/** Always `unsupported`. */
export function bindBunUnixgram(at: UnixgramAddress): Promise<never> {
  const message = `Cannot bind ${showAddress(at)}: Bun can only send Unix datagrams; ` +
    `receive by UDP or by a Unix stream socket, or on Deno or Node`;
  return Promise.reject(new ConnectionError("unsupported", message));
}

class LibcUnixgram implements NativeUnixgram {
  readonly #libc: Libc;
  readonly #flags: number;
  readonly #fd: number;

  constructor(libc: Libc, { closeOnExec, sendFlags }: System, path: string) {
    this.#libc = libc;
    this.#flags = sendFlags;
    this.#fd = libc.socket(AF_UNIX, SOCK_DGRAM, 0);
    if (this.#fd < 0) throw systemError("socket", libc.failure());
    libc.ioctl(this.#fd, closeOnExec);
    const address = socketAddress(path, process.platform);
    if (libc.connect(this.#fd, address, address.length) === 0) return;
    const code = libc.failure();
    this.close();
    throw systemError("connect", code);
  }

  send(bytes: Uint8Array): boolean {
    if (this.#libc.send(this.#fd, bytes, bytes.length, this.#flags) >= 0) return true;
    const code = this.#libc.failure();
    // A full queue: Linux says the one and macOS the other.
    if (code === "EAGAIN" || code === "ENOBUFS") return false;
    throw systemError("send", code);
  }

  close(): void {
    this.#libc.close(this.#fd);
  }
}

/** C's `struct sockaddr_un`. An abstract name (of Linux) has no end but that of the structure. */
export function socketAddress(path: string, platform: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  const address = new Uint8Array(2 + name.length + (name[0] === 0 ? 0 : 1));
  // Where Linux has two bytes for the family, macOS has one for the size before it.
  address.set(platform === "darwin" ? [address.length, AF_UNIX] : [AF_UNIX, 0]);
  address.set(name, 2);
  return address;
}

let loaded: Libc | undefined;

function loadLibc(system: System, doing: string): Libc {
  try {
    return loaded ??= openLibc(system);
  } catch (cause) {
    const message = `${doing}: libc does not load: ${cause}; use UDP or a Unix stream socket`;
    throw new ConnectionError("unsupported", message, { cause });
  }
}

function openLibc({ libraries, errnoFunction }: System): Libc {
  const ffi: BunFfi = createRequire(import.meta.url)("bun:ffi");
  const functions = {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    ioctl: { args: ["i32", "u64"], returns: "i32" },
    connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
    // In truth 64 bits, which Bun would make a bigint of; a datagram's size fits into 32.
    send: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    [errnoFunction]: { args: [], returns: "ptr" },
  };
  let failure: unknown;
  for (const library of libraries) {
    try {
      const { symbols } = ffi.dlopen(library, functions);
      // One place a thread, and a module is loaded once a thread.
      const errnoAt = symbols[errnoFunction]?.() ?? 0;
      return {
        ...(symbols as unknown as Omit<Libc, "failure">),
        failure: () => getSystemErrorName(-ffi.read.i32(errnoAt, 0)),
      };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
