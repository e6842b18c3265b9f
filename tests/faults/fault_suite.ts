/**
 * The fault suite, `fault_suite.ts --help`. It runs senders and receivers as real processes through
 * every fault in every mode on every runtime, and prints a table. The exit status is 1 if a promise was
 * broken; a line then says how to repeat that cell. Run by tests/tools/long.mjs.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { runCell } from "./cell.ts";
import { type Programs, programsFor, runtimeNames } from "./commands.ts";
import { type Fault, faults } from "./faults.ts";
import { type Mode, modes } from "./modes.ts";
import { compactTable, type Result, wholeTable } from "./outcome_table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: process.env.LOGWIRE_LONG === "1" ? "3" : "1" },
    jobs: { type: "string", default: "3" },
    markdown: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

const say = (text: string) => void process.stdout.write(`${text}\n`);
const sayAside = (text: string) => void process.stderr.write(`${text}\n`);

const help = `npm run test:long -- --faults [options] [FAULT/MODE/RUNTIME …]

Runs the cells whose fault, mode and runtime are named, or all; a part that is left out or empty stands
for each. It prints a line for each cell, and the figures of the seeds together.

options
  --seed=<number>   the first seed; default: 1
  --seeds=<number>  how many seeds each cell is run with; default: 1, with LOGWIRE_LONG=1 3
  --jobs=<number>   how many cells run at a time; default: 3
  --markdown        prints the compact table of each runtime as well

columns
  counted  records whose loss the account of the sender, or of the receiver, shows
  silent   lost records that neither counts: what the side held that is gone
  bound    the most of them that the mode admits, as measured in the run; more is a broken promise

faults
${faults.map(({ name, about }) => `  ${name}: ${about}`).join("\n")}

modes: ${modes.map(({ name }) => name).join(", ")}
runtimes: ${runtimeNames.join(", ")}`;

interface Cell {
  readonly fault: Fault;
  readonly mode: Mode;
  readonly runtime: string;
  readonly seed: number;
}

function isWanted({ fault, mode, runtime }: Omit<Cell, "seed">): boolean {
  if (positionals.length === 0) return true;
  return positionals.some((wanted) =>
    [fault.name, mode.name, runtime].every((name, i) =>
      ["", name.toLowerCase()].includes(wanted.toLowerCase().split("/")[i] ?? "")
    )
  );
}

function cells(): Cell[] {
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.seed) + i);
  return seeds.flatMap((seed) =>
    faults.flatMap((fault) =>
      modes.flatMap((mode) =>
        runtimeNames.map((runtime) => ({ fault, mode, runtime, seed })).filter(isWanted)
      )
    )
  );
}

/** Runs so many cells at a time; the results are in the order of the cells. */
async function runAll(all: readonly Cell[]): Promise<Result[]> {
  const programs: Record<string, Programs> = {};
  for (const name of new Set(all.map(({ runtime }) => runtime))) {
    programs[name] = programsFor(name);
  }
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    while (next < all.length) {
      const index = next++;
      const { fault, mode, runtime, seed } = all[index]!;
      const skipped = fault.skip?.(mode);
      const outcome = skipped === undefined
        ? await runCell(fault, mode, programs[runtime]!, seed)
        : undefined;
      results[index] = { fault: fault.name, mode: mode.name, runtime, seed, outcome, skipped };
      if (outcome === undefined) continue;
      const { problems } = outcome;
      const name = `${fault.name}/${mode.name}/${runtime}`;
      sayAside(
        `${next} of ${all.length}: ${name}, seed ${seed}: ${problems.length || "no"} problems`,
      );
      for (const problem of problems) sayAside(`  ${problem}`);
      if (problems.length > 0) {
        sayAside(`  to repeat: npm run test:long -- --faults --seed=${seed} --seeds=1 '${name}'`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, lane));
  return results;
}

if (values.help) say(help);
else {
  const results = await runAll(cells());
  say(`${wholeTable(results)}\n`);
  if (values.markdown) {
    for (const runtime of new Set(results.map(({ runtime }) => runtime))) {
      say(`${runtime}, lost (arrived twice); *: some of them are in no account\n`);
      say(`${compactTable(results, runtime)}\n`);
    }
  }
  for (const reason of new Set(results.map(({ skipped }) => skipped).filter(Boolean))) {
    const some = results.filter(({ skipped }) => skipped === reason);
    const names = new Set(some.map(({ fault, mode }) => `${fault}/${mode}`));
    say(`not run: ${[...names].join(", ")}: ${reason}`);
  }
  const broken = results.filter(({ outcome }) => outcome && outcome.problems.length > 0);
  say(
    `${
      results.filter(({ outcome }) => outcome).length
    } cells, ${broken.length} with broken promises`,
  );
  if (results.length === 0 || broken.length > 0) process.exitCode = 1;
}
