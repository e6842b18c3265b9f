// deno-lint-ignore-file no-console -- a tool prints
/**
 * `npm test`, or `deno task ok`: every check of the project, a line each, what a failed one
 * printed, and as the last line `N passed, N failed` (and `, N skipped`); each test on each
 * runtime counts, and each other check. While a check runs, a line says how far it is. The exit
 * status is 0 only if nothing failed, and 2 where the command line is wrong.
 *
 * `npm test -- --help` lists the options, the checks and the environment variables.
 */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { runCommand } from "./commands.mjs";
import { readReport } from "./junit.mjs";
import { Progress, quoted } from "./progress.mjs";
import { node, self, setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
const entryPoints = [...new Set(Object.values(exports))];
const documented = ["mod.ts", "src", "README.md"].filter((name) => existsSync(join(root, name)));

/** Checks of the sources: name → a line for `--help`, and the command. */
const checks = {
  "format": {
    about: "deno fmt --check",
    command: ["deno", "fmt", "--check"],
  },
  "lint": {
    about: "deno lint",
    command: ["deno", "lint", "--quiet"],
  },
  "types": {
    about: "the types of everything, by Deno",
    command: ["deno", "check", "--quiet"],
  },
  "types-node": {
    about: "the types of everything, by tsc with Node's",
    command: ["tsc", "-p", "tsconfig.node.json"],
  },
  "types-portable": {
    about: "portable folders name no global of a runtime",
    command: ["tsc", "-p", "tests/tools/tsconfig.portable.json"],
  },
  "docs": {
    about: "every exported symbol is documented",
    command: ["deno", "doc", "--lint", ...entryPoints],
  },
  "pages": {
    about: "every page of JSR has a guide with an example, and shows all members and their docs",
    command: [...self, "tests/tools/documentation.mjs"],
  },
  "examples": {
    about: "the examples of the docs and the README run",
    command: [
      ...["deno", "test", "--doc", "--quiet", "--allow-all"],
      ...["--preload=tests/tools/strict_console.mjs", ...documented],
    ],
  },
  "api": {
    about: "the public API is the one that tests/meta/public_api.txt lists",
    command: [...self, "tests/tools/public_api.mjs"],
  },
  "publish": {
    about: "JSR would take the package: a dry run",
    command: ["deno", "publish", "--quiet", "--dry-run", "--allow-dirty"],
  },
};
if (node !== undefined) {
  checks.package = {
    about: "the npm package works as it is packed: for Node, Bun, TypeScript and an edge bundle",
    command: [node, "--import", "tsx", "--test", "tests/package/packed.mjs"],
  };
}

/**
 * Runtimes that run the test files: name → a line for `--help`; the command; how a line of its
 * output names the file that begins and a test that has ended; what of the output is of failures.
 */
const runtimes = {
  "deno": {
    about: "the test files on Deno",
    command: (report, files) => [
      ...["deno", "test", "--allow-all", "--no-check", "--sanitize-ops", "--sanitize-resources"],
      ...[`--junit-path=${report}`, ...files],
    ],
    file: /^running \d+ tests? from \.\/(.*)$/gm,
    test: /\.\.\. (?:ok|FAILED|ignored)\b/g,
    failures: (output) =>
      output.slice(Math.max(output.search(/^\s*ERRORS\s*$/m), 0))
        .replace(/^(running \d+ tests? from |.* \.\.\. (ok|ignored) \().*\n/gm, ""),
  },
  "bun": {
    about: "the test files on Bun",
    command: (report, files) => [
      ...["bun", "test", "--isolate", "--timeout=60000"],
      ...["--reporter=junit", `--reporter-outfile=${report}`, ...files.map((file) => `./${file}`)],
    ],
    file: /^(tests\/.*_test\.ts):$/gm,
    test: /^\((?:pass|fail|skip|todo)\) /gm,
    failures: (output) =>
      output.replace(/^\((pass|skip|todo)\) .*\n/gm, "")
        .replace(/^tests\/.*_test\.ts:\n\n(?=tests\/|\n)/gm, ""),
  },
};
if (node !== undefined) runtimes.node = onNode(node, "the test files on Node");
for (const path of (process.env.LOGWIRE_NODES ?? "").split(delimiter).filter(Boolean)) {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  runtimes[`node-${stdout?.trim() ?? path}`] = onNode(path, `the test files on ${path}`);
}

function onNode(path, about) {
  return {
    about,
    command: (report) => [
      // Two processes at a time: most tests of the slow files wait for a process or a peer.
      ...[path, "--import", "tsx", "--test", "--test-concurrency=2"],
      ...["--test-reporter=./tests/tools/node_reporter.mjs", "--test-reporter-destination=stdout"],
      ...["--test-reporter=junit", `--test-reporter-destination=${report}`, ...nodeRuns.keys()],
    ],
    file: /^⏵ (.*)$/gm,
    test: /^[✔✖﹣] /gm,
    // Without the account of a failed test where it stands, as all of them stand at the end.
    failures: (output) =>
      output.replace(/^(✔|﹣|ℹ|⏵).*\n/gm, "")
        .replace(/^✖ (?!failing tests:).*\n(?: .*\n)*(?=[^]*^✖ failing tests:$)/gm, ""),
  };
}

const known = { ...checks, ...runtimes };
const everyDefault = 10;
/** Folders of tests that share a process on Node: their tests leave nothing behind in it. */
const sharing = [
  ...["collector", "conformance", "delivery", "examples", "files", "interop", "logging", "mail"],
  ...["meta", "net", "queue", "receivers", "text", "wire"],
];

const help = `npm test -- [options] [parts of paths]

Runs every check, or those of --only, and prints a line for each; the last line counts what passed,
failed and was skipped. With parts of paths, only the test files that have any of them in their path.

options
  --only=<checks>    some checks, with commas between them
  --every=<seconds>  the longest time without a line that says what is running; default: ${everyDefault}
  -h, --help         prints this

checks
${Object.entries(known).map(([name, { about }]) => `  ${name.padEnd(17)}  ${about}`).join("\n")}
  ${"tree".padEnd(17)}  the run leaves the work tree as it was (whenever all checks are run)

environment variables
  LOGWIRE_NODES            more Node binaries to run the test files on, with '${delimiter}' between them
  LOGWIRE_SYSLOG           the folder in which tests/tools/install_syslog.sh put rsyslog and syslog-ng
  LOGWIRE_CHROMIUM         the path of Chromium, where it is not on PATH
  LOGWIRE_LONG             1: tests that kill and break things do it more often (npm run test:long)
  LOGWIRE_REQUIRE_SERVERS  1: a test whose server or interpreter is missing fails, and is not skipped

examples
  npm test                                     everything
  npm test -- --only=format,lint,types         some checks
  npm test -- outbox syslog                    the test files of both, on every runtime
  npm test -- --only=deno delivery/            those of a folder, on one runtime`;

const { values, positionals: parts } = readArguments();
if (values.help) {
  console.log(help);
  process.exit(0);
}
const only = values.only?.split(",");
const unknown = only?.filter((name) => !Object.hasOwn(known, name)) ?? [];
if (unknown.length > 0) {
  refuse(`--only takes some of ${Object.keys(known).join(",")}: current value is ${unknown}`);
}
const every = Number(values.every ?? everyDefault);
if (!(every > 0)) refuse(`--every takes a number of seconds: current value is ${values.every}`);
if (parts.length > 0 && only?.every((name) => name in checks)) {
  refuse(`Parts of paths choose test files, which --only=${only} does not run`);
}
const files = testFiles();
if (files.length === 0) refuse(`No test file has '${parts.join("' or '")}' in its path`);

const progress = new Progress({ everyMs: every * 1000 });
await setUp(progress);
const env = toolEnvironment();
const total = { passed: 0, failed: [], skipped: [] };
if (node === undefined) total.skipped.push("node: Node 20 or later is not on PATH");
const chosenChecks = parts.length > 0 && only === undefined ? [] : chosen(checks);
const chosenRuntimes = chosen(runtimes);
const plan = [chosenChecks.join(", ")];
if (chosenRuntimes.length > 0) plan.push(`${files.length} test files on ${chosenRuntimes}`);
console.log(`running ${plan.filter(Boolean).join("; ")}`);

const scratch = mkdtempSync(join(tmpdir(), "logwire-ok-"));
const nodeRuns = writeNodeRuns();
try {
  const before = workTree();
  await inLanes([
    ...chosenRuntimes.map((name) => () => test(name)),
    ...chosenChecks.map((name) => () => check(name)),
  ]);
  if (only === undefined && parts.length === 0) checkTree(before);
} finally {
  rmSync(scratch, { recursive: true });
}
listSkipped();
listFailed();
const { passed, failed, skipped } = total;
const counts = [`${passed} passed`, `${failed.length} failed`];
if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
console.log(counts.join(", "));
process.exitCode = failed.length === 0 ? 0 : 1;

async function check(name) {
  const end = progress.begin(name);
  const { ok, output } = await runCommand(checks[name].command, env);
  ok ? total.passed++ : total.failed.push({ title: name, text: output });
  end({ ok, output: ok ? "" : output });
}

async function test(name) {
  const runtime = runtimes[name];
  const report = join(scratch, `${name}.xml`);
  let printed = "";
  const end = progress.begin(name, () => reached(runtime, printed));
  const run = await runCommand(runtime.command(report, files), env, (text) => printed += text);
  const { passed, failed, skipped } = readReport(report);
  const ran = passed + failed.length + skipped.length > 0;
  const ok = run.ok && ran;
  total.passed += passed;
  total.skipped.push(...skipped.map((reason) => `${name}: ${reason}`));
  const output = ran ? runtime.failures(run.output) : `${run.output}\nno test was run`;
  for (const { file, name: test, text } of failed) {
    total.failed.push({ title: [name, file, test].filter(Boolean).join(": "), text });
  }
  // A run that fails without a failed test (a file that does not load) counts as one.
  if (!ok && failed.length === 0) {
    total.failed.push({ title: `${name}: an error outside of the tests`, text: output });
  }
  end({ ok, output: ok ? "" : output, shown: `${name} (${passed + failed.length} tests)` });
}

/**
 * How far a runtime is, by what it printed. Node has two processes at a time: the last but one that it
 * began may be under way too.
 */
function reached({ file, test }, printed) {
  const begun = Array.from(printed.matchAll(file), ([, path]) => path.replace(`${root}/`, ""));
  const current = begun.pop();
  const tests = printed.match(test)?.length ?? 0;
  const count = begun.reduce((sum, path) => sum + (nodeRuns.get(path) ?? 1), 0);
  const ended = `${count} of ${files.length} files ended, ${tests} tests`;
  if (current === undefined) return ended;
  return `${ended}; in ${current.replace(`${scratch}/`, "").replace(".mjs", "")}`;
}

/**
 * Returns the modules that Node runs in a process each, with the number of test files in each: a test
 * file, or one that imports all test files of a folder, which this writes. The start of a process takes
 * half a second of a core.
 */
function writeNodeRuns() {
  const folder = join(scratch, "tests");
  mkdirSync(folder);
  const runs = new Map();
  for (const file of files) {
    const name = file.split("/")[1];
    const isShared = sharing.includes(name);
    const run = isShared ? join(folder, `${name}.mjs`) : file;
    if (isShared) appendFileSync(run, `import "${pathToFileURL(join(root, file))}";\n`);
    runs.set(run, (runs.get(run) ?? 0) + 1);
  }
  return runs;
}

/** A test run leaves the work tree as it was. */
function checkTree(before) {
  const end = progress.begin("tree");
  const added = workTree().filter((line) => !before.includes(line));
  const ok = added.length === 0;
  const output = ["The work tree was changed during the run:", ...added].join("\n");
  ok ? total.passed++ : total.failed.push({ title: "tree", text: output });
  end({ ok, output: ok ? "" : output });
}

function workTree() {
  const git = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  return (git.stdout ?? "").split("\n");
}

function testFiles() {
  const inside = readdirSync(join(root, "tests"), { recursive: true });
  const all = inside.filter((name) => name.endsWith("_test.ts")).map((name) => `tests/${name}`);
  const isWanted = (file) => parts.length === 0 || parts.some((part) => file.includes(part));
  return all.filter(isWanted).sort();
}

function chosen(all) {
  return Object.keys(all).filter((name) => only?.includes(name) ?? true);
}

function listSkipped() {
  const counts = new Map();
  for (const reason of total.skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size > 0) console.log("skipped:");
  for (const [reason, count] of counts) console.log(`${String(count).padStart(6)} × ${reason}`);
}

/**
 * Prints the failures again, each in 25 lines at most: a log of CI may keep only the end of a long
 * output.
 */
function listFailed() {
  if (total.failed.length > 0) console.log("failed:");
  for (const { title, text } of total.failed) {
    const lines = text.trim().split("\n");
    if (lines.length > 24) lines.splice(12, lines.length - 24, "… (more above)");
    console.log(`  ${title}\n${quoted(lines.join("\n"))}`);
  }
}

/**
 * Runs the steps in three lanes, for two cores: tests wait for a third of their time. The longest step,
 * Deno's, stands first, and the short checks stand last, so that all lanes end at about the same time.
 */
async function inLanes(steps) {
  const lane = async () => {
    for (let step; (step = steps.shift()) !== undefined;) await step();
  };
  await Promise.all([lane(), lane(), lane()]);
}

function readArguments() {
  const options = {
    only: { type: "string" },
    every: { type: "string" },
    help: { type: "boolean", short: "h" },
  };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    refuse(error.message.split(". ")[0]);
  }
}

function refuse(reason) {
  console.error(`${reason}\nnpm test -- --help lists the options and the checks`);
  process.exit(2);
}
