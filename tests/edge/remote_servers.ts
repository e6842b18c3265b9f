/**
 * The raw peers of the conformance suite, for a worker: they are in the process of the test, which
 * the worker drives over HTTP.
 */
import { concat } from "@std/bytes";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { connector } from "../../src/adapters/node.ts";
import type { Listener, StreamConnection } from "../../src/net/connector.ts";
import {
  netServer,
  type RawPeer,
  type RawServer,
  type Received,
  sha256,
} from "../conformance/target.ts";

const pem = (file: string) =>
  readFileSync(new URL(`../testdata/tls/${file}`, import.meta.url), "utf8");

/** The servers that a worker opened, and an HTTP server to drive them by. */
export class RemoteServers implements AsyncDisposable {
  readonly #servers: RawServer[] = [];
  readonly #peers: RawPeer[] = [];
  readonly #listeners: Listener<StreamConnection>[] = [];
  readonly #http = createServer((request, response) => void this.#answer(request, response));

  /** Starts the HTTP server. */
  static async start(): Promise<RemoteServers> {
    const remote = new RemoteServers();
    await new Promise<void>((resolve) => remote.#http.listen(0, "127.0.0.1", resolve));
    return remote;
  }

  /** The address at which a worker reaches it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Uint8Array[] = [];
    for await (const chunk of request) body.push(chunk);
    const [, action = "", id] = (request.url ?? "").split("/");
    try {
      const result = await this.#act(action, Number(id), concat(body));
      response.end(JSON.stringify(result ?? null));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }

  async #act(action: string, id: number, body: Uint8Array): Promise<unknown> {
    if (action === "open") {
      const server = await netServer();
      return { id: this.#servers.push(server) - 1, port: server.address.port };
    }
    if (action === "accepted") {
      const peer = await this.#servers[id]!.accepted();
      return this.#peers.push(peer) - 1;
    }
    if (action === "close") return await this.#servers[id]!.close();
    if (action === "openTls") {
      const tls = { cert: pem("server.pem"), key: pem("server.key") };
      const at = { transport: "tcp", hostname: "127.0.0.1", port: 0, tls } as const;
      const listener = await connector.listen(at);
      const { port } = listener.address as typeof at;
      return { id: this.#listeners.push(listener) - 1, port };
    }
    if (action === "closeTls") return await this.#listeners[id]!.close();
    if (action === "receivedTls") return await readNext(this.#listeners[id]!);
    const peer = this.#peers[id]!;
    if (action === "ended") return await peer.ended;
    if (action === "write") return await peer.write(body);
    return await peer[action as "received" | "stall" | "resume" | "end" | "reset"]();
  }

  /** Closes it all, also what a check that failed has left open. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.#servers, ...this.#listeners]) await server.close();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }
}

/** Reads the bytes of the next client, to their end. */
async function readNext(listener: Listener<StreamConnection>): Promise<Received> {
  const connection: StreamConnection = (await listener[Symbol.asyncIterator]().next()).value;
  const chunks: Uint8Array[] = [];
  for await (const chunk of connection) chunks.push(chunk);
  await connection.close();
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  return { size, hash: sha256(...chunks) };
}
