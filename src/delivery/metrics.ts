/**
 * `./metrics`: `metrics(handlers)` returns the counters of network handlers as text for Prometheus, so
 * that a dashboard shows whether logs arrive, and an alarm says when they do not.
 *
 * It serves nothing: give the text to the web server of your program. Choose `handler.stats` instead to
 * read the counters in the program itself.
 *
 * ## Metrics
 *
 * Each has the label `handler`: the handler's `name`, else its class, with a number behind it where two
 * are called the same.
 *
 * | metric                                  | counts                                             |
 * | --------------------------------------- | -------------------------------------------------- |
 * | `logwire_records_emitted_total`         | records that the program has logged                |
 * | `logwire_records_recovered_total`       | records that an earlier process left in the spool  |
 * | `logwire_records_sent_total`            | records that were sent                             |
 * | `logwire_sent_bytes_total`              | their bytes                                        |
 * | `logwire_records_dropped_total`         | lost records; the label `reason` says why          |
 * | `logwire_records_queued`                | records that wait now                              |
 * | `logwire_queued_bytes`                  | their bytes                                        |
 * | `logwire_records_unacknowledged`        | records of these that the server is to acknowledge |
 * | `logwire_connects_total`                | dials that succeeded                               |
 * | `logwire_connect_failures_total`        | dials that failed                                  |
 *
 * `emitted + recovered = sent + queued + dropped` at every moment. An alarm on lost records is
 * `increase(logwire_records_dropped_total[5m]) > 0`.
 *
 * ## Options
 *
 * There are none. `prometheusText()` writes metrics of your own in the same format.
 *
 * ## Errors
 *
 * `metrics()` throws a `TypeError` for an object without counters.
 *
 * Browser compatible.
 *
 * @example Serve the counters of a handler
 * ```ts
 * import { getLogger, SocketHandler } from "jsr:@logwire/logging";
 * import { metrics, METRICS_CONTENT_TYPE } from "jsr:@logwire/logging/metrics";
 * import { MemoryNetwork } from "jsr:@logwire/logging/testing";
 *
 * // In a program: import { connector } from "jsr:@logwire/logging/deno" (or /bun, /node, /auto).
 * const connector = new MemoryNetwork();
 *
 * const handler = new SocketHandler("logs.example", 9020, { connector });
 * handler.name = "central";
 * getLogger("shop").addHandler(handler);
 * getLogger("shop").warning("low on ink");
 *
 * // Deno.serve(() => answer());
 * const answer = () =>
 *   new Response(metrics(handler), { headers: { "Content-Type": METRICS_CONTENT_TYPE } });
 * const text = await answer().text();
 * console.assert(text.includes('logwire_records_emitted_total{handler="central"} 1\n'));
 * await handler.close();
 * ```
 *
 * @module
 */
import { checkMethods, refuse } from "../logging/validate.ts";
import type { DeliveryStats } from "./delivery_event.ts";
import {
  type Metric,
  METRICS_CONTENT_TYPE,
  type MetricSample,
  prometheusText,
} from "./prometheus_text.ts";

export { type DeliveryStats, type Metric, METRICS_CONTENT_TYPE, type MetricSample, prometheusText };

/** A handler with counters: every handler that sends over the network. */
export interface CountingHandler {
  /** The name that a program gave to the handler. */
  readonly name: string | null;
  /** Its counters. */
  readonly stats: DeliveryStats;
}

/**
 * Returns the counters of handlers as text for Prometheus.
 *
 * @throws {TypeError} for an object without counters
 */
export function metrics(...handlers: readonly CountingHandler[]): string {
  return prometheusText(deliveryMetrics(handlers));
}

/** The counters of one handler, and the name in its label. */
interface Counted {
  readonly handler: string;
  readonly stats: DeliveryStats;
}

/**
 * Returns the counters of handlers as metrics, for a text that has others too.
 *
 * @throws {TypeError} for an object without counters
 */
export function deliveryMetrics(handlers: readonly CountingHandler[]): Metric[] {
  const counted = countedOf(handlers);
  const all = (value: (stats: DeliveryStats) => number): MetricSample[] =>
    counted.map(({ handler, stats }) => ({ labels: { handler }, value: value(stats) }));
  const metric = (
    type: Metric["type"],
    name: string,
    help: string,
    value: (stats: DeliveryStats) => number,
  ): Metric => ({ name: `logwire_${name}`, help, type, samples: all(value) });
  return [
    metric("counter", "records_emitted_total", "Records that were logged.", (of) => of.emitted),
    metric(
      "counter",
      "records_recovered_total",
      "Records that an earlier process left in the spool.",
      (of) => of.recovered,
    ),
    metric("counter", "records_sent_total", "Records that were sent.", (of) => of.sent),
    metric(
      "counter",
      "sent_bytes_total",
      "Bytes of the records that were sent.",
      (of) => of.sentBytes,
    ),
    {
      name: "logwire_records_dropped_total",
      help: "Records that were lost, by reason.",
      type: "counter",
      samples: counted.flatMap(({ handler, stats }) =>
        Object.entries(stats.dropped).map(([reason, value]) => ({
          labels: { handler, reason },
          value,
        }))
      ),
    },
    metric("gauge", "records_queued", "Records that wait to be sent.", (of) => of.queued),
    metric("gauge", "queued_bytes", "Bytes of the records that wait.", (of) => of.queuedBytes),
    metric(
      "gauge",
      "records_unacknowledged",
      "Records that were written and are to be acknowledged.",
      (of) => of.unacknowledged,
    ),
    metric("counter", "connects_total", "Dials that succeeded.", (of) => of.connects),
    metric("counter", "connect_failures_total", "Dials that failed.", (of) => of.connectFailures),
  ];
}

function countedOf(handlers: readonly CountingHandler[]): Counted[] {
  const used = new Set<string>();
  return handlers.map((handler) => {
    checkMethods("make metrics", "handler", handler, []);
    const { stats } = handler;
    if (typeof stats !== "object" || stats === null) {
      const expected = "a handler with 'stats', which sends over a network";
      refuse("make metrics", "handler", expected, handler);
    }
    const name = handler.name ?? handler.constructor.name;
    let own = name;
    for (let times = 2; used.has(own); times++) own = `${name}#${times}`;
    used.add(own);
    return { handler: own, stats };
  });
}
