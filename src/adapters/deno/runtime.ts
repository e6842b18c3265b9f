/**
 * The part of Deno's API that the adapter reads, declared here so that the module type-checks and
 * loads on every runtime.
 *
 * @module
 */
import { ConnectionError } from "../../net/connection_error.ts";

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
  permissions: {
    request(wanted: { name: "net"; host: string }): Promise<{ state: string }>;
    querySync(wanted: { name: "sys"; kind: "hostname" }): { state: string };
  };
  hostname(): string;
}

/** `Deno`, looked up at use: importing an adapter must not fail on another runtime. */
export function denoRuntime(): DenoRuntime {
  const { Deno } = globalThis as unknown as { Deno?: DenoRuntime };
  if (Deno !== undefined) return Deno;
  throw new ConnectionError("unsupported", "Cannot use Deno's connector: this is not Deno");
}

/**
 * Throws `denied` unless the network permission for `host` is granted. It is for Node's modules, which
 * throw an uncaught exception on Deno without it.
 */
export async function demandNet(host: string, doing: string): Promise<void> {
  const { state } = await denoRuntime().permissions.request({ name: "net", host });
  if (state === "granted") return;
  throw new ConnectionError("denied", `${doing}: needs --allow-net=${host}`);
}

/** The machine's name, where `--allow-sys` lets it be asked without a prompt. */
export function denoHostName(): string | undefined {
  const deno = denoRuntime();
  const { state } = deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? deno.hostname() : undefined;
}
