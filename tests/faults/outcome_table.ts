/** The tables of the fault suite. */
import type { Outcome } from "./cell.ts";

/** A cell that was run, or the reason why it was not. */
export interface Result {
  readonly fault: string;
  readonly mode: string;
  readonly runtime: string;
  readonly seed: number;
  readonly outcome: Outcome | undefined;
  readonly skipped: string | undefined;
}

/** Adds up the outcomes of a cell over its seeds; `undefined` if none was run. */
function total(results: readonly Result[]): Outcome | undefined {
  const outcomes = results.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);
  if (outcomes.length === 0) return undefined;
  const sum = (read: (outcome: Outcome) => number) =>
    outcomes.reduce((so, outcome) => so + read(outcome), 0);
  return {
    emitted: sum(({ emitted }) => emitted),
    delivered: sum(({ delivered }) => delivered),
    duplicates: sum(({ duplicates }) => duplicates),
    lost: sum(({ lost }) => lost),
    counted: sum(({ counted }) => counted),
    silent: sum(({ silent }) => silent),
    bound: sum(({ bound }) => bound),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

const distinct = (results: readonly Result[], key: "fault" | "mode" | "runtime"): string[] => [
  ...new Set(results.map((result) => result[key])),
];

function markdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(" | ")} |`;
  const [head, ...body] = rows.map(line);
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}

/** All cells, a line each. */
export function wholeTable(results: readonly Result[]): string {
  const columns = ["emitted", "delivered", "duplicates", "lost", "counted", "silent"] as const;
  const rows = [["fault", "mode", "runtime", ...columns, "bound", ""]];
  for (const fault of distinct(results, "fault")) {
    for (const mode of distinct(results, "mode")) {
      for (const runtime of distinct(results, "runtime")) {
        const cell = results.filter((result) =>
          result.fault === fault && result.mode === mode && result.runtime === runtime
        );
        const outcome = total(cell);
        if (outcome === undefined) continue;
        const { bound, problems } = outcome;
        const figures = columns.map((column) => String(outcome[column]));
        const verdict = problems.length > 0 ? "BROKEN" : "";
        rows.push([fault, mode, runtime, ...figures, String(bound), verdict]);
      }
    }
  }
  return markdown(rows);
}

/** Rows are faults, columns modes; a cell says how many were lost, and how many came twice. */
export function compactTable(results: readonly Result[], runtime: string): string {
  const own = results.filter((result) => result.runtime === runtime);
  const modes = distinct(own, "mode");
  const rows = [["fault", "emitted", ...modes]];
  for (const fault of distinct(own, "fault")) {
    const outcomes = modes.map((mode) =>
      total(own.filter((cell) => cell.fault === fault && cell.mode === mode))
    );
    rows.push([fault, emittedOf(outcomes), ...outcomes.map(compactCell)]);
  }
  return markdown(rows);
}

/** As `180-187`: the least and the most of the modes. */
function emittedOf(outcomes: readonly (Outcome | undefined)[]): string {
  const emitted = outcomes.flatMap((outcome) => outcome?.emitted ?? []);
  const [least, most] = [Math.min(...emitted), Math.max(...emitted)];
  return least === most ? `${least}` : `${least}-${most}`;
}

/** As `12* (3)`: lost and, in brackets, twice; the star marks losses that are in no account. */
function compactCell(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "";
  const { duplicates, lost, silent, problems } = outcome;
  const star = silent > 0 ? "*" : "";
  const twice = duplicates > 0 ? ` (${duplicates})` : "";
  return `${lost}${star}${twice}${problems.length > 0 ? " BROKEN" : ""}`;
}
