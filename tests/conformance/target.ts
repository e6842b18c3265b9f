/**
 * What the conformance suite runs over: a connector, and the raw peers that it is tried against.
 */
import * as net from "node:net";
import { createHash } from "node:crypto";
import { MemoryNetwork, type MemoryPeer } from "../../src/testing/memory.ts";
import { ConnectionError, type ConnectionErrorCode } from "../../src/net/connection_error.ts";
import type {
  Acceptor,
  Connector,
  DatagramAcceptor,
  DatagramConnector,
  StreamAddress,
} from "../../src/net/connector.ts";
import { assertInstanceOf } from "@std/assert";

/** An adapter under test, as far as it opens streams. */
export interface ClientTarget {
  /** As the names of the tests show it. */
  name: string;
  connector: Connector;
  /** Opens a server that is no part of what is tested. */
  rawServer(): Promise<RawServer>;
  /** The adapter's module, to be run in a process of its own; absent for the in-memory one. */
  module?: string;
  /** Tests that cannot pass on this runtime, by the name of the check, with the defect. */
  skips?: Record<string, string>;
}

/** An adapter under test. */
export interface Target extends ClientTarget {
  connector: Connector & DatagramConnector & Acceptor & DatagramAcceptor;
  /** What it does with Unix datagram sockets; absent: nothing. */
  unixDatagrams?: "sends" | "sends and receives";
  /** Why it cannot on this machine. */
  withoutUnixDatagrams?: string | false;
  /** What `hostName()` is to tell. */
  hostName: string;
}

/** A listening server of `node:net`, or of the in-memory network; a worker's is in another process. */
export interface RawServer {
  address: Extract<StreamAddress, { transport: "tcp" }>;
  /** The next connection. */
  accepted(): Promise<RawPeer>;
  close(): Promise<void>;
}

/** What a peer has read. */
export interface Received {
  size: number;
  hash: string;
}

/** The other end of a connection. */
export interface RawPeer {
  /** How many bytes it has read, and their SHA-256. */
  received(): Received | Promise<Received>;
  stall(): void | Promise<void>;
  resume(): void | Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  end(): void | Promise<void>;
  reset(): void | Promise<void>;
  /** Settles when the client's FIN, or its RST, was seen. It does not close by itself. */
  ended: Promise<void>;
}

/** Raw peers by `node:net`, which all three runtimes have. */
export function netServer(): Promise<RawServer> {
  const sockets: net.Socket[] = [];
  const waiting: ((socket: net.Socket) => void)[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    const next = waiting.shift();
    if (next === undefined) sockets.push(socket);
    else next(socket);
  });
  const all: net.Socket[] = [];
  server.on("connection", (socket) => all.push(socket));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      resolve({
        address: { transport: "tcp", hostname: "127.0.0.1", port },
        async accepted() {
          const socket = sockets.shift() ??
            await new Promise<net.Socket>((resolve) => waiting.push(resolve));
          return netPeer(socket);
        },
        close: () =>
          new Promise<void>((resolve) => {
            for (const socket of all) socket.destroy();
            server.close(() => resolve());
          }),
      });
    });
  });
}

function netPeer(socket: net.Socket): RawPeer {
  let size = 0;
  const hash = createHash("sha256");
  socket.on("data", (chunk) => {
    size += chunk.length;
    hash.update(chunk);
  });
  return {
    received: () => ({ size, hash: hash.copy().digest("hex") }),
    stall: () => void socket.pause(),
    resume: () => void socket.resume(),
    write: (bytes) =>
      new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => error ? reject(error) : resolve());
      }),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    ended: new Promise<void>((resolve) => {
      // Nobody may have asked for the connection before it was over.
      if (socket.readableEnded || socket.destroyed) resolve();
      socket.on("end", () => resolve());
      socket.on("close", () => resolve());
    }),
  };
}

/** Raw peers by the in-memory network. */
export function memoryTarget(): Target {
  const network = new MemoryNetwork({ whenNobodyListens: "refused" });
  let port = 1000;
  const rawServer = () => {
    let next = network.peers.length;
    // Everything goes to this server while it is open; the tests open one at a time.
    network.whenNobodyListens = { peer: { keepsOpen: true } };
    const address = { transport: "tcp", hostname: "127.0.0.1", port: port++ } as const;
    return Promise.resolve({
      address,
      async accepted() {
        while (network.peers.length <= next) await network.clock.advance();
        return memoryPeer(network.peers[next++] as MemoryPeer);
      },
      close() {
        network.whenNobodyListens = "refused";
        return Promise.resolve();
      },
    });
  };
  return {
    name: "memory",
    connector: network,
    rawServer,
    unixDatagrams: "sends and receives",
    hostName: "memory",
  };
}

function memoryPeer(peer: MemoryPeer): RawPeer {
  return {
    received() {
      const bytes = peer.received;
      return { size: bytes.length, hash: sha256(bytes) };
    },
    stall: () => peer.stall(),
    resume: () => peer.resume(),
    write: (bytes) => peer.write(bytes),
    end: () => peer.end(),
    reset: () => peer.reset(),
    ended: peer.ended,
  };
}

/** The SHA-256 of some bytes, in hex. */
export function sha256(...chunks: Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

/** Bytes in which every misplaced or repeated piece shows. */
export function pattern(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer, 0, size >>> 2);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 2654435761);
  return bytes;
}

/** The code of the {@linkcode ConnectionError} that a promise rejects with; fails for any other. */
export async function codeOf(
  promise: Promise<unknown>,
): Promise<ConnectionErrorCode | "no error"> {
  try {
    await promise;
  } catch (error) {
    assertInstanceOf(error, ConnectionError);
    return error.code;
  }
  return "no error";
}
