/**
 * A program that logs by another logger, through an outage of its CPython log server to a
 * `process.exit()`: the part of the program, and that of the test.
 */
import { assertEquals } from "@std/assert";
import process from "node:process";
import type { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { until } from "../until.ts";
import { printed, type ProgramOptions, startProgram } from "./programs.ts";
import { type Fields, PythonReceiver } from "./python_receiver.ts";

/** How many records are logged before, during and after the outage. */
const PHASES = { before: 50, during: 1000, after: 100 };

/** Logs all records by `log`, the last of them right before the process exits. */
export async function logThroughOutage(
  handler: SocketHandler,
  log: (phase: string, number: number) => void,
): Promise<never> {
  const logPhase = (phase: keyof typeof PHASES) => {
    for (let i = 0; i < PHASES[phase]; i++) log(phase, i);
  };
  logPhase("before");
  await until(() => handler.stats.connectFailures > 0, () => "the outage");
  logPhase("during");
  process.stdout.write("logged in the outage\n");
  await handler.flush();
  logPhase("after");
  process.exit(0);
}

/**
 * Runs a program of {@linkcode logThroughOutage} to its end, while its server is killed and
 * restarted. Checks that each of its records has arrived, and returns them, the extra ones too.
 */
export async function recordsThroughOutage(
  python: string,
  program: string,
  options?: ProgramOptions,
): Promise<Fields[]> {
  const first = await PythonReceiver.start(python, "tcp", "--json");
  const { port } = first;
  const running = startProgram(program, [port], options);
  const isOurs = ({ __message__ }: Fields) => /^(?:before|during|after) \d+$/.test(__message__);
  const arrived = (lines: string[]) => lines.map((line) => JSON.parse(line) as Fields);
  const stillRuns = running.ended.then(() => {
    throw new Error(`the program has ended: ${running.output.stderr}`);
  });
  stillRuns.catch(() => {});
  const before = until(
    () => arrived(first.lines).filter(isOurs).length >= PHASES.before,
    () => `the first records: ${running.output.stderr}`,
  );
  await Promise.race([before, stillRuns]);
  await first.kill();
  await printed(running, /logged in the outage/);
  const second = await PythonReceiver.start(python, "tcp", "--json", "--port", String(port));
  assertEquals(await running.ended, 0, running.output.stderr);
  await second.stop();

  const all = [...arrived(first.lines), ...arrived(second.lines)];
  const texts = (records: Fields[]) => records.filter(isOurs).map((record) => record.__message__);
  const expected = Object.entries(PHASES).flatMap(([phase, count]) =>
    Array.from({ length: count }, (_, i) => `${phase} ${i}`)
  );
  // In order; those of a connection that was younger than a second may have come twice.
  assertEquals([...new Set(texts(all))], expected);
  const after = texts(arrived(second.lines)).filter((text) => !text.startsWith("before"));
  assertEquals(after, expected.filter((text) => !text.startsWith("before")));
  return all;
}
