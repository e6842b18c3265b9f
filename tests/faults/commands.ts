/** The commands that run a program of the fault suite on each runtime that is installed. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { runtime } from "../test.ts";

const deno = ["run", "--allow-all", "--no-check"];

/** By runtime: a command that prints the path of its binary, and how it runs a program. */
const runtimes: Record<string, { find: string[]; args: string[] }> = {
  deno: { find: ["deno", "eval", "console.log(Deno.execPath())"], args: deno },
  bun: { find: ["bun", "-e", "console.log(process.execPath)"], args: [] },
  node: { find: ["node", "-p", "process.execPath"], args: ["--import", "tsx"] },
};

/** The names of all runtimes. */
export const runtimeNames: readonly string[] = Object.keys(runtimes);

/** The command of the runtime that runs this file. */
export function ownCommand(): string[] {
  return [process.execPath, ...runtimes[runtime]!.args];
}

/**
 * The command of a runtime: its binary itself, as npm puts a script before Deno's, which would get the
 * signals.
 */
export function commandOf(name: string): string[] {
  if (name === runtime) return ownCommand();
  const { find: [command = "", ...rest], args } = runtimes[name]!;
  const { stdout, status } = spawnSync(command, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} cannot be run: is it on PATH?`);
  return [stdout.trim(), ...args];
}
