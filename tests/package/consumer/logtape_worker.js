/** A worker that logs by LogTape through the package; it is bundled, not run. */
import { configure, getLogger } from "@logtape/logtape";
import { SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/cloudflare";
import { logtapeSink } from "@logwire/logging/logtape";

const sink = logtapeSink(new SocketHandler("logs.example.com", 9020, { connector }));
await configure({ sinks: { sink }, loggers: [{ category: [], sinks: ["sink"] }] });

export default {
  fetch(_request, _env, ctx) {
    getLogger("shop").info("asked");
    ctx.waitUntil(sink.drain());
    return new Response("hello");
  },
};
