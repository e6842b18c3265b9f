/**
 * The short form of the fault suite: every fault on one of the runtimes, in one of the modes.
 * `npm run test:long -- --faults` runs all cells.
 */
import { assert, assertEquals } from "@std/assert";
import { runtime, test } from "../test.ts";
import { judge, runCell } from "./cell.ts";
import { programsFor, runtimeNames } from "./commands.ts";
import { type Fault, faults } from "./faults.ts";
import { type Mode, modes } from "./modes.ts";
import type { Tally } from "./stage.ts";

const SEED = 20261129;

/** The mode of a fault: they take turns, but for those that cannot meet it. */
function modeOf(fault: Fault, index: number): Mode | undefined {
  const turned = modes.map((_, i) => modes[(index * 3 + i) % modes.length]!);
  return turned.find((mode) => fault.skip?.(mode) === undefined);
}

test("records are lost in a fault only as their mode says", async () => {
  const own = faults.filter((_, i) => runtimeNames[i % runtimeNames.length] === runtime);
  const programs = programsFor(runtime);
  const outcomes = await Promise.all(own.map(async (fault) => {
    const mode = modeOf(fault, faults.indexOf(fault));
    if (mode === undefined) return [];
    const { emitted, problems } = await runCell(fault, mode, programs, SEED);
    const name = `${fault.name}/${mode.name}/${runtime}`;
    const all = emitted > 0 ? problems : [...problems, "no record was logged"];
    return all.map((problem) => `${name}: ${problem}`);
  }));
  assertEquals(outcomes.flat(), []);
});

const faultNamed = (name: string): Fault => faults.find((fault) => fault.name === name)!;
const modeNamed = (name: string): Mode => modes.find((mode) => mode.name === name)!;

/** Ten records, of which nine arrived, as those of a cell in which the server was reset. */
const tally: Tally = {
  emitted: 10,
  delivered: 9,
  duplicates: 0,
  counted: 0,
  lost: [4],
  inKernel: [4, 6],
  inProcess: 0,
  left: 0,
  problems: [],
};

const problemsOf = (fault: string, mode: string, changes: Partial<Tally> = {}) =>
  judge(faultNamed(fault), modeNamed(mode), { ...tally, ...changes }).problems;

test("judge() admits an uncounted loss where a kernel held the record, and nowhere else", () => {
  assertEquals(problemsOf("RST", "queue"), []);
  const outside = problemsOf("RST", "queue", { lost: [3] });
  assertEquals(outside, ["no kernel held these, which were lost: 3"]);
  for (const [fault, mode] of [["RST", "RELP"], ["refused", "queue"], ["RST", "HTTP+spool"]]) {
    const [problem = ""] = problemsOf(fault!, mode!);
    assert(problem.startsWith("1 records were lost uncounted, and at most 0 may be"), problem);
  }
  assertEquals(problemsOf("kill -9 of the sender", "queue", { inProcess: 1 }), []);
  assertEquals(problemsOf("kill -9 of the sender", "spool", { inProcess: 1 }).length, 1);
});

test("judge() admits a counted loss where the mode drops, and where a queue overflows", () => {
  const dropped = { counted: 1 };
  assertEquals(problemsOf("refused", "drop", dropped), []);
  assertEquals(problemsOf("refused", "queue", dropped), ["1 records were dropped"]);
  assertEquals(problemsOf("slow reader", "queue", dropped), []);
  assertEquals(problemsOf("slow reader", "spool", dropped), ["1 records were dropped"]);
});

test("judge() admits no record twice on a connection that never breaks", () => {
  const twice = { duplicates: 2, delivered: 10, lost: [] };
  assertEquals(problemsOf("FIN", "queue", twice), []);
  assertEquals(problemsOf("slow reader", "queue", twice).length, 1);
});

test("judge() keeps the problems that the processes report", () => {
  const nothingLost = { delivered: 10, lost: [] };
  assertEquals(problemsOf("FIN", "queue", { ...nothingLost, problems: ["a"], left: 2 }), [
    "a",
    "2 records wait when all is over",
  ]);
});
