/**
 * An HTTP service: each of its log records carries the id of the request that it belongs to, over
 * every `await` and in every module, and none waits for the log server.
 *
 *     PORT=8080 LOG_HOST=logs.example deno run --allow-net --allow-env http_service.ts
 *
 * or with `bun http_service.ts`, or with `node http_service.ts` from Node 22.18 on.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { getLogger, shutdown, SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { withContext } from "@logwire/logging/context";

const { PORT = "8080", LOG_HOST = "localhost", LOG_PORT = "9020" } = process.env;

getLogger().setLevel("INFO");
getLogger().addHandler(
  new SocketHandler(LOG_HOST, Number(LOG_PORT), { connector, whileDisconnected: "queue" }),
);
const log = getLogger("shop.http");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  log.info("%s %s", request.method, request.url);
  try {
    await takeOrder(String(request.url).slice(1));
    response.end("ordered\n");
  } catch (error) {
    log.exception("the order failed", error);
    response.writeHead(500).end("the order failed\n");
  }
  log.info("answered with %d", response.statusCode);
}

/** Knows nothing of requests, and so has no id to pass to the logger. */
async function takeOrder(item: string): Promise<void> {
  await Promise.resolve(); // a database, in a real service
  if (item === "tea") throw new Error("out of tea");
  getLogger("shop.stock").info("one %s less", item);
}

const server = createServer((request, response) => {
  const requestId = request.headers["x-request-id"] ?? randomUUID();
  void withContext({ requestId }, () => answer(request, response));
});
server.listen(Number(PORT), () => {
  process.stdout.write(`listening on port ${(server.address() as AddressInfo).port}\n`);
});

// A signal ends a program at once: what is queued is sent first.
process.once("SIGTERM", () => {
  server.close(async () => {
    await shutdown();
    process.exit();
  });
  server.closeIdleConnections();
});
