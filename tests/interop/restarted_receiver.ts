/** A CPython receiver that is killed and restarted on its port while a program logs to it. */
import { assertEquals } from "@std/assert";
import { printed, type ProgramOptions, startProgram } from "./programs.ts";
import { python3 } from "./python.ts";
import { type Fields, PythonReceiver } from "./python_receiver.ts";
import { PHASE } from "./restart_phases.ts";

const python = python3() ?? "python3";

/**
 * Runs a program that logs by `restart_phases.ts` to its end, and returns the records that the two
 * receivers read, the one that is killed and the one that takes its place.
 */
export async function recordsThroughRestart(
  program: string,
  args: string[] = [],
  options: ProgramOptions = {},
): Promise<Fields[]> {
  const first = await PythonReceiver.start(python, "tcp", "--json");
  const running = startProgram(program, [first.port, ...args], options);
  await printed(running, /^delivered$/m);
  const before = await first.records(PHASE);
  await first.kill();
  await printed(running, /^queued$/m);
  const second = await PythonReceiver.start(
    ...[python, "tcp", "--json", "--port", String(first.port)] as const,
  );
  assertEquals([await running.ended, running.output.stderr], [0, ""]);
  await second.stop();
  return [...before, ...await second.records(0)];
}
