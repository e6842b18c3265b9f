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
 * `measured` has `{ group, kind, scenario, subject: { family, runtime, name }, runs, failure }`.
 */
export function toRows(measured) {
  const rows = measured.map(({ group, kind, scenario, subject, runs, failure }) => {
    const all = (key) => runs.map((run) => run[key]);
    const latencies = all("latencyUs").filter((value) => value !== undefined);
    return {
      ...{ group, kind, scenario },
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
      note: runs.find(({ note }) => note !== undefined)?.note ??
        ending(median(all("exitMs")), most(all("cut"))),
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

/** How a process ended that did so straight after its last call. */
function ending(exitMs, cut) {
  if (exitMs === undefined) return undefined;
  const records = cut === 1 ? "record" : "records";
  return `ended after ${exitMs.toFixed(0)} ms` + (cut > 0 ? `, ${cut} cut ${records}` : "");
}

/** The rows as text. */
export function toTable(rows) {
  const cells = rows.map((row) => columns.map(([, cell]) => String(cell(row) ?? "")));
  const heads = columns.map(([head]) => head);
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

/** The columns of README.md's tables: what programs log first, the best case last. */
const readmeColumns = [
  ["args", "`args`"],
  ["extra", "`extra`"],
  ["text", "a text that changes"],
  ["error", "an error"],
  ["const", "the best case: one constant text"],
];
const readmeNames = {
  "logwire, node": "logwire on Node",
  "logwire, deno": "logwire on Deno",
  "logwire, bun": "logwire on Bun",
  "logwire with batchMs 2, node": "logwire on Node, `batchMs: 2`",
  "logwire with batchMs 2, deno": "logwire on Deno, `batchMs: 2`",
  "logwire with batchMs 2, bun": "logwire on Bun, `batchMs: 2`",
  "pino, node": "pino with pino-socket",
  "logtape, node": "LogTape with its syslog sink, on Node",
  "logtape, deno": "LogTape, on Deno",
  "logtape, bun": "LogTape, on Bun",
  "winston, node": "winston with winston-syslog",
  "log4js, node": "log4js with its TCP appender",
  "cpython": "CPython `SocketHandler`",
};
const readmeTables = [
  ["burst", "100,000 at once"],
  ["turns", "64 a turn"],
  ["eights", "8 a turn"],
  ["single", "1 a turn"],
];

/**
 * The tables of README.md, one for each pace: a column for each kind of record that was measured, in
 * thousands of records a second, with the ratio to CPython, and to pino where that was measured.
 */
export function toReadmeTables(rows) {
  return readmeTables.map(([group, title]) => readmeTable(rows, group, title))
    .filter((table) => table !== undefined).join("\n\n");
}

function readmeTable(all, group, title) {
  const rows = all.filter((row) => row.group === group && row.name in readmeNames);
  const shown = readmeColumns.filter(([kind]) => rows.some((row) => row.kind === kind));
  if (shown.length === 0) return undefined;
  const names = [...new Set(rows.map(({ name }) => name))];
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const body = names.map((name) => {
    const of = (kind) => rows.find((row) => row.name === name && row.kind === kind);
    const cells = shown.map(([kind]) => readmeCell(of(kind)));
    return line([readmeNames[name], ...cells, of("args")?.cpuUs?.toFixed(2) ?? ""]);
  });
  const heads = [title, ...shown.map(([, head]) => head), "CPU µs, `args`"];
  const rule = heads.map((_, i) => i === 0 ? "---" : "---:");
  return [line(heads), line(rule), ...body].join("\n");
}

function readmeCell(row) {
  if (row?.rate === undefined) return "";
  const ratios = [[row.toCPython, "×"], [row.toPino, "× pino"]]
    .filter(([value]) => value !== undefined)
    .map(([value, unit]) => `${ratio(value)} ${unit}`);
  const rate = `${whole(row.rate / 1000)} k/s`;
  if (row.lost > 0) return `${rate}, ${whole(row.lost)} lost`;
  return ratios.length === 0 ? rate : `${rate} (${ratios.join(", ")})`;
}
