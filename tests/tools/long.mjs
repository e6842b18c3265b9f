// deno-lint-ignore-file no-console -- a tool prints
/**
 * `npm run test:long`: installs what is missing, then runs the long forms of tests on the three
 * runtimes, which print figures: tests/interop/spool_long.ts, tests/faults/fault_suite.ts, the
 * tests that kill daemons or have many seeds of random faults, and tests/wine/wine_suite.ts, which runs
 * Node for Windows if Wine is installed. `npm run test:long -- --help` lists the arguments.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { node, setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const runtimes = [["deno", "run", "--allow-all", "--no-check"], ["bun"]];
if (node !== undefined) runtimes.push([node, "--import", "tsx"]);

const help = `npm run test:long -- [kills]
npm run test:long -- --faults [options]
npm run test:long -- --wine

Runs the tests that take longer than npm test may, on every runtime, and prints their figures.

arguments
  kills       how often a sender with a spool is killed, on each runtime and with each durability; 200
  --faults    the fault suite alone; --faults --help lists its options
  --wine      the tests of Windows alone, for which Wine must be installed
  -h, --help  prints this`;

const args = process.argv.slice(2);
const hasFaultsAlone = args.includes("--faults");
const hasWineAlone = args.includes("--wine");
if (!hasFaultsAlone) {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help);
    process.exit(0);
  }
  const [strange] = args.filter((arg) => arg !== "--wine" && !/^[1-9]\d*$/.test(arg));
  if (strange !== undefined) {
    console.error(`There is no argument '${strange}': npm run test:long -- --help lists them`);
    process.exit(2);
  }
}

function run(command, commandArgs) {
  const { status } = spawnSync(command, commandArgs, {
    cwd: root,
    env: { ...toolEnvironment(), LOGWIRE_LONG: "1" },
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}

/** The fault suite starts the runtimes by itself. */
function runFaults(more) {
  const [command, ...rest] = runtimes.at(-1);
  run(command, [...rest, join(root, "tests", "faults", "fault_suite.ts"), ...more]);
}

function runWine() {
  if (node === undefined) return;
  run(node, ["--import", "tsx", join(root, "tests", "wine", "wine_suite.ts")]);
}

await setUp();
if (hasWineAlone) runWine();
else if (hasFaultsAlone) runFaults(args.filter((arg) => arg !== "--faults"));
else {
  for (const [command, ...rest] of runtimes) {
    run(command, [...rest, join(root, "tests", "interop", "spool_long.ts"), ...args]);
  }
  const ok = join(root, "tests", "tools", "ok.mjs");
  const parts = ["interop/relp", "interop/failover", "interop/jetstream_fleet"];
  parts.push("conservation", "delivery/network_handler");
  run(process.execPath, [ok, "--only=deno,bun,node", ...parts]);
  runFaults([]);
  runWine();
}
