/** What the real pino logs by its worker arrives at the log server of the Python documentation. */
import { assertEquals, assertMatch } from "@std/assert";
import * as esbuild from "esbuild";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inFolder } from "../files/folder.ts";
import { runtime, test } from "../test.ts";
import { assertSurvivesOutage, options, python, received, upTo } from "./pino_runs.ts";
import { runProgram } from "./programs.ts";
import { withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();

// Bundled, as Node 20 starts no worker of a `.ts` file, and pino itself none of several targets.
// Outside the tests: esbuild keeps a channel open, which Deno would report as a leak of a test.
const { outputFiles } = esbuild.buildSync({
  entryPoints: [fileURLToPath(new URL("../../src/integrations/pino.ts", import.meta.url))],
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  external: ["bun:*", "cloudflare:*"],
  outdir: ".",
  outExtension: { ".js": ".mjs" },
  write: false,
  logLevel: "error",
});

/** Calls `action` with the URL of the worker target. */
async function withTarget(action: (target: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    for (const { path, contents } of outputFiles) {
      writeFileSync(join(folder, basename(path)), contents);
    }
    await action(pathToFileURL(join(folder, "pino.mjs")).href);
  });
}

test(
  "pino's worker loses no more in an outage than the kernel held, and nothing at exit()",
  async () => {
    await withTarget(async (target) => await assertSurvivesOutage([target]));
  },
  { skip },
);

for (const scenario of ["exits", "exits when sent", "returns"]) {
  test(`nothing is lost of pino's worker in a program that ${scenario}`, async () => {
    await withTarget(async (target) =>
      assertEquals(await received(scenario, [target]), upTo(1000))
    );
  }, { skip });
}

test("an uncaught error loses nothing of pino's worker", async () => {
  await withTarget(async (target) =>
    assertEquals(await received("throws", [target], 1), upTo(1000))
  );
}, { skip: skip || (runtime === "deno" && "Deno emits no exit event, of which pino needs one") });

test("pino's worker reports how many records are lost when the server stays away", async () => {
  const receiver = await PythonReceiver.start(python, "tcp");
  const { port } = receiver;
  await receiver.stop();
  await withTarget(async (target) => {
    const { stderr } = await runProgram("pino_program.ts", ["absent", port, target], 0, options);
    assertMatch(stderr, /1000 records lost/);
  });
}, { skip });

test("two targets in one worker have a handler each, and the logger's keys", async () => {
  const receiver = await PythonReceiver.start(python, "tcp", "--json");
  await withTarget(async (target) => {
    await runProgram("pino_program.ts", ["two targets", receiver.port, target], 0, options);
  });
  await receiver.stop();
  const records = (await receiver.records(3)).map(({ name, __message__, exc_text }) =>
    [name, __message__, String(exc_text).split("\n")[0]].join(" ")
  );
  assertEquals(records.sort(), [
    "high b RangeError: disk full",
    "pino a null",
    "pino b RangeError: disk full",
  ]);
}, { skip });

test("a wrong option is an error of the transport that names it", async () => {
  await withTarget(async (target) => {
    const run = await runProgram("pino_program.ts", ["wrong option", 1, target], 0, options);
    assertMatch(run.stdout, /there is no option 'hander': the options are handler, name/);
  });
}, { skip });
