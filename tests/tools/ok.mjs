// deno-lint-ignore-file no-console -- a tool prints
/**
 * `npm test`, or `deno task ok`: every check of the project, a line each, what a failed one
 * printed, and as the last line `N passed, N failed` (and `, N skipped`); each test on each
 * runtime counts, and each other check. The exit status is 0 only if nothing failed.
 *
 *     npm test                              everything
 *     npm test -- --only=lint,types         some checks: format, lint, …, deno, bun, node
 *     npm test -- framer                    the test files with "framer" in their path
 *     npm test -- --only=deno framer        those on one runtime
 *
 * `LOGWIRE_NODES=/path/to/node24:…` names further Node binaries to run the tests on.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { runCommand } from "./commands.mjs";
import { readReport } from "./junit.mjs";
import { node, self, setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const { values, positionals } = parseArgs({
  options: { only: { type: "string" } },
  allowPositionals: true,
});

setUp();
const env = toolEnvironment();
const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
const entryPoints = [...new Set(Object.values(exports))];
const documented = ["mod.ts", "src", "README.md"].filter((name) => existsSync(join(root, name)));

/** Checks of the sources: name → command. */
const checks = {
  "format": ["deno", "fmt", "--check"],
  "lint": ["deno", "lint", "--quiet"],
  "types": ["deno", "check", "--quiet"],
  "types-node": ["tsc", "-p", "tsconfig.node.json"],
  "types-portable": ["tsc", "-p", "tests/tools/tsconfig.portable.json"],
  "docs": ["deno", "doc", "--lint", ...entryPoints],
  "examples": [
    ...["deno", "test", "--doc", "--quiet", "--allow-all"],
    ...["--preload=tests/tools/strict_console.mjs", ...documented],
  ],
  "api": [...self, "tests/tools/public_api.mjs"],
  "publish": ["deno", "publish", "--quiet", "--dry-run", "--allow-dirty"],
};

/** Runtimes that run the test files: name → command, and what of its output tells of failures. */
const runtimes = {
  "deno": {
    command: (report, files) => [
      ...["deno", "test", "--allow-all", "--no-check", "--sanitize-ops", "--sanitize-resources"],
      ...[`--junit-path=${report}`, ...files],
    ],
    failures: (output) => output.slice(Math.max(output.search(/^\s*ERRORS\s*$/m), 0)),
  },
  "bun": {
    command: (report, files) => [
      ...["bun", "test", "--isolate", "--only-failures", "--timeout=60000"],
      ...["--reporter=junit", `--reporter-outfile=${report}`, ...files.map((file) => `./${file}`)],
    ],
    failures: (output) => output,
  },
};
if (node !== undefined) runtimes.node = onNode(node);
for (const path of (process.env.LOGWIRE_NODES ?? "").split(delimiter).filter(Boolean)) {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  runtimes[`node-${stdout?.trim() ?? path}`] = onNode(path);
}

function onNode(path) {
  return {
    command: (report, files) => [
      ...[path, "--import", "tsx", "--test"],
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=junit", `--test-reporter-destination=${report}`, ...files],
    ],
    failures: (output) =>
      output.replace(/^✖ failing tests:$[^]*?(?=^\S+ ended with|(?![^]))/m, "")
        .replace(/^(✔|﹣|ℹ).*\n/gm, ""),
  };
}

const total = { passed: 0, failed: 0, skipped: [] };
if (node === undefined) total.skipped.push("node: Node 20 or later is not on PATH");

async function check(name) {
  const started = performance.now();
  const { ok, output } = await runCommand(checks[name], env);
  ok ? total.passed++ : total.failed++;
  tell(ok, name, started, ok ? "" : output);
}

async function test(name) {
  const started = performance.now();
  const report = join(scratch, `${name}.xml`);
  const { command, failures } = runtimes[name];
  const run = await runCommand(command(report, files), env);
  const { passed, failed, skipped } = readReport(report);
  const ran = passed + failed + skipped.length > 0;
  const ok = run.ok && ran;
  total.passed += passed;
  // A run that fails without a failed test (a file that does not load) counts as one.
  total.failed += ok ? failed : Math.max(failed, 1);
  total.skipped.push(...skipped.map((reason) => `${name}: ${reason}`));
  const output = ran ? failures(run.output) : `${run.output}\nno test was run`;
  tell(ok, `${name} (${passed + failed} tests)`, started, ok ? "" : output);
}

/** A test run leaves the work tree as it was. */
function checkTree(before) {
  const started = performance.now();
  const added = workTree().filter((line) => !before.includes(line));
  added.length === 0 ? total.passed++ : total.failed++;
  const output = ["The work tree was changed during the run:", ...added].join("\n");
  tell(added.length === 0, "tree", started, added.length === 0 ? "" : output);
}

function workTree() {
  const git = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  return (git.stdout ?? "").split("\n");
}

function tell(ok, name, started, output) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${ok ? "ok  " : "FAIL"} ${seconds} s  ${name}`);
  if (output !== "") console.log(stripVTControlCharacters(output).replace(/^/gm, "    | "));
}

function testFiles() {
  const inside = readdirSync(join(root, "tests"), { recursive: true });
  const files = inside.filter((name) => name.endsWith("_test.ts")).map((name) => `tests/${name}`);
  const wanted = (file) => positionals.every((part) => file.includes(part));
  return files.filter(wanted).sort();
}

function chosen(all) {
  const only = values.only?.split(",");
  return Object.keys(all).filter((name) => only?.includes(name) ?? true);
}

function listSkipped() {
  const counts = new Map();
  for (const reason of total.skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size > 0) console.log("skipped:");
  for (const [reason, count] of counts) console.log(`${String(count).padStart(6)} × ${reason}`);
}

const known = [...Object.keys(checks), ...Object.keys(runtimes)];
const unknown = values.only?.split(",").filter((name) => !known.includes(name)) ?? [];
const files = testFiles();
if (unknown.length > 0) {
  refuse(`--only takes some of ${known.join(",")}: current value is ${unknown}`);
}
if (files.length === 0) refuse(`No test file has '${positionals.join("' and '")}' in its path`);

const scratch = mkdtempSync(join(tmpdir(), "logwire-ok-"));
try {
  const before = workTree();
  // Two lanes, for two cores: tests that watch a network get one to themselves.
  await Promise.all([
    inTurn(positionals.length > 0 ? [] : chosen(checks), check),
    inTurn(chosen(runtimes), test),
  ]);
  if (values.only === undefined && positionals.length === 0) checkTree(before);
} finally {
  rmSync(scratch, { recursive: true });
}
listSkipped();
const { passed, failed, skipped } = total;
console.log(
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`,
);
process.exitCode = failed === 0 ? 0 : 1;

async function inTurn(names, action) {
  for (const name of names) await action(name);
}

function refuse(reason) {
  console.error(reason);
  process.exit(2);
}
