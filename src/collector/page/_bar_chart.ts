/** The geometry of the timeline: bars of stacked levels, and the ticks of its axis. */
import { bandOfName, BANDS } from "./_levels.ts";
import type { TimelineCounts } from "./_collector_api.ts";

/** A path for each band of levels, in a box that is `width` wide and `height` high. */
export interface BarPaths {
  /** Band style → the `d` of its path. */
  paths: Record<string, string>;
  /** The greatest number of records in a bucket: what the whole height stands for. */
  most: number;
}

/** Draws the buckets, the highest level at the bottom, so that errors are seen at one line. */
export function barPaths(
  { levels, counts }: TimelineCounts,
  width: number,
  height: number,
  numbers: ReadonlyMap<string, number>,
): BarPaths {
  const bands = levels.map((name) => bandOfName(name, numbers).style);
  const sums = counts.map((row) => {
    const sum: Record<string, number> = {};
    row.forEach((count, level) => sum[bands[level]!] = (sum[bands[level]!] ?? 0) + count);
    return sum;
  });
  const most = Math.max(0, ...sums.map((sum) => total(Object.values(sum))));
  const paths: Record<string, string> = {};
  const slot = width / Math.max(counts.length, 1);
  const bar = Math.max(slot - 1, slot * 0.7);
  sums.forEach((sum, bucket) => {
    let base = height;
    for (const { style } of BANDS.toReversed()) {
      const count = sum[style] ?? 0;
      if (count === 0) continue;
      // A single error among thousands is still a pixel high.
      const high = Math.min(Math.max((count / most) * height, 1.5), base);
      base -= high;
      const box = `M${round(bucket * slot)} ${round(base)}h${round(bar)}v${round(high)}h${
        round(-bar)
      }z`;
      paths[style] = (paths[style] ?? "") + box;
    }
  });
  return { paths, most };
}

/** Lengths of steps that people count in, in milliseconds. */
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 7, 14, 28, 91, 364].map((days) => days * 86_400_000),
];

/** The least such step of which `most` or fewer cover the span. */
export function stepFor(spanMs: number, most: number): number {
  return STEPS.find((step) => spanMs / step <= most) ?? Math.ceil(spanMs / most);
}

/** The times of the axis' ticks: multiples of a step, in local time where it is days. */
export function ticks(from: number, to: number, most: number): { times: number[]; step: number } {
  const step = stepFor(to - from, most);
  const zone = step >= 3_600_000 ? new Date(to).getTimezoneOffset() * 60_000 : 0;
  const times: number[] = [];
  for (let time = Math.ceil((from - zone) / step) * step + zone; time <= to; time += step) {
    times.push(time);
  }
  return { times, step };
}

function total(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
