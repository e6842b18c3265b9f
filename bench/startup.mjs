// deno-lint-ignore-file no-console -- a bench prints
/**
 * `node bench/startup.mjs` measures how long Node takes to start and to load logging: the npm package,
 * built for the purpose as `npm run pack` does, beside pino. It prints the medians of 21 processes.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildPackage } from "../tests/tools/pack.mjs";
import { setUp } from "../tests/tools/setup.mjs";
import { installPeers, versionOf } from "./tools/peers.mjs";

const RUNS = 21;
const bench = fileURLToPath(new URL(".", import.meta.url));

setUp();
installPeers();
const scratch = mkdtempSync(join(tmpdir(), "logwire-startup-"));
process.on("exit", () => rmSync(scratch, { recursive: true }));
const modules = join(scratch, "node_modules");
mkdirSync(join(modules, "@logwire"), { recursive: true });
await buildPackage(join(modules, "@logwire", "logging"));
symlinkSync(join(bench, "node_modules", "pino"), join(modules, "pino"));

const pino = `pino ${versionOf("pino")}`;
const imported = (...names) => [
  "--input-type=module",
  "--eval",
  names.map((name) => `import "${name}";`).join(""),
];
const required = (
  name,
) => ["--input-type=commonjs", "--eval", `require("${name}")`];
const subjects = [
  { name: "an empty module", args: imported() },
  { name: `${pino}, imported`, args: imported("pino") },
  { name: "logwire, imported", args: imported("@logwire/logging") },
  {
    name: "logwire with ./node, imported",
    args: imported("@logwire/logging", "@logwire/logging/node"),
  },
  { name: "an empty script", args: ["--input-type=commonjs", "--eval", ""] },
  { name: `${pino}, required`, args: required("pino") },
  { name: "logwire, required", args: required("@logwire/logging") },
].map((subject) => ({ ...subject, times: [] }));

// In turn, so that what else the machine does meets all of them.
for (let run = 0; run < RUNS; run++) {
  for (const { args, times } of subjects) {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: scratch,
      encoding: "utf8",
    });
    times.push(performance.now() - started);
    if (status !== 0) throw new Error(stderr);
  }
}

console.log(`| Node ${process.versions.node}, from start to end | median |`);
console.log("| - | - |");
for (const { name, times } of subjects) {
  const median = times.sort((a, b) => a - b)[RUNS >> 1];
  console.log(`| ${name} | ${median.toFixed(1)} ms |`);
}
