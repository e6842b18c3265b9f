/** Compiled with the consumer's settings, against the types of LogTape and of OpenTelemetry. */
import { configure, type Sink } from "@logtape/logtape";
import { type LogRecordExporter, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { NullHandler } from "@logwire/logging";
import { logtapeSink } from "@logwire/logging/logtape";
import { logRecordExporter } from "@logwire/logging/opentelemetry";

const exporter: LogRecordExporter = logRecordExporter(new NullHandler());
const sink: Sink & AsyncDisposable & { drain(): Promise<void> } = logtapeSink(new NullHandler());
export const processor = new SimpleLogRecordProcessor({ exporter });
await configure({ sinks: { sink }, loggers: [{ category: [], sinks: ["sink"] }] });
