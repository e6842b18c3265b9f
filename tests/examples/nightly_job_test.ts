import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runProgram } from "../interop/programs.ts";
import { runtime, test } from "../test.ts";
import { lineOf, LogServer } from "./log_server.ts";

const program = import.meta.resolve("./nightly_job.ts");

/** Runs the job twice, the second time with an amount that is none; asserts what arrives. */
async function assertArrives(job: string, denoFlags: string[] = []): Promise<void> {
  const server = await LogServer.start();
  const { env } = server;
  const outputs = [
    await runProgram(job, [3, 5], 0, { env, denoFlags }),
    await runProgram(job, [3, "seven"], 1, { env, denoFlags }),
  ];
  assertEquals(outputs, Array(2).fill({ stdout: "", stderr: "" }));
  await server.stop();
  assertEquals(server.records.map(lineOf), [
    "shop.nightly INFO booked 3",
    "shop.nightly INFO booked 5",
    "shop.nightly INFO ended, 0 failed",
    "shop.nightly INFO booked 3",
    "shop.nightly ERROR no amount: 'seven'",
    "shop.nightly INFO ended, 1 failed",
  ]);
}

test("the nightly job's records arrive before process.exit() ends it with its status", async () => {
  await assertArrives(program);
});

test("the nightly job's records arrive before Deno.exit() ends it with its status", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-job-"));
  try {
    const copy = join(folder, "nightly_job.ts");
    const source = readFileSync(new URL(program), "utf8");
    assert(source.includes("\nprocess.exit("));
    writeFileSync(copy, source.replace("\nprocess.exit(", "\nDeno.exit("));
    // Else the copy would know nothing of the package that deno.json describes.
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    await assertArrives(pathToFileURL(copy).href, [`--config=${config}`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, { skip: runtime !== "deno" && "Deno alone has Deno.exit()" });
