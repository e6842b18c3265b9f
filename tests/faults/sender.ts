/** The sender of the fault suite, from outside: its process, its commands and its reports. */
import { assert } from "@std/assert";
import process from "node:process";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { type RunningProgram, startProgram } from "../interop/programs.ts";
import { until } from "../until.ts";
import type { Programs } from "./commands.ts";
import type { Mode } from "./modes.ts";

/** The argument of sender_program.ts. */
export interface SenderSetup {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** A dial that lasts so long fails, and a write or a request that makes no progress. */
  readonly timeoutMs: number;
  /** The host name of the server cannot be looked up at first. */
  readonly isNameUnknown: boolean;
  /** The number of this process among the senders of a cell, from 0. */
  readonly run: number;
  readonly spool?: string;
  readonly maxQueuedBytes: number;
}

/** Records to be logged. */
export interface Emission {
  readonly count: number;
  readonly perTurn: number;
  /** Bytes of padding in each record. */
  readonly size: number;
  /** Each turn blocks the event loop for so long. */
  readonly blockMs?: number;
}

/** A line on the stdin of the sender. What it names is done in this order. */
export interface Command {
  readonly id?: number;
  /** The host name can be looked up from now on. */
  readonly resolves?: boolean;
  /** Uses up all file descriptors; and closes them again. */
  readonly exhausts?: boolean;
  readonly releases?: boolean;
  /** Sets the clock by so many seconds. */
  readonly jumps?: number;
  readonly emission?: Emission;
  /** Flushes, for so long at most. */
  readonly flushMs?: number;
  readonly closes?: boolean;
}

/** A line on the stdout of the sender. */
export interface Report {
  /** The records that the program has logged so far. */
  readonly logged?: number;
  readonly stats?: DeliveryStats;
  /** An event of the handler; its error. */
  readonly event?: string;
  readonly error?: string;
  /** A promise that does not hold. */
  readonly problem?: string;
  /** The command that is done. */
  readonly done?: number;
}

/** The program of the sender, and the command around it. */
export interface SenderOptions {
  readonly programs: Programs;
  readonly wrapper: string[];
}

/** A process that sends. */
export class Sender {
  /** Promises that the sender itself saw broken. */
  readonly problems: string[] = [];
  /** Events of the handler so far. */
  readonly events: Report[] = [];
  /** Records logged in turns that have ended. */
  logged = 0;
  /** The account of the last turn. */
  stats!: DeliveryStats;
  readonly #program: RunningProgram;
  readonly #done = new Set<number>();
  #commands = 0;
  #rest = "";
  #hasEnded = false;

  private constructor(program: RunningProgram) {
    this.#program = program;
    program.child.stdout!.on("data", (text: string) => this.#read(text));
    program.ended.then(() => this.#hasEnded = true);
  }

  /** Starts the process, and waits until it has a handler. */
  static async start(setup: SenderSetup, { programs, wrapper }: SenderOptions): Promise<Sender> {
    const sender = new Sender(
      startProgram(programs.sender, [JSON.stringify(setup)], {
        command: programs.command,
        wrapper,
        hasStdin: true,
      }),
    );
    try {
      await sender.until(() => sender.stats !== undefined, "to start");
    } catch (error) {
      await sender.kill();
      throw error;
    }
    return sender;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const report = JSON.parse(line) as Report;
      if (report.problem !== undefined) this.problems.push(report.problem);
      if (report.event !== undefined) this.events.push(report);
      if (report.stats !== undefined) {
        this.stats = report.stats;
        this.logged = report.logged!;
      }
      if (report.done !== undefined) this.#done.add(report.done);
    }
  }

  /** Resolves once the condition holds; rejects if the sender ends before. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const { output } = this.#program;
    const explain = () => {
      const events = this.events.map(({ event, error = "" }) => `${event} ${error}`);
      return `the sender ${what}: ${JSON.stringify(this.stats)} ${events} ${output.stderr}`;
    };
    await until(async () => {
      if (await condition()) return true;
      assert(!this.#hasEnded, `ended, and should wait for ${explain()}`);
      return false;
    }, explain);
  }

  /** Gives a command; resolves when it is done. */
  async command(command: Command): Promise<void> {
    const id = this.#commands++;
    this.#program.child.stdin!.write(`${JSON.stringify({ id, ...command })}\n`);
    await this.until(() => this.#done.has(id), `to do ${JSON.stringify(command)}`);
  }

  /** Resolves once there is an event of this kind, and rejects if there is none for long. */
  event(type: string, from = 0): Promise<void> {
    return this.until(
      () => this.events.slice(from).some(({ event }) => event === type),
      `to report "${type}"`,
    );
  }

  /** Kills the process. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) process.kill(this.#program.child.pid!, "SIGKILL");
    await this.#program.ended;
  }

  /** Closes the handler, behind which the process ends by itself. */
  async close(): Promise<void> {
    await this.command({ closes: true });
    this.#program.child.stdin!.end();
    let status: number | string | undefined;
    this.#program.ended.then((end) => status = end);
    await until(() => status !== undefined, () => "the sender to end behind close()");
    const { stderr } = this.#program.output;
    if (status !== 0 || stderr !== "") {
      this.problems.push(`the sender ended with ${status} and said: ${stderr}`);
    }
  }
}
