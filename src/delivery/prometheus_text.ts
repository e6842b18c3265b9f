/**
 * Metrics in the text format of Prometheus, version 0.0.4.
 *
 * Browser compatible.
 *
 * @module
 */

/** The `Content-Type` of the text. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One value of a metric. */
export interface MetricSample {
  /** The labels that tell it from the other values of the metric. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** A metric with its values. */
export interface Metric {
  /** Its name: ASCII letters, digits and `_`; that of a counter ends with `_total`. */
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  /** `counter`: it only grows; `gauge`: it goes up and down. */
  readonly type: "counter" | "gauge";
  /** Its values; a metric without any is left out. */
  readonly samples: readonly MetricSample[];
}

/** Returns metrics as text. */
export function prometheusText(metrics: Iterable<Metric>): string {
  let text = "";
  for (const { name, help, type, samples } of metrics) {
    if (samples.length === 0) continue;
    text += `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n`;
    text += `# TYPE ${name} ${type}\n`;
    for (const { labels = {}, value } of samples) {
      const pairs = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`);
      text += `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}\n`;
    }
  }
  return text;
}

/** A lone surrogate has no form in UTF-8. */
function escaped(label: string): string {
  return label.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\p{Cs}/gu, "\ufffd");
}

function numberText(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}
