/**
 * A worker whose requests log by pino: `/<number>` logs a record, `/stats` none. esbuild
 * takes pino's build for browsers.
 */
import pino from "pino";
import { SocketHandler, withFlush } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { pinoDestination } from "../../src/integrations/pino.ts";

/** The address of the receiver, which the bundle defines. */
declare const RECEIVER_PORT: number;

const handler = new SocketHandler("127.0.0.1", RECEIVER_PORT, {
  connector,
  whileDisconnected: "queue",
});
const destination = pinoDestination(handler, { name: "shop.edge" });
const log = pino({
  serializers: pino.stdSerializers,
  browser: {
    serialize: true,
    write: (line: object) => destination.write(JSON.stringify(line) + "\n"),
  },
});

const worker: object = withFlush({
  fetch(request: Request): Response {
    const number = new URL(request.url).pathname.slice(1);
    if (number !== "stats") {
      log.error({ number, err: new TypeError("out of ink") }, "#%s: 50%% done", number);
    }
    return Response.json(handler.stats);
  },
}, handler);

export default worker;
