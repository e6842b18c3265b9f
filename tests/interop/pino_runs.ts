/** Runs `pino_program.ts` with CPython's log server at the other end. */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { printed, type ProgramOptions, runProgram, startProgram } from "./programs.ts";
import { python3 } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";

/** The interpreter of the log server. */
export const python: string = python3() ?? "python3";

/** Deno's permissions: pino reads the host's name, and its worker the file of the target. */
export const options: ProgramOptions = { denoFlags: ["--allow-read", "--allow-sys"] };

/** The numbers that the program logs. */
export const upTo = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => from + i);

/** The number that a line of the log server ends with. */
export const numberIn = (line: string): number => Number(/#(\d+)$/.exec(line)?.[1]);

/** The numbers of the records that arrive of a program, which must end with this status. */
export async function received(
  scenario: string,
  target: string[] = [],
  status = 0,
  program = "pino_program.ts",
): Promise<number[]> {
  const receiver = await PythonReceiver.start(python, "tcp");
  const args = [scenario, receiver.port, ...target];
  const { stderr } = await runProgram(program, args, status, options);
  if (status === 0) assertEquals(stderr, "");
  await receiver.stop();
  return receiver.lines.map(numberIn);
}

/**
 * Kills the log server while the program logs and starts it again; asserts that no more is lost
 * than what the kernel held.
 */
export async function assertSurvivesOutage(target: string[] = []): Promise<void> {
  const first = await PythonReceiver.start(python, "tcp");
  const { port } = first;
  const program = startProgram("pino_program.ts", ["outage", port, ...target], options);
  await printed(program, /kill it/);
  await first.kill();
  await printed(program, /restart it/);
  const second = await PythonReceiver.start(python, "tcp", "--port", String(port));
  assertEquals(await program.ended, 0, program.output.stderr);
  const logged = Number((await printed(program, /logged (\d+)/))[1]);
  await second.stop();

  const before = first.lines.map(numberIn);
  assertEquals(before, upTo(before.length), "in order, without a gap");
  const after = second.lines.map(numberIn);
  const [resumed = NaN] = after;
  assertEquals(after, upTo(logged - resumed, resumed), "in order, each once, to the last");
  assert(resumed >= before.length, "no record twice");
  assertLess(resumed - before.length, 20, "what the kernel had taken");
  assertMatch(program.output.stderr, /^(.*SocketHandler.*\n)*$/, "reports of the outage only");
}
