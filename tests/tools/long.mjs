/**
 * `npm run test:long`: installs what is missing, then runs the long forms of tests on the three
 * runtimes, which print figures: tests/interop/spool_long.ts, tests/faults/fault_suite.ts, the
 * tests that kill daemons or have many seeds of random faults, and tests/wine/wine_suite.ts, which runs
 * Node for Windows if Wine is installed. A number as argument is passed on to the first one. With
 * `--faults` the fault suite alone is run, and the other arguments are passed on to it;
 * `--faults --help` lists them. With `--wine` the Wine suite alone is run.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { node, setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const runtimes = [["deno", "run", "--allow-all", "--no-check"], ["bun"]];
if (node !== undefined) runtimes.push([node, "--import", "tsx"]);

const args = process.argv.slice(2);
const hasFaultsAlone = args.includes("--faults");
const hasWineAlone = args.includes("--wine");

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
