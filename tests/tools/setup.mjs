// deno-lint-ignore-file no-console -- a tool prints
/**
 * Brings a checkout to where everything runs, and is quick when there is nothing to do: installs
 * the npm packages where they are missing or older than package-lock.json, makes `@std/*`
 * resolvable (see std_packages.mjs) and checks that the runtimes from npm start.
 *
 * Plain Node 20 or Deno with nothing installed: it imports only what is built in.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Progress } from "./progress.mjs";
import { haveStdPackages, jsrUrl, root, writeStdPackages } from "./std_packages.mjs";

const nodeModules = join(root, "node_modules");
const onDeno = "Deno" in globalThis;

/** The environment in which every tool of the project runs. */
export function toolEnvironment() {
  const env = {
    ...process.env,
    PATH: join(nodeModules, ".bin") + delimiter + (process.env.PATH ?? ""),
    JSR_URL: jsrUrl,
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
  };
  delete env.FORCE_COLOR;
  return env;
}

/** The command that runs a file as this one is run. */
export const self = onDeno ? [process.execPath, "run", "--allow-all"] : [process.execPath];

/** The Node that runs this or, under Deno, the one on PATH if there is one. */
export const node = onDeno ? nodeOnPath() : process.execPath;

/** Deno takes the place of a `node` that is not there. */
function nodeOnPath() {
  const { stdout } = spawnSync("node", ["-p", "process.versions.deno"], { encoding: "utf8" });
  return stdout?.trim() === "undefined" ? "node" : undefined;
}

/** Installs and builds what is missing; ends the process with the reason where that fails. */
export async function setUp(progress = new Progress()) {
  const [major] = process.versions.node.split(".");
  if (Number(major) < 20) fail(`Node 20 or later is needed: this is ${process.version}`);
  const packages = [join(root, "package.json"), join(root, "package-lock.json")];
  await onceFor("packages", packages, () => install(progress));
  const std = [join(root, "tests", "tools", "std_packages.mjs"), ...filesIn("std_types")];
  if (!haveStdPackages()) forget("std");
  await onceFor("std", std, writeStdPackages);
  await onceFor("own", [join(root, "deno.json")], linkOwnPackage);
  for (const runtime of ["deno", "bun"]) await checkRuns(runtime);
}

/** Does `action` unless it was done before with these same files. */
async function onceFor(name, files, action) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const digest = hash.digest("hex");
  const stamp = stampOf(name);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  await action();
  writeFileSync(stamp, digest);
}

function forget(name) {
  if (existsSync(nodeModules)) writeFileSync(stampOf(name), "");
}

function stampOf(name) {
  return join(nodeModules, `.logwire-${name}`);
}

function filesIn(folder) {
  const path = join(root, "tests", "tools", folder);
  return readdirSync(path).sort().map((name) => join(path, name));
}

async function install(progress) {
  console.log("installing the development packages from npm …");
  const end = progress.begin("npm ci");
  const npm = await run("npm", ["ci", "--no-audit", "--no-fund"]);
  // Deno alone: it reads package.json too, but not package-lock.json.
  const tool = npm.error !== undefined && onDeno ? "deno install" : "npm ci";
  const scripts = ["deno", "bun", "esbuild", "workerd"].map((name) => `npm:${name}`).join(",");
  const { status, error, output } = tool === "npm ci"
    ? npm
    : await run(process.execPath, ["install", `--allow-scripts=${scripts}`]);
  end({ ok: status === 0, shown: tool });
  if (status !== 0) fail(`${tool} failed:\n${error?.message ?? output}`);
}

/**
 * Makes `node_modules/@logwire/logging` out of deno.json and links to the sources: the programs in
 * tests/examples import it by its name, as users do. Deno resolves that name by itself.
 */
function linkOwnPackage() {
  const folder = join(nodeModules, "@logwire", "logging");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["mod.ts", "src"]) {
    symlinkSync(join("..", "..", "..", name), join(folder, name));
  }
  const { name, version, exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const packageJson = { name, version, type: "module", exports };
  writeFileSync(join(folder, "package.json"), JSON.stringify(packageJson, null, 2));
}

async function checkRuns(runtime) {
  const { status, error, output } = await run(join(nodeModules, ".bin", runtime), ["--version"], {
    env: toolEnvironment(),
  });
  if (status === 0) return;
  fail(
    `The '${runtime}' of node_modules does not run: ${error?.message ?? output.trim()}\n` +
      `It is a binary that npm installs for ${process.platform} ${process.arch}. If npm is set to ` +
      `ignore install scripts or optional packages, allow them and run 'npm ci' again.`,
  );
}

/** Not `spawnSync`, which would hold up the lines of the progress. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      ...options,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => output += text);
    }
    child.on("error", (error) => resolve({ status: null, error, output }));
    child.on("close", (status) => resolve({ status, error: undefined, output }));
  });
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUp();
