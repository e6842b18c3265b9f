/**
 * The other end of Unix datagrams, which not every runtime can be: a CPython in a process of its
 * own, that a test stops and starts and that reads only when it is told to.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { python3 } from "../interop/python.ts";
import { runtime } from "../test.ts";
import { sha256 } from "./target.ts";

const program = fileURLToPath(new URL("unixgram_peer.py", import.meta.url));

/** A bound socket. */
export interface UnixgramPeer {
  /** The next datagrams, each as {@linkcode digest} has it. */
  read(count: number): Promise<string[]>;
  /** Fills its queue from another sender; how many datagrams of one byte that took. */
  fill(): Promise<number>;
  /** Ends it, as a daemon that is killed: its file stays. */
  stop(): Promise<void>;
}

/** A datagram as a peer reports it. */
export function digest(bytes: Uint8Array): string {
  return `${bytes.length} ${sha256(bytes)}`;
}

/** Binds a peer at a path. */
export async function unixgramPeer(path: string): Promise<UnixgramPeer> {
  const child = spawn(python3() ?? "python3", [program, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done) throw new Error("the peer has ended");
    return value;
  };
  await line();
  return {
    async read(count) {
      child.stdin.write(`read ${count}\n`);
      const datagrams: string[] = [];
      while (datagrams.length < count) datagrams.push(await line());
      return datagrams;
    },
    async fill() {
      child.stdin.write("fill\n");
      return Number(await line());
    },
    async stop() {
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}

/** Runs a check with a path in a folder of its own, which holds nothing else. */
export async function withSocketPath(check: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "logwire-"));
  try {
    await check(join(folder, "log.sock"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Why this runtime's own connector has no Unix datagrams here; `false` if it has, or must. */
export function withoutUnixDatagrams(): string | false {
  if (runtime === "bun") return false;
  return runtime === "node" ? withoutUnixDgram() : withoutUnstableNet();
}

function withoutUnstableNet(): string | false {
  const { Deno } = globalThis as unknown as { Deno: object };
  if ("listenDatagram" in Deno) return false;
  return "Deno needs --unstable-net, with which tests/adapters/deno_test.ts runs it";
}

function withoutUnixDgram(): string | false {
  try {
    createRequire(import.meta.url)("unix-dgram");
    return false;
  } catch (error) {
    if (String(error).includes("NODE_MODULE_VERSION")) {
      return "the package unix-dgram is built for another Node here: npm rebuild unix-dgram";
    }
    if (process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
    return "it needs the package unix-dgram, for which npm ci needs make and a C++ compiler";
  }
}
