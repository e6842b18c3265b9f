/** A worker whose requests log to an OpenTelemetry collector, in the encoding that the path names. */
import { getLogger, HTTPHandler, withFlush } from "../../mod.ts";
import { otlp } from "../../src/handlers/http_bodies.ts";

/** The port of the collector, which the bundle defines. */
declare const SERVER_PORT: number;

const resource = { "service.name": "edge" };
const handlers = (["protobuf", "json"] as const).map((encoding) => {
  const handler = new HTTPHandler(`127.0.0.1:${SERVER_PORT}`, "/v1/logs", {
    body: otlp({ resource, encoding }),
    connection: "per-flush",
  });
  getLogger(encoding).addHandler(handler);
  return handler;
});

const worker: object = withFlush({
  fetch(request: Request, _env: object, _ctx: object): Response {
    const { pathname } = new URL(request.url);
    if (pathname === "/stats") return Response.json(handlers.map(({ stats }) => stats));
    const error = new Error("boom");
    getLogger(pathname.slice(1)).error("request %s", pathname, {
      exc_info: error,
      extra: { n: 7 },
    });
    return new Response("done");
  },
}, ...handlers);

export default worker;
