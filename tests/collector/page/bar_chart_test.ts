import { assert, assertEquals } from "@std/assert";
import { barPaths, stepFor, ticks } from "../../../src/collector/page/_bar_chart.ts";
import { test } from "../../test.ts";

const NO_NUMBERS = new Map<string, number>();

test("barPaths() stacks the levels of a bucket, the highest at the bottom", () => {
  const counts = {
    ...{ from: 0, to: 200, step: 100, levels: ["INFO", "ERROR"] },
    counts: [[30, 10], [0, 0]],
  };
  const { paths, most } = barPaths(counts, 20, 40, NO_NUMBERS);
  assertEquals(most, 40);
  assertEquals(paths, { error: "M0 30h9v10h-9z", info: "M0 0h9v30h-9z" });
});

test("barPaths() draws a single record among thousands", () => {
  const counts = {
    ...{ from: 0, to: 100, step: 100, levels: ["INFO", "CRITICAL"] },
    counts: [[100_000, 1]],
  };
  const { paths } = barPaths(counts, 10, 50, NO_NUMBERS);
  assertEquals(paths["critical"], "M0 48.5h9v1.5h-9z");
});

test("barPaths() adds up levels that are shown alike, and draws nothing of nothing", () => {
  const counts = {
    ...{ from: 0, to: 100, step: 100, levels: ["INFO", "NOTICE"] },
    counts: [[5, 5]],
  };
  assertEquals(Object.keys(barPaths(counts, 10, 50, new Map([["NOTICE", 25]])).paths), ["info"]);
  assertEquals(barPaths({ ...counts, counts: [] }, 10, 50, NO_NUMBERS), { paths: {}, most: 0 });
});

test("stepFor() takes a step that people count in", () => {
  assertEquals(stepFor(15 * 60_000, 120), 10_000);
  assertEquals(stepFor(3_600_000, 10), 600_000);
  assertEquals(stepFor(50, 10), 5);
  assert(stepFor(1e14, 10) >= 1e13);
});

test("ticks() are multiples of their step within the times", () => {
  const { times, step } = ticks(61_000, 361_000, 6);
  assertEquals([times, step], [[120_000, 180_000, 240_000, 300_000, 360_000], 60_000]);
});
