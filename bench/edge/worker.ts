/** A worker that logs through logwire over TCP: what its bundle weighs is what logging costs it. */
import { getLogger, INFO } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

const handler = new SocketHandler("logs.example.com", 9020, { connector });
getLogger().addHandler(handler);
getLogger().setLevel(INFO);
const log = getLogger("worker");

export default {
  fetch(request: Request, _env: unknown, context: Context): Response {
    log.info("%s %s", request.method, request.url);
    context.waitUntil(handler.flush());
    return new Response("hello");
  },
};
