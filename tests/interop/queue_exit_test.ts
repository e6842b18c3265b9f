/** Queued records when the process ends: the listener is in the same thread or in a worker. */
import { assert, assertEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { inFolder, read } from "../files/folder.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { runProgram, startProgram } from "./programs.ts";

/** Ends of a program, and the number of 5,000 records that its handlers get. */
const endings: Record<string, string> = { ends: "5000", flushes: "5000", exits: "5000" };

for (const [scenario, handled] of Object.entries(endings)) {
  test(`QueueListener has handled ${handled} of 5000 records when a program ${scenario}`, async () => {
    const { stdout } = await runProgram("queue_ending_program.ts", [scenario]);
    assertEquals(stdout, handled);
  });
}

// Its worker is a file beside it.
const options = { denoFlags: ["--allow-read", "--allow-write"], isLoadedByTsx: true };

/** How many of the last 1000 records stand in the file. */
function countOf(path: string): number {
  return read(path).match(/^last \d+$/gm)?.length ?? 0;
}

test("a program that returns is held open by its worker, which handles every record", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    const program = startProgram("worker_ending_program.ts", ["returns", path], options);
    try {
      await until(
        () => existsSync(path) && read(path).includes("last 999\n"),
        () => "the last record",
      );
      assertEquals(countOf(path), 1000);
    } finally {
      program.child.kill();
      await program.ended;
    }
  });
});

for (const ending of ["throws", "calls process.exit()"]) {
  test(`a program that ${ending} reports the records that its worker has not handled`, async () => {
    await inFolder(async (folder) => {
      const path = `${folder}/app.log`;
      const { stderr } = await runProgram("worker_ending_program.ts", [ending, path], 1, options);
      const [, lost = "0"] = /QueueHandler: (\d+) records lost/.exec(stderr) ?? [];
      // The worker may handle some more while the process ends.
      assert(Number(lost) + countOf(path) >= 1000, `${lost} lost, ${countOf(path)} handled`);
      assert(Number(lost) > 0, stderr);
    });
  });
}

test("a program that awaits flush() before process.exit() loses no record of its worker", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    const args = ["calls process.exit() after flush()", path];
    const { stderr } = await runProgram("worker_ending_program.ts", args, 1, options);
    assertEquals([countOf(path), stderr], [1000, ""]);
  });
});
