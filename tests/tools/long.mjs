/**
 * `npm run test:long`: installs what is missing, then runs the long forms of tests on the three
 * runtimes, which print figures: tests/interop/spool_long.ts, which the arguments are passed on to,
 * tests/interop/relp_test.ts and tests/delivery/forward_conservation_test.ts.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { node, setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const program = join(root, "tests", "interop", "spool_long.ts");
const runtimes = [["deno", "run", "--allow-all", "--no-check"], ["bun"]];
if (node !== undefined) runtimes.push([node, "--import", "tsx"]);

await setUp();
for (const [command, ...args] of runtimes) {
  const { status } = spawnSync(command, [...args, program, ...process.argv.slice(2)], {
    cwd: root,
    env: toolEnvironment(),
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}

const ok = join(root, "tests", "tools", "ok.mjs");
const parts = ["interop/relp", "forward_conservation"];
const { status } = spawnSync(process.execPath, [ok, "--only=deno,bun,node", ...parts], {
  cwd: root,
  env: { ...toolEnvironment(), LOGWIRE_LONG: "1" },
  stdio: "inherit",
});
if (status !== 0) process.exitCode = 1;
