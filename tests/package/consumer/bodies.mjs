/** Sends a record in OpenTelemetry's protobuf by a body; prints what a server sees of it. */
import { getLogger, HTTPHandler } from "@logwire/logging";
import { otlp } from "@logwire/logging/http-bodies";

const seen = [];
const handler = new HTTPHandler("collector.example", "/v1/logs", {
  body: otlp({ resource: { "service.name": "shop" } }),
  exitNotifier: {},
  fetch(_url, { headers, body }) {
    const [text] = /low on ink/.exec(new TextDecoder("latin1").decode(body)) ?? [];
    seen.push(headers.get("Content-Type"), text);
    return Promise.resolve(new Response());
  },
});
const log = getLogger("shop");
log.propagate = false;
log.addHandler(handler);
log.warning("low on %s", "ink");
await handler.flush();
// deno-lint-ignore no-console -- it is the result
console.log(`${seen.join(" ")}: ${handler.stats.sent} sent`);
await handler.close();
