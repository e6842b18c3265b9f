/** A worker whose requests log by OpenTelemetry: `/<number>` logs a record, `/stats` none. */
import { SeverityNumber } from "@opentelemetry/api-logs";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { SocketHandler, type WaitUntilContext } from "../../mod.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { logRecordExporter } from "../../src/integrations/opentelemetry.ts";

/** The address of the receiver, which the bundle defines. */
declare const RECEIVER_PORT: number;

const handler = new SocketHandler("127.0.0.1", RECEIVER_PORT, {
  connector,
  whileDisconnected: "queue",
});
const exporter = logRecordExporter(handler);
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ "service.name": "edge" }),
  processors: [new SimpleLogRecordProcessor({ exporter })],
});
const log = provider.getLogger("shop.edge");

const worker: object = {
  fetch(request: Request, _env: object, ctx: WaitUntilContext): Response {
    const number = new URL(request.url).pathname.slice(1);
    if (number !== "stats") {
      log.emit({
        severityNumber: SeverityNumber.ERROR,
        body: `#${number}: 50% done`,
        exception: new TypeError("out of ink"),
      });
    }
    ctx.waitUntil(exporter.forceFlush());
    return Response.json(handler.stats);
  },
};

export default worker;
