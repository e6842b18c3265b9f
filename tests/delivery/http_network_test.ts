/** `HTTPHandler` with the runtime's own `fetch` and real servers, well-behaved and hostile. */
import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { HTTPHandler, type HTTPHandlerOptions } from "../../src/handlers/http_handler.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { runProgram } from "../interop/programs.ts";
import { runtime, test } from "../test.ts";
import { account, record } from "../handlers/wire.ts";

type Answering = (response: ServerResponse) => void;

const pem = (file: string) =>
  readFileSync(new URL(`../testdata/tls/${file}`, import.meta.url), "utf8");

/** A web server; what it got, whole requests alone. */
class WebServer implements AsyncDisposable {
  readonly bodies: Uint8Array[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  answering: Answering = (response) => void response.writeHead(204).end();
  readonly #server;
  #changed = () => {};

  constructor(tls?: { cert: string; key: string }) {
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Uint8Array[] = [];
      request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      request.on("error", () => {});
      response.on("error", () => {});
      request.on("end", () => {
        this.requests.push(request);
        this.bodies.push(concat(chunks));
        this.answering(response);
        this.#changed();
      });
    };
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
    this.#server.on("connection", (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Resolves once there were so many requests. */
  async got(count: number): Promise<void> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections?.();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** The messages of records that are JSON, an object a line. */
const messages = (body: Uint8Array) =>
  new TextDecoder().decode(body).split("\n").filter(Boolean).map((line) => JSON.parse(line).msg);

/** A handler that queues; and a way to wait until it tells something. */
function queueing(host: string, options: HTTPHandlerOptions = {}) {
  const events: DeliveryEvent[] = [];
  let changed = () => {};
  const handler = new HTTPHandler(host, "/log", {
    body: "ndjson",
    whileDisconnected: "queue",
    onEvent(event) {
      events.push(event);
      changed();
    },
    ...options,
  });
  handler.retryStart = handler.retryMax = 0.01;
  const told = async (type: DeliveryEvent["type"]) => {
    for (;;) {
      const found = events.find((event) => event.type === type);
      if (found !== undefined) return found as DeliveryEvent & { error: ConnectionError };
      await new Promise<void>((resolve) => changed = resolve);
    }
  };
  return { handler, events, told };
}

test("HTTPHandler uses a connection for request after request", async () => {
  await using server = await new WebServer().listen();
  server.answering = (response) => void response.writeHead(200).end("thanks");
  await using handler = new HTTPHandler(server.host, "/log", { method: "POST" });
  for (let i = 0; i < 20; i++) {
    handler.handle(record("#%d", i));
    await handler.flush();
  }
  assertEquals([server.requests.length, account(handler).sent], [20, 20]);
  // Node 20 opens a second one.
  assert(server.connections <= 2, `${server.connections} connections`);
  assertEquals(server.requests[0]?.headers["content-length"], String(server.bodies[0]?.length));
});

test("HTTPHandler sends many records in few requests, compressed", async () => {
  await using server = await new WebServer().listen();
  await using handler = new HTTPHandler(server.host, "/log", { body: "json", gzip: true });
  for (let i = 0; i < 5000; i++) handler.handle(record("#%d", i));
  await handler.flush();
  const got = server.bodies.flatMap((body) =>
    (JSON.parse(gunzipSync(body).toString()) as { msg: string }[]).map(({ msg }) => msg)
  );
  assertEquals(got, Array.from({ length: 5000 }, (_, i) => `#${i}`));
  assert(server.requests.length < 50, `${server.requests.length} requests`);
  assertEquals(account(handler).sent, 5000);
});

test("HTTPHandler sends the records of an outage, in order, when the server is back", async () => {
  const first = await new WebServer().listen();
  const { port, host } = first;
  const { handler, told } = queueing(host);
  handler.handle(record("before"));
  await handler.flush();
  await first[Symbol.asyncDispose]();
  for (let i = 0; i < 100; i++) handler.handle(record("#%d", i));
  const { error } = await told("outage");
  assert(error instanceof ConnectionError && error.message.length > 0, String(error));
  await using second = await new WebServer().listen(port);
  await handler.flush();
  assertEquals(second.bodies.flatMap(messages), Array.from({ length: 100 }, (_, i) => `#${i}`));
  assertEquals(account(handler).sent, 101);
  await handler.close();
});

test("HTTPHandler outlives servers that hang up, before and within an answer", async () => {
  await using server = await new WebServer().listen();
  const faults: Answering[] = [
    (response) => response.socket?.destroy(),
    (response) => void response.writeHead(503, { "Retry-After": "0" }).end("busy"),
    (response) => {
      response.writeHead(500, { "Content-Length": "1000" });
      response.write("half", () => response.socket?.destroy());
    },
    (response) => void response.socket?.end("nonsense\r\n\r\n"),
  ];
  server.answering = (response) => {
    const fault = faults.shift();
    if (fault === undefined) response.writeHead(200).end();
    else fault(response);
  };
  const { handler } = queueing(server.host);
  handler.handle(record("kept"));
  await handler.flush();
  assertEquals([account(handler).sent, faults.length], [1, 0]);
  assertEquals(messages(server.bodies.at(-1)!), ["kept"]);
  await handler.close();
});

test("HTTPHandler does not follow a redirect to another server", async () => {
  await using elsewhere = await new WebServer().listen();
  await using server = await new WebServer().listen();
  server.answering = (response) =>
    void response.writeHead(308, { Location: `http://${elsewhere.host}/` }).end();
  const { handler, told } = queueing(server.host, {
    credentials: ["user", "password"],
    giveUpAfterMs: 1,
  });
  const faults: unknown[] = [];
  handler.handleError = (_record, error) => void faults.push(error);
  handler.handle(record("mine"));
  const { error } = await told("outage");
  assertEquals(error.message, "the server answered 308 Permanent Redirect");
  await handler.flush();
  await handler.close();
  assertEquals([elsewhere.requests.length, account(handler).dropped.refused], [0, 1]);
  assertEquals(faults.map(String), [
    "Error: the server answered 308 Permanent Redirect: it has done so for 1 ms, " +
    "so what is queued is dropped",
  ]);
});

test("HTTPHandler does not wait for the end of an answer without end", async () => {
  await using server = await new WebServer().listen();
  server.answering = (response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write("x".repeat(16384)));
    };
    response.on("drain", pour);
    pour();
  };
  const { handler } = queueing(server.host);
  handler.handle(record("a"));
  await handler.flush();
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("HTTPHandler gives up a server that is silent, or slow with its headers", async () => {
  await using server = await new WebServer().listen();
  const silent: Answering = () => {};
  const slow: Answering = (response) =>
    void response.socket?.write("HTTP/1.1 200 OK\r\nX-A: b\r\n");
  const faults = [silent, slow];
  server.answering = (response) => {
    const fault = faults.shift();
    if (fault === undefined) response.end();
    else fault(response);
  };
  const { handler, told } = queueing(server.host, { timeoutMs: 100 });
  handler.handle(record("kept"));
  await handler.flush();
  assertEquals((await told("outage")).error.code, "timeout");
  assertEquals(account(handler).sent, 1);
  // A busy machine may take as long for the answer.
  assert(handler.stats.connectFailures >= 2);
  await handler.close();
});

test("HTTPHandler.close() hangs up on a server that is silent", async () => {
  await using server = await new WebServer().listen();
  let hungUp = () => {};
  const closed = new Promise<void>((resolve) => hungUp = resolve);
  server.answering = (response) => void response.on("close", hungUp);
  const { handler } = queueing(server.host, { closeTimeoutMs: 50 });
  handler.handle(record("a"));
  await server.got(1);
  await handler.close();
  assertEquals(account(handler).dropped.closed, 1);
  await closed;
});

test("HTTPHandler reports a host name that does not exist", async () => {
  const { handler, told } = queueing("name.invalid", { closeTimeoutMs: 0 });
  handler.handle(record("a"));
  assert((await told("connect-failed")).error instanceof ConnectionError);
  await handler.close();
});

/** TLS settings for the authority of the tests, in the words of this runtime's `fetch`. */
function trusting(ca: string): { context: object; release: () => void } {
  const host = globalThis as unknown as {
    Deno: { createHttpClient(options: object): object & { close(): void } };
    [dispatcher: symbol]: object | undefined;
  };
  if (runtime === "deno") {
    const client = host.Deno.createHttpClient({ caCerts: [ca] });
    return { context: { client }, release: () => client.close() };
  }
  if (runtime === "bun") return { context: { tls: { ca } }, release: () => {} };
  // The class of undici that Node has inside; users take it from the package.
  const known = host[Symbol.for("undici.globalDispatcher.1")] as {
    constructor: new (options: object) => { destroy(): void };
  };
  const { constructor: Agent } = known;
  const dispatcher = new Agent({ connect: { ca } });
  return { context: { dispatcher }, release: () => dispatcher.destroy() };
}

test("HTTPHandler sends over TLS to a server of a trusted authority, and to no other", async () => {
  const certificate = { cert: pem("server.pem"), key: pem("server.key") };
  await using server = await new WebServer(certificate).listen();
  const suspicious = queueing(server.host, { secure: true, closeTimeoutMs: 0 });
  suspicious.handler.handle(record("a"));
  assert((await suspicious.told("connect-failed")).error instanceof ConnectionError);
  await suspicious.handler.close();
  assertEquals(server.requests.length, 0);

  const { context, release } = trusting(pem("ca.pem"));
  const { handler } = queueing(server.host, { secure: true, context, credentials: ["u", "p"] });
  handler.handle(record("b"));
  await handler.flush();
  assertEquals(server.bodies.map(messages), [["b"]]);
  assertEquals(server.requests[0]?.headers.authorization, "Basic dTpw");
  await handler.close();
  release();
});

test("a program that just ends sends its last records, although they would wait for more", async () => {
  await using server = await new WebServer().listen();
  await runProgram("http_ending_program.ts", [server.port]);
  assertEquals(server.bodies.flatMap(messages), Array.from({ length: 1000 }, (_, i) => `#${i}`));
});
