import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";

// Imported by URL: they are plain JavaScript without types.
const tool = (name: string) => import(new URL(`../../bench/tools/${name}`, import.meta.url).href);
const { median, toReadmeTables, toRows, toTable } = await tool("report.mjs");
const { toChart } = await tool("chart.mjs");

const subject = (family: string, runtime = "node") => ({ family, runtime, name: family });
const run = (rate: number, lost = 0) => ({ rate, lost, cpuUs: 1, idleMiB: 40, peakMiB: 50 });
const measuredOf = (family: string, ...runs: unknown[]) => ({
  ...{
    group: "burst",
    kind: "args",
    scenario: "burst of 10",
    subject: subject(family),
    runs,
    failure: undefined,
  },
});

test("median() is the middle, and leaves out what is no number", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, undefined, NaN, 2, 3]), 2.5);
  assertEquals(median([]), undefined);
});

test("toRows() takes medians, the worst loss, and ratios within a scenario", () => {
  const [ours, cpython, raw] = toRows([
    measuredOf("logwire", run(900), run(1000), run(5000)),
    measuredOf("cpython", run(100), run(90), run(110)),
    measuredOf("raw", run(4000)),
  ]);
  assertEquals(ours.rate, 1000);
  assertEquals(ours.toCPython, 10);
  assertEquals(ours.toRaw, 0.25);
  assertEquals(ours.toPino, undefined, "pino was not measured");
  assertEquals(ours.aboveIdleMiB, 10);
  assertEquals(cpython.toCPython, undefined, "not to itself");
  assertEquals(raw.rounds, 1);
});

test("toRows() gives no ratio where one side lost records or failed", () => {
  const lossy = toRows([measuredOf("logwire", run(1000, 1)), measuredOf("cpython", run(100))]);
  assertEquals([lossy[0].lost, lossy[0].toCPython], [1, undefined]);
  const failed = { ...measuredOf("cpython", run(100)), failure: "ended with status 1" };
  assertEquals(toRows([measuredOf("logwire", run(1000)), failed])[0].toCPython, undefined);
});

test("toTable() has a line a row, and a column for everything that was measured", () => {
  const latencyUs = [0.5, 2, 30, 100];
  const rows = toRows([
    measuredOf("logwire", { ...run(1_234_567), latencyUs }),
    measuredOf("cpython", run(100_000)),
    { ...measuredOf("pino"), failure: "was stopped" },
  ]);
  const [head, ...lines] = toTable(rows).split("\n");
  assert(/^scenario +records\/s +× CPython .* lost/.test(head));
  assert(
    /^burst of 10 +logwire +1,234,567 +12\.3 .*p50 0\.50, p99 2\.00, p99\.9 30 µs$/.test(lines[0]),
  );
  assert(/^ +cpython +100,000 /.test(lines[1]), "the scenario stands once");
  assert(/^ +pino +was stopped$/.test(lines[2]));
});

test("toTable() says how a process ended that did so straight after its last call", () => {
  const ended = { lost: 3, exitMs: 12.4, cut: 1 };
  assert(/ended after 12 ms, 1 cut record$/.test(toTable(toRows([measuredOf("logwire", ended)]))));
});

test("toReadmeTables() has a table a pace, with `args` first and the constant text last", () => {
  const of = (name: string, kind: string, rate: number) => ({
    ...measuredOf(name, run(rate)),
    ...{ kind, scenario: kind, subject: { ...subject(name.split(",")[0]!), name } },
  });
  const lines = toReadmeTables(toRows([
    ...[of("logwire, node", "const", 900_000), of("logwire, node", "args", 500_000)],
    ...[of("cpython", "const", 100_000), of("cpython", "args", 50_000)],
    of("raw, node", "args", 9_000_000),
  ])).split("\n");
  assertEquals(lines, [
    "| 100,000 at once | `args` | the best case: one constant text | CPU µs, `args` |",
    "| --- | ---: | ---: | ---: |",
    "| logwire on Node | 500 k/s (10.0 ×) | 900 k/s (9.00 ×) | 1.00 |",
    "| CPython `SocketHandler` | 50 k/s | 100 k/s | 1.00 |",
  ]);
});

test("toChart() draws records with arguments and no others", () => {
  const rows = toRows([
    measuredOf("logwire", run(1_000_000)),
    { ...measuredOf("logwire", run(2_000_000)), kind: "const" },
  ]);
  assertEquals(toChart(rows).match(/<rect /g)?.length, 1);
});

test("toChart() draws a bar for each logger, the longest at full width", () => {
  const rows = toRows([
    measuredOf("logwire", run(1_000_000)),
    measuredOf("cpython & co", run(100_000)),
    measuredOf("raw", run(9_000_000)),
    measuredOf("winston"),
  ]);
  const svg: string = toChart(rows, { caption: ["<two cores>"] });
  const widths = [...svg.matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) => Number(width));
  assertEquals(widths.length, 2);
  assert(Math.abs(widths[0]! / widths[1]! - 10) < 0.2);
  assert(svg.includes("1,000 k/s") && svg.includes("prefers-color-scheme: dark"));
  assert(svg.includes("cpython &#38; co") && svg.includes("&#60;two cores&#62;"), "it is escaped");
});
