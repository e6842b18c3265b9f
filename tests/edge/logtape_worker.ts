/** A worker whose requests log by LogTape: `/<worker>/<number>` logs two records, `/stats` none. */
import { configure, getLogger } from "@logtape/logtape";
import { SocketHandler, type WaitUntilContext } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { logtapeSink } from "../../src/integrations/logtape.ts";

/** The address of the receiver, which the bundle defines. */
declare const RECEIVER_PORT: number;

const handler = new SocketHandler("127.0.0.1", RECEIVER_PORT, {
  connector,
  whileDisconnected: "queue",
});
const sink = logtapeSink(handler);
await configure({
  sinks: { server: sink },
  loggers: [
    { category: ["shop"], sinks: ["server"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["server"] },
  ],
});
const log = getLogger(["shop", "edge"]);

const worker: object = {
  fetch(request: Request, _env: object, ctx: WaitUntilContext): Response {
    const [, worker = "", number] = new URL(request.url).pathname.split("/");
    if (worker === "stats") {
      ctx.waitUntil(sink.drain());
      return Response.json(handler.stats);
    }
    const own = log.with({ worker });
    own.info("{number} ordered {what}: 50% done", { number, what: { pens: 2 } });
    own.error("failed", new Error("out of ink", { cause: new TypeError("no pen") }));
    ctx.waitUntil(sink.drain());
    return new Response("ordered");
  },
};

export default worker;
