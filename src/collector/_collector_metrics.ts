/**
 * The collector's own counts as metrics.
 *
 * @module
 */
import type { Metric, MetricSample } from "../delivery/prometheus_text.ts";
import type { ListenerStatus } from "./_listeners.ts";
import type { RecordStore } from "./_record_store.ts";

/** Returns the metrics of listeners and of the kept records. */
export function collectorMetrics(
  listeners: readonly ListenerStatus[],
  store: Pick<RecordStore, "kept" | "bytes" | "forgotten">,
  started: number,
): Metric[] {
  const each = (value: (of: ListenerStatus) => number): MetricSample[] =>
    listeners.map((status) => ({
      labels: { listener: status.name, address: status.address },
      value: value(status),
    }));
  const metric = (
    type: Metric["type"],
    name: string,
    help: string,
    samples: readonly MetricSample[],
  ): Metric => ({ name: `logwire_collector_${name}`, help, type, samples });
  return [
    metric("counter", "records_received_total", "Records that arrived.", each((of) => of.received)),
    metric("counter", "received_bytes_total", "Bytes that arrived.", each((of) => of.bytes)),
    metric(
      "counter",
      "faults_total",
      "Records that could not be handled, and senders of something else.",
      each((of) => of.faults),
    ),
    metric(
      "counter",
      "datagrams_dropped_total",
      "Datagrams that arrived faster than they could be handled.",
      each((of) => of.dropped),
    ),
    metric(
      "counter",
      "refused_total",
      "Connections and datagrams that were refused.",
      each((of) => of.refused),
    ),
    metric("counter", "connections_total", "Connections.", each((of) => of.accepted)),
    metric("gauge", "open_connections", "Connections that are open.", each((of) => of.connections)),
    metric("gauge", "kept_records", "Records that the page can show.", [{ value: store.kept }]),
    metric("gauge", "kept_bytes", "Bytes of these records.", [{ value: store.bytes }]),
    metric("counter", "forgotten_records_total", "Records that are not kept any more.", [
      { value: store.forgotten },
    ]),
    metric("gauge", "start_time_seconds", "The start of the collector, since the epoch.", [
      { value: started / 1000 },
    ]),
  ];
}
