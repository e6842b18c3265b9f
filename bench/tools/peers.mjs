// deno-lint-ignore-file no-console -- a bench prints
/** The packages that the benches compare with: no dependency of the project, only of its benches. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const bench = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs them from npm unless they are there; ends the process where that fails. */
export function installPeers() {
  const lock = join(bench, "package-lock.json");
  const stamp = join(bench, "node_modules", ".package-lock.json");
  const { packages: locked } = JSON.parse(readFileSync(lock, "utf8"));
  const installed = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")).packages : {};
  const isThere = ([path, { version, optional }]) =>
    path === "" || optional || installed[path]?.version === version;
  if (Object.entries(locked).every(isThere)) return;
  console.log("installing the peers from npm …");
  const options = { cwd: bench, encoding: "utf8" };
  const { status, stderr } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], options);
  if (status === 0) return;
  console.error(`npm ci failed in bench/:\n${stderr}`);
  process.exit(1);
}

/** The version of a peer that is installed. */
export function versionOf(name) {
  return JSON.parse(readFileSync(join(bench, "node_modules", name, "package.json"), "utf8"))
    .version;
}
