/**
 * The part of Deno's API that the adapter reads, declared here so that the module type-checks and
 * loads on every runtime.
 *
 * @module
 */
import { isPermitted } from "../../net/deno_permission.ts";
import { wrongRuntime } from "../common/wrong_runtime.ts";

/** `Deno.Conn`. */
export interface DenoConn {
  readonly remoteAddr: { hostname?: string; port?: number };
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  unref(): void;
  /** Of TCP connections. */
  setNoDelay?(on: boolean): void;
  /** Of TCP connections. */
  setKeepAlive?(on: boolean): void;
  /** Of TLS connections. */
  handshake?(): Promise<unknown>;
}

/** `Deno.Listener`. */
export interface DenoListener {
  readonly addr: { port?: number };
  accept(): Promise<DenoConn>;
  close(): void;
  unref(): void;
}

/** `Deno.DatagramConn`. */
export interface DenoDatagramConn {
  readonly addr: DenoDatagramAddress;
  receive(): Promise<[Uint8Array, DenoDatagramAddress]>;
  send(bytes: Uint8Array, to: DenoDatagramAddress): Promise<number>;
  close(): void;
  unref(): void;
}

/** `Deno.NetAddr` and `Deno.UnixAddr`. */
export interface DenoDatagramAddress {
  transport: "udp" | "unixpacket";
  hostname?: string;
  port?: number;
  path?: string;
}

/** The part of `Deno` that the adapter uses. */
export interface DenoRuntime {
  readonly build: { readonly os: string };
  connect(
    options:
      & ({ transport: "unix"; path: string } | { hostname: string; port: number })
      & { signal?: AbortSignal | undefined },
  ): Promise<DenoConn>;
  connectTls(options: {
    hostname: string;
    port: number;
    caCerts?: string[];
    cert?: string;
    key?: string | undefined;
  }): Promise<DenoConn>;
  startTls(
    conn: DenoConn,
    options: { hostname: string; caCerts?: string[] },
  ): Promise<DenoConn>;
  listen(
    options: { transport: "unix"; path: string } | { hostname: string; port: number },
  ): DenoListener;
  listenTls(options: { hostname: string; port: number; cert: string; key: string }): DenoListener;
  /** Only with `--unstable-net`. */
  listenDatagram?(options: DenoDatagramAddress): DenoDatagramConn;
  removeSync(path: string): void;
  hostname(): string;
}

/** `Deno`, looked up at use: importing an adapter must not fail on another runtime. */
export function denoRuntime(): DenoRuntime {
  const { Deno } = globalThis as unknown as { Deno?: DenoRuntime };
  if (Deno !== undefined) return Deno;
  throw wrongRuntime("deno");
}

/** The machine's name, where `--allow-sys` lets it be asked without a prompt. */
export function denoHostName(): string | undefined {
  const deno = denoRuntime();
  return isPermitted({ name: "sys", kind: "hostname" }) ? deno.hostname() : undefined;
}
