/** Runs of spool_program.ts, which are killed, and what arrives of their records. */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { until } from "../until.ts";
import { type ProgramOptions, type RunningProgram, runProgram, startProgram } from "./programs.ts";

/** Deno needs nothing beyond the folder to find out that a process is dead. */
export const flagsFor = (folder: string): ProgramOptions => ({
  denoFlags: [`--allow-read=${folder}`, `--allow-write=${folder}`],
});

/** Runs `fn` with a folder that is removed afterwards; the programs that it has started are killed. */
export async function withFolder(fn: (folder: string) => Promise<void>): Promise<void> {
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
export function start(
  scenario: string,
  args: (string | number)[],
  options: ProgramOptions,
): RunningProgram {
  const program = startProgram("spool_program.ts", [scenario, ...args], options);
  started.push(program);
  return program;
}

/** Not by `child.kill()`: after that Deno calls a program killed that has ended by itself. */
export async function kill({ child, ended }: RunningProgram): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
  await ended;
}

/** Runs the program to its end. */
export function run(
  scenario: string,
  folder: string,
  port: number,
  status = 0,
): Promise<{ stdout: string; stderr: string }> {
  return runProgram("spool_program.ts", [scenario, folder, port], status, flagsFor(folder));
}

/** A receiver of pickles that keeps messages; and its port. */
export async function receiver(
  messages: string[],
): Promise<[LogRecordSocketReceiver, number]> {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  receiver.handleLogRecord = (record) => void messages.push(record.getMessage());
  await receiver.start();
  const { address } = receiver;
  assert(address.transport === "tcp");
  return [receiver, address.port];
}

/** The last number of records that a program has reported, and how many reports there were. */
export function reported({ output }: RunningProgram): { count: number; reports: number } {
  const lines = output.stdout.split("\n").slice(0, -1);
  return { count: Number(lines.at(-1) ?? 0), reports: lines.length };
}

/** The figures of a run: of the records whose turn had ended, none is lost. */
export interface KillFigures {
  /** Records whose turn had ended before a kill. */
  records: number;
  /** Records that arrived twice, as they were sent again. */
  doubled: number;
}

/**
 * Kills the program so many times, each time after so many turns as the dice say, and starts it again.
 * Rejects if a record whose turn had ended does not arrive.
 */
export async function surviveKills(
  durability: string,
  kills: number,
  seed: number,
): Promise<KillFigures> {
  const figures = { records: 0, doubled: 0 };
  await withFolder(async (folder) => {
    const messages: string[] = [];
    const [server, port] = await receiver(messages);
    const counts: number[] = [];
    let state = seed;
    for (let number = 0; number < kills; number++) {
      state = (state * 48271) % 2147483647;
      const turns = 1 + state % 150;
      const program = start("for ever", [folder, port, number, durability], flagsFor(folder));
      for (let seen = 0; seen < turns; seen = reported(program).reports) {
        // A disk that others use as well may take long for each turn.
        await until(() => reported(program).reports > seen, () => {
          const { stdout, stderr } = program.output;
          return `turn ${seen} of run ${number}: ${stdout.slice(-99)} ${stderr.slice(-999)}`;
        });
      }
      await kill(program);
      // The kill may come in the middle of a write: of the turn that had not ended. A receiver that is
      // busy with what came before may be late to accept.
      const { stderr } = program.output;
      const losses = stderr.split("\n").filter((line) => / [1-9]\d* records? lost/.test(line));
      const isUsual = losses.length === 0 ||
        /: 1 record lost, damaged in the spool$/.test(losses.join());
      assert(isUsual, stderr);
      counts.push(reported(program).count);
    }
    const { stdout } = await run("flushes", folder, port);
    const stats = JSON.parse(stdout);
    assert(stats.dropped.damaged <= 1, stdout);
    assertEquals(stats.recovered, stats.sent + stats.dropped.damaged, stdout);
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
    const distinct = arrived.reduce((sum, { size }) => sum + size, 0);
    figures.records = counts.reduce((sum, count) => sum + count, 0);
    figures.doubled = messages.length - distinct;
  });
  return figures;
}
