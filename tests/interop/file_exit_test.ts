/** Reads the file of a program that has ended, or whose disk is full. */
import { assert, assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { gunzipSync } from "node:zlib";
import { inFolder, read } from "../files/folder.ts";
import { runtime, test } from "../test.ts";
import { type ProgramOptions, runProgram } from "./programs.ts";

const all = Array.from({ length: 1000 }, (_, i) => `#${i}`);
const allowed = ["--allow-read", "--allow-write", "--allow-sys", "--allow-run"];

/** Runs the program to its end; returns the lines of its file. */
async function lines(
  folder: string,
  scenario: string,
  status?: number,
  options?: ProgramOptions,
): Promise<{ lines: string[]; stdout: string }> {
  const path = `${folder}/app.log`;
  const { stdout } = await runProgram("file_program.ts", [scenario, path], status, {
    denoFlags: allowed,
    ...options,
  });
  return { lines: read(path).split("\n").slice(0, -1), stdout };
}

const endings: [scenario: string, status: number][] = [
  ["ends", 0],
  ["exits", 0],
  ["logs while it exits", 0],
  ["throws", 1],
  ["rejects", 1],
];
if (runtime === "deno") endings.push(["exits by Deno.exit()", 0]);

for (const [scenario, status] of endings) {
  test(`a program that ${scenario} loses nothing that it logged into a file`, async () => {
    await inFolder(async (folder) => {
      assertEquals((await lines(folder, scenario, status)).lines, all);
    });
  });
}

test("a program that ends while it compresses waits for that", async () => {
  await inFolder(async (folder) => {
    const { lines: newest } = await lines(folder, "compresses");
    const names = ["app.log", "app.log.1.gz"];
    assertEquals(fs.readdirSync(folder).sort(), names);
    const older = gunzipSync(fs.readFileSync(`${folder}/app.log.1.gz`)).toString().split("\n");
    assertEquals([...older.slice(0, -1), ...newest], all);
  });
});

function withoutPrlimit(): string | false {
  if (process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return "it needs prlimit, which Linux has: apt-get install util-linux";
  }
}

test("records that meet a full disk are dropped and reported, and writing resumes", async () => {
  await inFolder(async (folder) => {
    // A file may not grow beyond a limit: the system takes only a part of the last write.
    const { lines: kept, stdout } = await lines(folder, "meets a full disk", 0, {
      wrapper: ["sh", "-c", `trap "" XFSZ; exec "$@"`, "sh"],
    });
    const lost = JSON.parse(stdout) as string[];
    assert(lost.length > 0 && lost.every((line) => /too large|EFBIG/.test(line)), stdout);
    const told = new Set(lost.map((line) => line.split(" ")[0]));
    assertEquals(kept, all.filter((line) => !told.has(line)));
    assertEquals(kept.slice(-400), all.slice(600));
  });
}, { skip: withoutPrlimit() });
