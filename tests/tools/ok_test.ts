import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime, test } from "../test.ts";

const { Progress } = await import(String(new URL("./progress.mjs", import.meta.url)));

const skip = runtime !== "node" && "npm test runs on Node: from Node is enough";
const ok = fileURLToPath(new URL("./ok.mjs", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs ok.mjs with its output in pipes, as CI does. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return runCommand("node", ok, ...args);
}

async function runCommand(
  command: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env: Record<string, string | undefined> = { ...process.env };
  // The tests of a `node --test` within another one would not run.
  delete env.NODE_TEST_CONTEXT;
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  const [code] = await once(child, "close");
  return { code, ...output };
}

test("Progress prints a line for each running step until it ends", async () => {
  const lines: string[] = [];
  let printed = () => {};
  const print = (line: string) => {
    lines.push(line);
    printed();
  };
  const count = async (wanted: number) => {
    while (lines.length < wanted) await new Promise<void>((resolve) => printed = resolve);
  };
  const progress = new Progress({ print, everyMs: 10 });
  const endLint = progress.begin("lint");
  const endDeno = progress.begin("deno", () => "1 of 2 files ended");
  await count(4);
  endLint({ ok: true });
  endDeno({ ok: false, output: "first\nsecond", shown: "deno (7 tests)" });
  const shown = lines.map((line) => line.replace(/\d+\.\d s/, "0.0 s"));
  assertEquals(shown.slice(0, 4), [
    "...     0.0 s  lint",
    "...     0.0 s  deno: 1 of 2 files ended",
    "...     0.0 s  lint",
    "...     0.0 s  deno: 1 of 2 files ended",
  ]);
  assertEquals(shown.slice(-3), [
    "ok      0.0 s  lint",
    "FAIL    0.0 s  deno (7 tests)",
    "    | first\n    | second",
  ]);
});

test(
  "npm test prints how many files and tests have ended while they run, in a pipe too",
  async () => {
    const { code, stdout, stderr } = await run(
      ...["--every=0.2", "--only=node", "text/str_format", "wire/sha256"],
    );
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.trim().split("\n");
    assertEquals(lines[0], "running 2 test files on node");
    const running = lines.filter((line) => line.startsWith("... "));
    assert(running.length > 0, stdout);
    for (const line of running) {
      assertMatch(
        line,
        /^\.\.\. +\d+\.\d s {2}node: [012] of 2 files ended, \d+ tests(; in tests\/)?/,
      );
    }
    assertMatch(lines.at(-2)!, /^ok +\d+\.\d s {2}node \(\d+ tests\)$/);
    assertMatch(lines.at(-1)!, /^\d+ passed, 0 failed$/);
  },
  { skip },
);

test(
  "npm test -- --help names the options, checks, environment variables and examples",
  async () => {
    const { code, stdout } = await run("--help");
    assertEquals(code, 0);
    const headings = stdout.match(/^[a-z][a-z ]+$/gm);
    assertEquals(headings, ["options", "checks", "environment variables", "examples"]);
    for (const name of ["--only", "--every", "format", "types-node", "publish", "deno", "bun"]) {
      assertMatch(stdout, new RegExp(`^  ${name}\\b.* {2}\\S`, "m"));
    }
    assertEquals(stdout.match(/.*undefined$/gm), null, "each check has its line");
    assertMatch(stdout, /^ {2}LOGWIRE_NODES +\S/m);
  },
  { skip },
);

test(
  "npm test refuses an option, a check or a path that does not exist or has no effect",
  async () => {
    const hint = "npm test -- --help lists the options and the checks\n";
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await run(...args);
      assertEquals([code, stdout, stderr.endsWith(hint)], [2, "", true]);
      return stderr.slice(0, -hint.length);
    };
    assertEquals(await refused("--onyl=lint"), "Unknown option '--onyl'\n");
    assertMatch(await refused("--only=lnit"), /^--only takes some of format,.*: .* is lnit\n$/);
    assertEquals(
      await refused("--every=soon"),
      "--every takes a number of seconds: current value is soon\n",
    );
    assertEquals(
      await refused("--only=lint", "outbox"),
      "Parts of paths choose test files, which --only=lint does not run\n",
    );
    assertEquals(
      await refused("no_such", "nor_such"),
      "No test file has 'no_such' or 'nor_such' in its path\n",
    );
  },
  { skip },
);

test("npm run test:long -- --help lists its arguments, and it takes no others", async () => {
  const long = fileURLToPath(new URL("./long.mjs", import.meta.url));
  const { code, stdout } = await runCommand("node", long, "--help");
  assertEquals(code, 0);
  for (const name of ["kills", "--faults", "--wine"]) {
    assertMatch(stdout, new RegExp(`^  ${name} .* {2}\\S`, "m"));
  }
  const refused = await runCommand("node", long, "--fault");
  assertEquals(refused.code, 2);
  assertMatch(refused.stderr, /no argument '--fault': npm run test:long -- --help/);
}, { skip });

test("npx deno task ok is npm test, with the Deno that npm ci installs", async () => {
  const { code, stdout } = await runCommand("npx", "deno", "task", "--quiet", "ok", "--help");
  assertEquals(code, 0);
  assertEquals(stdout, (await run("--help")).stdout);
}, { skip });
