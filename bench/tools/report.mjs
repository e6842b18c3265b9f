/** From runs to rows, and from rows to the table that is printed. */

/** The middle of `values`; `undefined` if there is none. */
export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The most of `values`, or `undefined`. */
function most(values) {
  const known = values.filter((value) => Number.isFinite(value));
  return known.length === 0 ? undefined : Math.max(...known);
}

/**
 * One row for each scenario and subject: medians over its runs, of memory and loss the worst.
 * `measured` has `{ group, scenario, subject: { family, runtime, name }, runs, failure }`.
 */
export function toRows(measured) {
  const rows = measured.map(({ group, scenario, subject, runs, failure }) => {
    const all = (key) => runs.map((run) => run[key]);
    const latencies = all("latencyUs").filter((value) => value !== undefined);
    return {
      group,
      scenario,
      ...{
        family: subject.family,
        runtime: subject.runtime,
        name: subject.name,
      },
      rounds: runs.length,
      rate: median(all("rate")),
      cpuUs: median(all("cpuUs")),
      peakMiB: most(all("peakMiB")),
      aboveIdleMiB: most(runs.map(({ peakMiB, idleMiB }) => peakMiB - idleMiB)),
      lost: most(all("lost")),
      latencyUs: latencies.length === 0
        ? undefined
        : [0, 1, 2].map((i) => median(latencies.map((values) => values[i]))),
      note: runs.find(({ note }) => note !== undefined)?.note,
      failure: failure ?? (runs.length === 0 ? "not measured: out of time" : undefined),
    };
  });
  for (const row of rows) {
    const peers = rows.filter(({ scenario, group }) =>
      scenario === row.scenario && group === row.group
    );
    const ratio = (to) => to === row || to === undefined ? undefined : ratioOf(row, to);
    row.toCPython = ratio(peers.find(({ family }) => family === "cpython"));
    row.toPino = ratio(peers.find(({ family }) => family === "pino"));
    row.toRaw = ratio(
      peers.find(({ family, runtime }) => family === "raw" && runtime === row.runtime),
    );
  }
  return rows;
}

/** A ratio is of two that delivered the same records whole; otherwise there is none. */
function ratioOf(row, to) {
  if (row.lost || to.lost || row.failure || to.failure) return undefined;
  return row.rate / to.rate || undefined;
}

const columns = [
  ["scenario", (row) => row.scenario],
  ["", (row) => row.name],
  ["records/s", (row) => whole(row.rate)],
  ["× CPython", (row) => ratio(row.toCPython)],
  ["× pino", (row) => ratio(row.toPino)],
  ["× raw", (row) => ratio(row.toRaw)],
  ["CPU µs", (row) => row.cpuUs?.toFixed(2)],
  ["peak MiB", (row) => row.peakMiB?.toFixed(0)],
  ["+ idle", (row) => row.aboveIdleMiB?.toFixed(0)],
  ["lost", (row) => whole(row.lost)],
  ["", (row) => row.failure ?? row.note ?? latency(row.latencyUs)],
];

/** Columns that are words: the others are numbers, and stand to the right. */
const words = new Set([0, 1, columns.length - 1]);

function whole(value) {
  return value === undefined ? undefined : Math.round(value).toLocaleString("en");
}

function ratio(value) {
  return value === undefined ? undefined : value.toFixed(value < 10 ? 2 : 1);
}

function latency(values) {
  if (values === undefined) return undefined;
  const [p50, p99, p999] = values.map((value) => value.toFixed(value < 10 ? 2 : 0));
  return `p50 ${p50}, p99 ${p99}, p99.9 ${p999} µs`;
}

/** The rows as text, or with `markdown` as a table of Markdown. */
export function toTable(rows, { markdown = false } = {}) {
  const cells = rows.map((row) => columns.map(([, cell]) => String(cell(row) ?? "")));
  const heads = columns.map(([head]) => head);
  if (markdown) {
    const line = (values) => `| ${values.join(" | ")} |`;
    const rule = columns.map((_, i) => words.has(i) ? "---" : "---:");
    return [heads, rule, ...cells].map(line).join("\n");
  }
  const widths = heads.map((head, i) =>
    Math.max(head.length, ...cells.map((row) => row[i].length))
  );
  const line = (values) =>
    values.map((value, i) => words.has(i) ? value.padEnd(widths[i]) : value.padStart(widths[i]))
      .join("  ").trimEnd();
  let last;
  const lines = cells.map((row) => {
    const [scenario, ...rest] = row;
    const first = scenario !== last;
    const gap = first && last !== undefined ? "\n" : "";
    last = scenario;
    return gap + line([first ? scenario : "", ...rest]);
  });
  return [line(heads), ...lines].join("\n");
}
