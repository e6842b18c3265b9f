/** Runs a program of these tests in a process of its own, on the runtime of the test. */
import { assertEquals } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundleOf } from "../node_bundle.ts";
import { runtime } from "../test.ts";

/** The way to run a program. */
export interface ProgramOptions {
  /** Added to the environment. */
  env?: Record<string, string>;
  /** Deno's permissions besides the network and the environment. */
  denoFlags?: string[];
  /** A program that runs the command, with its arguments. */
  wrapper?: string[];
  /** The command that runs a program. @default that of the runtime of the test */
  command?: readonly string[];
  /** Runs the program as its files, by tsx, where the runtime is Node. @default {false} */
  isLoadedByTsx?: boolean;
  /** Gives the program a stdin to read from. @default {false} */
  hasStdin?: boolean;
}

/** A program in a process of its own. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** The text that it has printed so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves with its exit status, or its signal, once it has ended and `output` is whole. */
  readonly ended: Promise<number | string>;
}

/** Starts `tests/interop/<name>`, or the file of a `file:` URL. */
export function startProgram(
  name: string,
  args: (string | number)[],
  options: ProgramOptions = {},
): RunningProgram {
  const { env = {}, wrapper = [], command, hasStdin = false } = options;
  const program = fileURLToPath(new URL(name, import.meta.url));
  const run = command ? [...command, program] : runOf(program, options);
  const [file = "", ...rest] = [...wrapper, ...run];
  const child = spawn(file, [...rest, ...args.map(String)], {
    stdio: [hasStdin ? "pipe" : "ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => output.stdout += text);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  return { child, output, ended: once(child, "close").then(([code, signal]) => signal ?? code) };
}

/** The command that runs a program on the runtime of the test. */
function runOf(program: string, { denoFlags = [], isLoadedByTsx = false }: ProgramOptions) {
  // The binary itself: npm puts a script before Deno's, which would get the signals.
  const binary = process.execPath;
  if (runtime === "deno") {
    return [binary, "run", "--allow-net", "--allow-env", ...denoFlags, program];
  }
  if (runtime === "bun") return [binary, program];
  // Only what belongs to the tests is known to work as a bundle.
  return isLoadedByTsx || !program.includes("/tests/interop/")
    ? [binary, "--import", "tsx", program]
    : [binary, bundleOf(program)];
}

/**
 * Sends a program SIGTERM. Not by `child.kill()`, after which Deno calls the program killed although
 * it ended with a status of its own.
 */
export function terminate({ child }: RunningProgram): void {
  process.kill(child.pid!, "SIGTERM");
}

/** The first match of what a program prints on stdout; rejects when it ends without one. */
export async function printed(
  { child, output, ended }: RunningProgram,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  const gone = ended.then((code) => {
    throw new Error(`ended with ${code}, without ${pattern}: ${output.stdout}${output.stderr}`);
  });
  gone.catch(() => {});
  while (true) {
    const match = pattern.exec(output.stdout);
    if (match !== null) return match;
    await Promise.race([gone, once(child.stdout!, "data")]);
  }
}

/**
 * Runs a program as {@linkcode startProgram} does to its end, which must be with this status or by
 * this signal, and returns what it printed.
 */
export async function runProgram(
  name: string,
  args: (string | number)[],
  status: number | "SIGTERM" = 0,
  options: ProgramOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const { output, ended } = startProgram(name, args, options);
  assertEquals(await ended, status, output.stderr);
  return output;
}
