/**
 * An HTTP service that logs with pino into a Python log server: each request has a child logger,
 * whose bindings become attributes of the records.
 *
 *     PORT=8080 LOG_HOST=logs.example \
 *       deno run --allow-net --allow-env --allow-sys=hostname pino_service.ts
 *
 * or with `bun pino_service.ts`, or with `node pino_service.ts` from Node 22.18 on.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import pino from "pino";
import { SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { pinoDestination } from "@logwire/logging/pino";

const { PORT = "8080", LOG_HOST = "localhost", LOG_PORT = "9020" } = process.env;

const handler = new SocketHandler(LOG_HOST, Number(LOG_PORT), {
  connector,
  whileDisconnected: "queue",
});
const log = pino(
  { name: "shop.http", redact: ["authorization"] },
  pinoDestination(handler),
);

const server = createServer((request, response) => {
  const requestId = request.headers["x-request-id"] ?? randomUUID();
  const { authorization } = request.headers;
  const own = log.child({ requestId });
  own.info({ authorization }, "%s %s", request.method, request.url);
  try {
    if (request.url === "/tea") throw new Error("out of tea");
    response.end("ordered\n");
  } catch (error) {
    own.error(error, "the order failed");
    response.writeHead(500).end("the order failed\n");
  }
});
server.listen(Number(PORT), () => {
  process.stdout.write(`listening on port ${(server.address() as AddressInfo).port}\n`);
});

// A signal ends a program at once: what is queued is sent first.
process.once("SIGTERM", () => {
  server.close(async () => {
    await handler.close();
    process.exit();
  });
  server.closeIdleConnections();
});
