// deno-lint-ignore-file no-console -- a bench prints
/**
 * `npm run bench`, or `deno task bench`: measures logwire against its peers and prints one table.
 * README.md beside this file says what each scenario is.
 *
 *     npm run bench                                   everything: about half an hour
 *     npm run bench -- --quick                        within two minutes
 *     npm run bench -- --only=burst,turns             some groups of scenarios
 *     npm run bench -- --kinds=args,extra             some kinds of record: args,extra,text,error,const
 *     npm run bench -- --runtimes=node                ours on some runtimes, against the main peers
 *     npm run bench -- --against=raw,cpython,pino     the peers to compare with; empty for none
 *     npm run bench -- --rounds=3 --records=10000     other than the usual; also --warmup=1
 *     npm run bench -- --node-arguments="--cpu-prof"  for the measured processes on Node
 *     npm run bench -- --markdown                     also the tables of README.md
 *
 * A run of everything, quick or not, writes results/latest.json, results/tables.md, which README.md
 * quotes, and results/throughput.svg.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setUp, toolEnvironment } from "../tests/tools/setup.mjs";
import { KINDS } from "./net/record.mjs";
import { toChart } from "./tools/chart.mjs";
import { FIXED } from "./tools/measure.mjs";
import { installPeers, versionOf } from "./tools/peers.mjs";
import { toReadmeTables, toRows, toTable } from "./tools/report.mjs";
import { scenarios } from "./tools/scenarios.mjs";
import { buildSink, proveSink } from "./tools/sink.mjs";
import { buildForNode, makeCommands, versions } from "./tools/subjects.mjs";

const bench = dirname(fileURLToPath(import.meta.url));
const list = (text) => text.split(",").filter(Boolean);
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    kinds: { type: "string" },
    runtimes: { type: "string" },
    against: { type: "string" },
    rounds: { type: "string" },
    records: { type: "string" },
    warmup: { type: "string" },
    markdown: { type: "boolean", default: false },
    "node-arguments": { type: "string", default: "" },
  },
});
const peers = ["pino", "pino-socket", "@logtape/syslog", "winston-syslog", "log4js"];
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 3 : 5));
const number = (text) => text === undefined ? undefined : Number(text);
const records = number(values.records);
const warmup = number(values.warmup);
const kinds = values.kinds === undefined ? undefined : list(values.kinds);
const unknown = kinds?.find((kind) => !KINDS.includes(kind));
if (unknown !== undefined) {
  console.error(`There is no kind of record '${unknown}': the kinds are ${KINDS.join(", ")}`);
  process.exit(2);
}
const runtimes = list(values.runtimes ?? "node,deno,bun");
const against = list(
  values.against ??
    (values.runtimes === undefined ? "" : "raw,cpython,pino"),
);
/** After this a round is not begun, and the first one is cut short. */
const budgetMs = quick ? 100_000 : Infinity;
const started = performance.now();

await setUp();
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
  /** The file of the frames that the controls send instead of records of a kind. */
  framesOf: (kind) => join(scratch, `frames-${kind}`),
  received: join(scratch, "received"),
  receivedOfMany: join(scratch, "received-of-many"),
  /** The folder of the frames of records that programs log, as CPython makes them. */
  logged: found.python === undefined ? undefined : scratch,
};
writeFrames();
await proveSink(setting.sink, join(scratch, "frames-each"));

const measured = plan();
await runAll();
const rows = toRows(measured);
const about = describe();
console.log(toTable(rows));
if (values.markdown) console.log(`\n${toReadmeTables(rows)}`);
console.log(`\n${about.join("\n")}`);
const whole = [
  values.only,
  values.kinds,
  values.runtimes,
  values.against,
  values.records,
  values.warmup,
].every((
  value,
) => value === undefined);
if (whole) write();
if (measured.some(({ failure }) => failure !== undefined)) process.exitCode = 1;

/** The machine, what ran on it and how: without it figures mean nothing. */
function describe() {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const { node, deno, bun, python } = found;
  const runs = measured.map(({ runs }) => runs.length);
  return [
    `${model.trim()}, ${cpus().length} cores, ${memory} GiB, ${type()} ${release()}; sink in ` +
    `${setting.sink.name}`,
    `Node ${node}, Deno ${deno ?? "-"}, Bun ${bun ?? "-"}, CPython ${python ?? "-"}` +
    peers.map((name) => `, ${name} ${versionOf(name)}`).join(""),
    `${new Date().toISOString().slice(0, 10)}${quick ? ", --quick" : ""}: medians of ` +
    `${Math.min(...runs)} to ${Math.max(...runs)} interleaved rounds; memory and loss: the worst`,
  ];
}

function write() {
  const results = join(bench, "results");
  mkdirSync(results, { recursive: true });
  const runs = measured.map(({ group, kind, scenario, subject, runs, failure }) => ({
    ...{ group, kind, scenario, subject: subject.name, runs, failure },
  }));
  const all = { about, quick, versions: found, sink: setting.sink.name, rows, runs };
  writeFileSync(join(results, "latest.json"), JSON.stringify(all, null, 2) + "\n");
  writeFileSync(join(results, "tables.md"), `${toReadmeTables(rows)}\n\n${about.join("\n")}\n`);
  writeFileSync(join(results, "throughput.svg"), toChart(rows, { caption: about }));
  console.log(`\nwritten to ${results}: latest.json, tables.md and throughput.svg`);
}

/** The frames of the controls and for the receivers: CPython's if it is installed. */
function writeFrames() {
  for (const kind of KINDS) {
    const fixed = [setting.framesOf(kind), kind, String(FIXED)];
    runToEnd(commands.run("node", "net/write_frames.ts", ...fixed));
  }
  const each = [join(scratch, "frames-each"), "args", "each"];
  runToEnd(commands.run("node", "net/write_frames.ts", ...each));
  const write = (path, ...name) =>
    found.python === undefined
      ? commands.run("node", "net/write_frames.ts", path, "const", "0", ...name)
      : commands.run("python", "peers/codec.py", "frames", path, ...name);
  runToEnd(write(setting.received));
  runToEnd(write(setting.receivedOfMany, "myapp.area000"));
  if (setting.logged === undefined) return;
  runToEnd(commands.run("python", "peers/codec.py", "logged", setting.logged));
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
  return scenarios({ quick, records, warmup, kinds }).flatMap((
    { group, title, kind, subjects, run },
  ) =>
    subjects.filter(({ family, runtime }) =>
      (only === undefined || only.includes(group)) &&
      (kinds === undefined || kind === undefined || kinds.includes(kind)) &&
      (runtime === "python" ? found.python !== undefined : runtimes.includes(runtime)) &&
      (family === "logwire" ||
        values.against === undefined && values.runtimes === undefined ||
        against.includes(family.split(",")[0]))
    ).map((subject) => ({
      group,
      kind,
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
      if (item.failure !== undefined || late || round > (item.subject.rounds ?? rounds)) continue;
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

/** On a terminal this is one line that is written over. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
