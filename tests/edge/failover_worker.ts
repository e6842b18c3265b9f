/**
 * A worker whose handler has two servers: `/log/<text>` logs and flushes, and answers with the address
 * of each connection, and with the events of the dials that failed.
 */
import { type DeliveryEvent, getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { failover } from "../../src/delivery/failover.ts";

/** The ports of the servers, which the bundle defines. */
declare const FIRST_PORT: number;
declare const SECOND_PORT: number;

const events: string[] = [];
const handler = new SocketHandler("127.0.0.1", FIRST_PORT, {
  connector: failover(
    connector,
    [{ transport: "tcp", hostname: "127.0.0.1", port: SECOND_PORT }],
    { returnAfterMs: 1 },
  ),
  whileDisconnected: "queue",
  onEvent: (event: DeliveryEvent) => {
    if (event.type === "connected") events.push(event.address!);
    if (event.type === "connect-failed") events.push(`failed ${event.retrySeconds}`);
  },
});
getLogger("worker").addHandler(handler);

export default {
  async fetch(request: Request): Promise<Response> {
    getLogger("worker").warning(new URL(request.url).pathname);
    await handler.flush();
    return Response.json(events.splice(0));
  },
};
