/** A worker whose requests log to a web server: `/logged/<number>` logs a record, and may then throw. */
import { getLogger, HTTPHandler, withFlush } from "../../mod.ts";

/** The address of the web server, which the bundle defines. */
declare const SERVER_PORT: number;

const handler = new HTTPHandler(`127.0.0.1:${SERVER_PORT}`, "/log", {
  body: "ndjson",
  connection: "per-flush",
  whileDisconnected: "queue",
});
getLogger("worker").addHandler(handler);

const worker: object = withFlush({
  fetch(request: Request, _env: object, _ctx: object): Response {
    const [, action = "", number] = new URL(request.url).pathname.split("/");
    if (action === "stats") return Response.json(handler.stats);
    getLogger("worker").warning("request %s", number);
    if (Number(number) % 2 === 1) throw new Error("the worker fails");
    return new Response("done");
  },
}, handler);

export default worker;
