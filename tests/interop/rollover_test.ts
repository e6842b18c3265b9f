/** Roll-overs as CPython 3.13's, in several time zones: names, contents and instants. */
import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { RotatingFileHandler } from "../../src/files/file_handlers.ts";
import { recordOf } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { cpythonWithTests, rolloversOf } from "./cpython_tests.ts";
import { runProgram } from "./programs.ts";
import { pythons } from "./python.ts";
import { contents, type SizeTrace, type ZoneTraces } from "./rollover_traces.ts";

const path = fileURLToPath(new URL("../testdata/rollovers.json", import.meta.url));
const traces = JSON.parse(fs.readFileSync(path, "utf8")) as {
  zones: Record<string, ZoneTraces>;
  sizes: SizeTrace[];
};
const followed = pythons().find(({ version }) => version.startsWith("3.13."));

async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(`${tmpdir()}/logwire-`);
  try {
    await action(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Does in a time zone with our handlers what CPython did. */
async function replayed(zone: string, traces: string, folder: string): Promise<ZoneTraces> {
  const { stdout } = await runProgram("rollover_program.ts", [traces, folder], 0, {
    env: { TZ: zone },
    denoFlags: ["--allow-read", "--allow-write", "--allow-sys"],
  });
  return JSON.parse(stdout);
}

for (const [zone, expected] of Object.entries(traces.zones)) {
  test(`TimedRotatingFileHandler rolls over as CPython in ${zone}`, async () => {
    await inFolder(async (folder) => {
      const { computed, runs } = await replayed(zone, path, folder);
      assertEquals(computed, expected.computed);
      for (const [i, run] of runs.entries()) assertEquals(run, expected.runs[i]);
      assert(runs.length > 20 && runs.some(({ rolled }) => rolled.length > 5));
    });
  });
}

const tested = cpythonWithTests("3.13", "3.14");

test("computeRollover() answers as CPython at every instant of CPython's own tests", async () => {
  const computed = rolloversOf(tested!.python);
  assert(computed.length > 200, String(computed.length));
  await inFolder(async (folder) => {
    const own = `${folder}/calls.json`;
    // Their time zone has the rules of New York.
    const zone = "America/New_York";
    fs.writeFileSync(own, JSON.stringify({ zones: { [zone]: { computed, runs: [] } } }));
    assertEquals((await replayed(zone, own, folder)).computed, computed);
  });
}, { skip: tested === undefined && "it needs the tests of CPython 3.13: pyenv install 3.13" });

test("RotatingFileHandler rolls over as CPython", async () => {
  for (const { maxBytes, backupCount, messages, rolled, files } of traces.sizes) {
    await inFolder(async (folder) => {
      const seen: number[] = [];
      const handler = new RotatingFileHandler(`${folder}/app.log`, { maxBytes, backupCount });
      for (const [i, message] of messages.entries()) {
        const record = recordOf(message);
        if (backupCount > 0 && handler.shouldRollover(record)) seen.push(i);
        handler.handle(record);
      }
      await handler.close();
      assertEquals(contents(folder), files);
      assertEquals(seen, rolled);
    });
  }
});

test("the recorded roll-overs are those of CPython 3.13", () => {
  const script = fileURLToPath(new URL("../testdata/record_rollovers.py", import.meta.url));
  const output = execFileSync(followed!.path, [script], {
    env: { ...process.env, TZ: "UTC" },
    maxBuffer: 1 << 28,
  });
  assertEquals(JSON.parse(output.toString()), traces);
}, { skip: followed === undefined && "it needs CPython 3.13: pyenv install 3.13" });
