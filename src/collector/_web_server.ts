/**
 * Serves web requests by `node:http`, which Deno, Bun and Node have: makes a `Request` of each, and
 * writes the `Response`. It bounds connections, header fields, time, and what a slow client holds.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TlsOptions } from "../net/connector.ts";
import { withFallback } from "../text/fallback.ts";

/** A form of CPython's `HTTPHandler` stands in the first line, by GET, with its traceback. */
const MAX_HEADER_BYTES = 64 * 1024;

/** A sender of header fields, or of content, takes seconds; a stuck one may not stay for hours. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** Settings of a {@linkcode WebServer}. */
export interface WebServerSettings {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsOptions | undefined;
  /** The most connections at once; further ones are closed. */
  readonly maxConnections: number;
  /** The time that a client may leave an answer unread, in milliseconds. */
  readonly stallTimeoutMs?: number;
  /** Returns true for an IP address that may connect. */
  accepts(address: string): boolean;
  /** Answers a request. */
  fetch(request: Request, sender: string): Response | Promise<Response>;
}

type HTTPServer = Server & { closeAllConnections(): void; closeIdleConnections(): void };

/** Listens for web requests; see the module. */
export class WebServer {
  /** The connections that were accepted so far. */
  connections = 0;
  /** The connections that were closed so far as there were too many, or as their address may not. */
  refused = 0;
  readonly #settings: WebServerSettings;
  #server: HTTPServer | undefined;
  readonly #sockets = new Set<Socket>();
  #isStopped = false;

  /** Opens nothing. */
  constructor(settings: WebServerSettings) {
    this.#settings = settings;
  }

  /** The connections that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** The port that it listens at. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port ??
      this.#settings.port;
  }

  /** Listens; rejects with the system's error, or with that of a certificate. */
  async start(): Promise<void> {
    const { host, port } = this.#settings;
    const server = this.#server = this.#makeServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        // An error of one connection is of no interest to the others.
        server.on("error", () => {});
        resolve();
      });
    });
  }

  /** Accepts no further request and waits for those under way, for so many milliseconds at most. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopped = true;
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of this.#sockets) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  #makeServer(): HTTPServer {
    const { tls } = this.#settings;
    const options = {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    };
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch(() => response.destroy());
    };
    const server = tls === undefined ? createServer(options, answer) : createTlsServer({
      ...options,
      cert: tls.cert,
      key: tls.key,
      ca: tls.ca,
      requestCert: tls.ca !== undefined,
      rejectUnauthorized: tls.ca !== undefined,
    }, answer);
    server.on("connection", (socket: Socket) => this.#connected(socket));
    return server;
  }

  #connected(socket: Socket): void {
    const { maxConnections } = this.#settings;
    socket.on("error", () => {});
    if (!this.#accepts(socket) || this.#sockets.size >= maxConnections) {
      this.refused++;
      socket.destroy();
      return;
    }
    this.connections++;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #accepts({ remoteAddress }: Socket): boolean {
    return this.#settings.accepts(addressOf(remoteAddress));
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const over = new AbortController();
    outgoing.once("close", () => over.abort());
    outgoing.once("error", () => over.abort());
    // Where a runtime reports no connections, this is the first look at the address.
    if (!this.#accepts(incoming.socket)) return void outgoing.destroy();
    const request = withFallback(() => requestOf(incoming, over.signal), undefined);
    const response = request === undefined
      ? new Response("The request cannot be read\n", { status: 400 })
      : await this.#settings.fetch(request, addressOf(incoming.socket.remoteAddress));
    await this.#write(response, incoming, outgoing, over.signal);
  }

  async #write(
    response: Response,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    over: AbortSignal,
  ): Promise<void> {
    for (const [name, value] of response.headers) {
      if (name !== "set-cookie") outgoing.setHeader(name, value);
    }
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
    // Content that was not read is read and dropped, so that the client sees the answer.
    if (!incoming.complete || this.#isStopped) outgoing.setHeader("connection", "close");
    outgoing.writeHead(response.status);
    incoming.resume();
    const reader = response.body?.getReader();
    if (reader === undefined || incoming.method === "HEAD") {
      outgoing.end();
      return;
    }
    // A stream of events is sent from its head on, whenever its first event comes.
    outgoing.flushHeaders();
    over.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
    while (!over.aborted) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await this.#drained(outgoing, over);
    }
    outgoing.end();
  }

  /** Resolves when the client has read on; a client that does not is disconnected. */
  #drained(outgoing: ServerResponse, over: AbortSignal): Promise<void> {
    const { stallTimeoutMs = 15_000 } = this.#settings;
    return new Promise((resolve) => {
      const timer = setTimeout(() => outgoing.destroy(), stallTimeoutMs);
      const go = () => {
        clearTimeout(timer);
        outgoing.off("drain", go);
        over.removeEventListener("abort", go);
        resolve();
      };
      outgoing.once("drain", go);
      over.addEventListener("abort", go, { once: true });
      if (over.aborted) go();
    });
  }
}

/** Returns an IP address; one of IPv4 as such, also on a socket of IPv6. */
function addressOf(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const encrypted = "encrypted" in incoming.socket;
  const target = new URL(url, `${encrypted ? "https" : "http"}://${headers.host ?? ""}`);
  const fields = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    fields.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const init: RequestInit & { duplex?: "half" } = { method, headers: fields, signal };
  if (method !== "GET" && method !== "HEAD") {
    init.body = bodyOf(incoming);
    init.duplex = "half";
  }
  return new Request(target, init);
}

/** The content of a request as a stream, of which a chunk waits at most. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on("data", (chunk: Uint8Array) => {
        try {
          controller.enqueue(new Uint8Array(chunk));
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        } catch {
          // It was cancelled: the rest is dropped.
        }
      });
      incoming.once("end", () => withFallback(() => controller.close(), undefined));
      const failed = () => withFallback(() => controller.error(new Error("cut off")), undefined);
      incoming.once("error", failed);
      incoming.once("close", () => incoming.complete || failed());
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      incoming.resume();
    },
  }, { highWaterMark: 1 });
}
