/**
 * `opentelemetry_program.ts PORT simple|batch`: logs by OpenTelemetry's SDK through an outage of its
 * receiver, and exits; with the batch processor after `shutdown()`.
 */
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import process from "node:process";
import { logRecordExporter } from "../../src/integrations/opentelemetry.ts";
import { logThroughRestart, watchedHandler } from "./restart_phases.ts";

const [, , port, kind] = process.argv;
const watched = watchedHandler(Number(port));
const exporter = logRecordExporter(watched.handler, { flushTimeoutMs: 50 });
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ "service.name": "shop" }),
  processors: [
    kind === "batch"
      ? new BatchLogRecordProcessor({ exporter })
      : new SimpleLogRecordProcessor({ exporter }),
  ],
});
const log = provider.getLogger("shop.cart");
const context = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
});
await logThroughRestart(watched, (number) => {
  const isError = number % 3 === 0;
  log.emit({
    severityNumber: isError ? SeverityNumber.ERROR : SeverityNumber.INFO,
    body: isError ? "failed" : `#${number} is 50% done`,
    attributes: { number, bytes: new Uint8Array([1, 2]) },
    exception: isError ? new TypeError("out of ink") : undefined,
    context,
  });
}, () => provider.forceFlush());
if (kind === "batch") await provider.shutdown();
process.exit();
