// deno-lint-ignore-file no-console -- a bench prints
/**
 * `npm run bench`, or `deno task bench`: measures logwire against its peers and prints one table.
 * README.md beside this file says what each scenario is.
 *
 *     npm run bench                                   everything: the better part of an hour
 *     npm run bench -- --quick                        within two minutes
 *     npm run bench -- --only=burst,turns             some groups of scenarios
 *     npm run bench -- --runtimes=node                ours on some runtimes, against the main peers
 *     npm run bench -- --against=raw,cpython,pino     whom to compare with; empty for nobody
 *     npm run bench -- --rounds=3 --records=10000     other than the usual
 *     npm run bench -- --node-arguments="--cpu-prof"  for the measured processes on Node
 *     npm run bench -- --markdown                     the table as Markdown
 *
 * A run of everything, quick or not, writes results/latest.json and results/throughput.svg.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setUp, toolEnvironment } from "../tests/tools/setup.mjs";
import { toRows, toTable } from "./tools/report.mjs";
import { scenarios } from "./tools/scenarios.mjs";
import { buildSink } from "./tools/sink.mjs";
import { buildForNode, makeCommands, versions } from "./tools/subjects.mjs";

const bench = dirname(fileURLToPath(import.meta.url));
const list = (text) => text.split(",").filter(Boolean);
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    runtimes: { type: "string" },
    against: { type: "string" },
    rounds: { type: "string" },
    records: { type: "string" },
    markdown: { type: "boolean", default: false },
    "node-arguments": { type: "string", default: "" },
  },
});
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 3 : 5));
const records = values.records === undefined ? undefined : Number(values.records);
const runtimes = list(values.runtimes ?? "node,deno,bun");
const against = list(
  values.against ??
    (values.runtimes === undefined ? "" : "raw,raw one by one,cpython,pino"),
);
/** After this a round is not begun, and the first one is cut short. */
const budgetMs = quick ? 100_000 : Infinity;
const started = performance.now();

setUp();
installPeers();
const scratch = mkdtempSync(join(tmpdir(), "logwire-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const env = toolEnvironment();
const found = versions(env);
const built = await buildForNode(bench, scratch);
const nodeArguments = values["node-arguments"].split(" ").filter(Boolean);
const commands = makeCommands({ bench, built, env, nodeArguments });
const setting = {
  root: dirname(bench),
  sink: buildSink(join(bench, "net"), scratch),
  frames: join(scratch, "frames"),
};
runToEnd(commands.run("node", "net/write_frames.ts", setting.frames));

const measured = plan();
await runAll();
const rows = toRows(measured);
console.log(toTable(rows, values));
if (rows.some(({ failure }) => failure !== undefined)) process.exitCode = 1;

/** Peers are no dependency of the project, only of its benches. */
function installPeers() {
  const lock = join(bench, "package-lock.json");
  const stamp = join(bench, "node_modules", ".package-lock.json");
  const locked = Object.keys(JSON.parse(readFileSync(lock, "utf8")).packages)
    .filter(Boolean);
  const installed = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")).packages : {};
  const optional = (path) => /esbuild\/|unix-dgram/.test(path);
  if (locked.every((path) => path in installed || optional(path))) return;
  console.log("installing the peers from npm …");
  const { status, stderr } = spawnSync(
    "npm",
    ["ci", "--no-audit", "--no-fund"],
    {
      cwd: bench,
      encoding: "utf8",
    },
  );
  if (status === 0) return;
  console.error(`npm ci failed in bench/:\n${stderr}`);
  process.exit(1);
}

function runToEnd({ command: [command, ...args], env }) {
  const { status, stderr } = spawnSync(command, args, {
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status === 0) return;
  console.error(`${command} ${args.join(" ")} failed:\n${stderr}`);
  process.exit(1);
}

/** Every pair of scenario and subject that was asked for and can be run. */
function plan() {
  const only = values.only === undefined ? undefined : list(values.only);
  return scenarios({ quick, records }).flatMap((
    { group, title, subjects, run },
  ) =>
    subjects.filter(({ family, runtime }) =>
      (only === undefined || only.includes(group)) &&
      (runtime === "python" ? found.python !== undefined : runtimes.includes(runtime)) &&
      (family === "logwire" ||
        values.against === undefined && values.runtimes === undefined ||
        against.includes(family))
    ).map((subject) => ({
      group,
      scenario: title,
      subject,
      run,
      runs: [],
      failure: undefined,
    }))
  );
}

/** Round by round, each subject in turn, so that what slows the machine slows them all. */
async function runAll() {
  for (let round = 1; round <= rounds; round++) {
    for (const item of measured) {
      const late = performance.now() - started > budgetMs;
      if (item.failure !== undefined || late) continue;
      progress(
        `round ${round} of ${rounds}: ${item.scenario}: ${item.subject.name}`,
      );
      try {
        item.runs.push(await item.run(setting, commands, item.subject));
      } catch (error) {
        item.failure = error.message.split("\n").at(1) ?? error.message;
        console.error(
          `\n${item.scenario}: ${item.subject.name}: ${error.message}`,
        );
      }
    }
  }
  progress("");
}

/** One line that is written over, where somebody looks at it. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
