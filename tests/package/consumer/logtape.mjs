/** Logs by LogTape and by OpenTelemetry through the package; prints each text that was sent. */
import * as logtape from "@logtape/logtape";
import * as sdk from "@opentelemetry/sdk-logs";
import * as logging from "@logwire/logging";
import { logtapeSink } from "@logwire/logging/logtape";
import { logRecordExporter } from "@logwire/logging/opentelemetry";
import { logByBoth } from "./log_by_both.cjs";

await logByBoth({ logtape, sdk, logging, logtapeSink, logRecordExporter });
