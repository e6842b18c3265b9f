/** The receiver of the fault suite, from outside: its process and the records that it has kept. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { printed, type RunningProgram, startProgram } from "../interop/programs.ts";
import { until } from "../until.ts";
import type { Programs } from "./commands.ts";

/** The argument of receiver_program.ts. */
export interface ReceiverSetup {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** The file of records that were kept. */
  readonly file: string;
}

/** The bytes of a line in that file, so that a full disk cuts none unseen. */
export const LINE_BYTES = 16;

/** The program of the receiver, and the command around it. */
export interface ReceiverOptions {
  readonly programs: Programs;
  readonly wrapper: string[];
}

/** A process that receives. */
export class Receiver {
  port = 0;
  readonly #program: RunningProgram;

  private constructor(program: RunningProgram) {
    this.#program = program;
  }

  /** Starts the process, and waits until it listens. */
  static async start(
    setup: ReceiverSetup,
    { programs, wrapper }: ReceiverOptions,
  ): Promise<Receiver> {
    const program = startProgram(programs.receiver, [JSON.stringify(setup)], {
      command: programs.command,
      wrapper,
      hasStdin: true,
    });
    const receiver = new Receiver(program);
    let isThere = false;
    printed(program, /^port (\d+)$/m).then(([, port]) => {
      receiver.port = Number(port);
      isThere = true;
    }, () => {});
    const { output } = program;
    try {
      await until(() => isThere, () => `the receiver to listen: ${output.stderr}`);
    } catch (error) {
      await receiver.kill();
      throw error;
    }
    return receiver;
  }

  /** The number of the process. */
  get pid(): number {
    return this.#program.child.pid!;
  }

  /** Stops the process as a debugger does, so that it does nothing any more. */
  freeze(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  /** Kills the process. */
  async kill(): Promise<void> {
    const { child, ended } = this.#program;
    if (child.exitCode === null && child.signalCode === null) process.kill(this.pid, "SIGKILL");
    await ended;
  }

  /** Ends it in order; resolves with the number of records that it could not keep, and problems. */
  async stop(): Promise<{ failed: number; problems: string[] }> {
    const { child, ended, output } = this.#program;
    child.stdin!.end();
    let status: number | string | undefined;
    ended.then((end) => status = end);
    await until(() => status !== undefined, () => "the receiver to end");
    const failed = Number(/^failed (\d+)$/m.exec(output.stdout)?.[1] ?? NaN);
    const isFine = status === 0 && output.stderr === "" && failed >= 0;
    const problem = `the receiver ended with ${status} and said: ${output.stdout}${output.stderr}`;
    return { failed, problems: isFine ? [] : [problem] };
  }
}

/** The numbers of the records of one sender that stand in a file, duplicates included. */
export function keptIn(file: string, run: number): number[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "latin1").split("\n").slice(0, -1);
  return lines.map((line) => line.split(" ").map(Number))
    .filter(([of]) => of === run).map(([, number]) => number!);
}
