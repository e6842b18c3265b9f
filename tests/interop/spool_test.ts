/** Records in a spool survive the process: `process.exit()` on an open connection, and kill -9. */
import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { listSpool } from "../../src/files/spool/file_spool.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import {
  flagsFor,
  kill,
  receiver,
  reported,
  run,
  start,
  surviveKills,
  withFolder,
} from "./spool_runs.ts";

test("a program that exits on an open connection sends its last records, once", async () => {
  await withFolder(async (folder) => {
    const messages: string[] = [];
    const [server, port] = await receiver(messages);
    await run("exits connected", folder, port);
    await run("exits connected", folder, port);
    const { stdout } = await run("flushes", folder, port);
    await server.stop();
    const all = Array.from({ length: 1000 }, (_, i) => `#${i}`);
    assertEquals(messages, [...all, ...all]);
    const { recovered, queued } = JSON.parse(stdout);
    assertEquals([recovered, queued], [0, 0]);
  });
});

/** A port that nobody listens on. */
async function deadPort(): Promise<number> {
  const [stopped, port] = await receiver([]);
  await stopped.stop();
  return port;
}

for (const durability of ["os", "always"]) {
  test(`a sender with "${durability}" that is killed loses no record whose turn had ended`, async () => {
    // `npm run test:long` kills it two hundred times.
    const { records } = await surviveKills(durability, 4, 20261129);
    assert(records > 0);
  });
}

test("a second process on the folder says who uses it, and the lock of a killed one does not hold", async () => {
  await withFolder(async (folder) => {
    const port = await deadPort();
    const first = start("for ever", [folder, port, 1], flagsFor(folder));
    await until(() => reported(first).reports >= 1, () => first.output.stderr);
    const second = await run("exits", folder, port, 1);
    assert(
      second.stderr.includes(`the process ${first.child.pid} `) &&
        second.stderr.includes("uses it") && second.stderr.includes("1 record lost"),
      second.stderr,
    );
    const { usedBy } = listSpool(folder)[0]!;
    assertEquals(usedBy, first.child.pid);
    await kill(first);
    const third = await run("exits", folder, port, 1);
    assert(!third.stderr.includes("uses it"), third.stderr);
  });
});

test("processes that share a folder send what dead ones have left there", async () => {
  await withFolder(async (folder) => {
    const messages: string[] = [];
    const port = await deadPort();
    const programs = [0, 1, 2].map((number) =>
      start("shared", [folder, port, number], flagsFor(folder))
    );
    for (const program of programs) {
      await until(() => reported(program).reports >= 3, () => program.output.stderr);
    }
    assertEquals(readdirSync(folder).length, 3);
    for (const program of programs.slice(0, 2)) {
      await kill(program);
    }
    const counts = programs.slice(0, 2).map((program) => reported(program).count);
    const [server, live] = await receiver(messages);
    const heir = start("shared", [folder, live, 3], flagsFor(folder));
    const arrived = (number: number) =>
      new Set(messages.filter((message) => message.startsWith(`run ${number} `))).size;
    await until(
      () => arrived(0) >= counts[0]! && arrived(1) >= counts[1]!,
      () => `${counts}: ${arrived(0)}, ${arrived(1)}; ${heir.output.stderr}`,
    );
    assertEquals(arrived(2), 0);
    await kill(heir);
    await server.stop();
  });
});
