/** A worker that logs through logwire over TCP: what its bundle weighs is what logging costs it. */
import { getLogger, INFO, SocketHandler, withFlush } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";

const handler = new SocketHandler("logs.example.com", 9020, {
  connector,
  whileDisconnected: "queue",
});
getLogger().addHandler(handler);
getLogger().setLevel(INFO);
const log = getLogger("worker");

const worker: object = withFlush({
  fetch(request: Request): Response {
    log.info("%s %s", request.method, request.url);
    return new Response("hello");
  },
}, handler);

export default worker;
