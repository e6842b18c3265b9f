/** Records in a spool survive the process: process.exit(), an uncaught error, kill -9. */
import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import process from "node:process";
import { connector } from "../../src/adapters/auto.ts";
import { listSpool } from "../../src/files/spool/file_spool.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { SyslogReceiver } from "../../src/receivers/syslog_receiver.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { type ProgramOptions, type RunningProgram, runProgram, startProgram } from "./programs.ts";

/** Deno needs nothing beyond the folder to find out that a process is dead. */
const flagsFor = (folder: string) => ({
  denoFlags: [`--allow-read=${folder}`, `--allow-write=${folder}`],
});

/** Runs `fn` with a folder that is removed afterwards; the programs that it has started are killed. */
async function withFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/logwire-spool-`);
  try {
    await fn(folder);
  } finally {
    for (const program of started.splice(0)) await kill(program);
    rmSync(folder, { recursive: true });
  }
}

const started: RunningProgram[] = [];

/** Starts the program, which logs until it is killed. */
function start(
  scenario: string,
  args: (string | number)[],
  options: ProgramOptions,
): RunningProgram {
  const program = startProgram("spool_program.ts", [scenario, ...args], options);
  started.push(program);
  return program;
}

/** Not by `child.kill()`: after that Deno calls a program killed that has ended by itself. */
async function kill({ child, ended }: RunningProgram): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
  await ended;
}

/** Runs the program to its end. */
function run(scenario: string, folder: string, port: number, status = 0) {
  return runProgram("spool_program.ts", [scenario, folder, port], status, flagsFor(folder));
}

/** A receiver of pickles that keeps messages; and its port. */
async function receiver(messages: string[]): Promise<[LogRecordSocketReceiver, number]> {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  receiver.handleLogRecord = (record) => void messages.push(record.getMessage());
  await receiver.start();
  const { address } = receiver;
  assert(address.transport === "tcp");
  return [receiver, address.port];
}

/** A port that nobody listens on. */
async function deadPort(): Promise<number> {
  const [stopped, port] = await receiver([]);
  await stopped.stop();
  return port;
}

for (const scenario of ["exits", "throws"]) {
  test(`a program that ${scenario} before the first connection keeps its last record`, async () => {
    await withFolder(async (folder) => {
      const { stderr } = await run(scenario, folder, await deadPort(), 1);
      assert(!stderr.includes("lost"), stderr);
      const messages: string[] = [];
      const [server, port] = await receiver(messages);
      const { stdout } = await run("flushes", folder, port);
      await server.stop();
      assertEquals(messages, ["the last words"]);
      const { recovered, sent, queued, droppedTotal } = JSON.parse(stdout);
      assertEquals([recovered, sent, queued, droppedTotal], [1, 1, 0, 0]);
    });
  });
}

test("a program that exits before the first connection keeps its last syslog message", async () => {
  await withFolder(async (folder) => {
    const messages: string[] = [];
    const server = new SyslogReceiver("127.0.0.1", 0, { acceptor: connector, transport: "tcp" });
    server.handleLogRecord = (record) => void messages.push(record.getMessage());
    await server.start();
    const { address } = server;
    assert(address.transport === "tcp");
    // The second run finds the record of the first one, and keeps its own.
    const port = await deadPort();
    await run("exits over syslog", folder, port, 1);
    await run("exits over syslog", folder, port, 1);
    assertEquals(listSpool(folder)[0]!.segments.length, 2);
    await server.stop();
  });
});

test("a program that exits before the first request keeps its last record", async () => {
  await withFolder(async (folder) => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => bodies.push(text));
      request.on("end", () => response.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await run("exits over http", folder, port, 1);
    assertEquals(bodies, []);
    assertEquals(listSpool(folder)[0]!.segments.length, 1);
    server.close();
    await once(server, "close");
  });
});

/** The last number of records that a program has reported, and how many reports there were. */
function reported({ output }: RunningProgram): { count: number; reports: number } {
  const lines = output.stdout.split("\n").slice(0, -1);
  return { count: Number(lines.at(-1) ?? 0), reports: lines.length };
}

/** Kills the program so many times, each time after so many turns, and checks what arrived. */
async function survives(durability: string, kills: number, seed: number): Promise<void> {
  await withFolder(async (folder) => {
    const messages: string[] = [];
    const [server, port] = await receiver(messages);
    const counts: number[] = [];
    let state = seed;
    for (let number = 0; number < kills; number++) {
      state = (state * 48271) % 2147483647;
      const turns = 1 + state % 150;
      const program = start("for ever", [folder, port, number, durability], flagsFor(folder));
      await until(() => reported(program).reports >= turns, () => program.output.stderr);
      await kill(program);
      assertEquals(program.output.stderr, "");
      counts.push(reported(program).count);
    }
    const { stdout } = await run("flushes", folder, port);
    const stats = JSON.parse(stdout);
    assertEquals(stats.dropped.damaged, 0, stdout);
    assertEquals(stats.recovered, stats.sent, stdout);
    const arrived = counts.map(() => new Set<number>());
    let read = 0;
    const lost = () => {
      for (; read < messages.length; read++) {
        const [, number, count] = /^run (\d+) #(\d+)$/.exec(messages[read]!)!.map(Number);
        arrived[number!]!.add(count!);
      }
      return counts.flatMap((count, number) => {
        const missing = Array.from({ length: count }, (_, i) => i)
          .filter((i) => !arrived[number]!.has(i));
        const last = missing.at(-1);
        const some = `${missing.length} of ${count} in run ${number}, ${missing[0]} to ${last}`;
        return missing.length === 0 ? [] : [some];
      });
    };
    // The receiver may still read what the last connections carried.
    await until(() => lost().length === 0, () => `${lost()}; ${stdout}`);
    await server.stop();
    const doubled = messages.length - arrived.reduce((sum, { size }) => sum + size, 0);
    if (process.env.LOGWIRE_LONG) {
      const total = counts.reduce((sum, count) => sum + count, 0);
      // deno-lint-ignore no-console -- the long form prints its figures
      console.log(
        `${durability}: ${kills} kills, ${total} records, 0 lost, ${doubled} twice`,
      );
    }
  });
}

const kills = process.env.LOGWIRE_LONG ? 200 : 4;

for (const durability of ["os", "always"]) {
  test(`a sender with "${durability}" that is killed loses no record whose turn had ended`, async () => {
    await survives(durability, kills, 20261129);
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
