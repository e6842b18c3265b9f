/** The ways to run the programs of the fault suite on each runtime that is installed. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleOf } from "../node_bundle.ts";
import { runtime } from "../test.ts";

/** The commands that run the programs on a runtime. */
export interface Programs {
  readonly command: readonly string[];
  /** Sender and receiver, as files of `file:` URLs. */
  readonly sender: string;
  readonly receiver: string;
}

/** By runtime: a command that prints the path of its binary, and how it runs a program. */
const runtimes: Record<string, { find: string[]; args: string[] }> = {
  deno: {
    find: ["deno", "eval", "console.log(Deno.execPath())"],
    args: ["run", "--allow-all", "--no-check"],
  },
  bun: { find: ["bun", "-e", "console.log(process.execPath)"], args: [] },
  node: { find: ["node", "-p", "process.execPath"], args: [] },
};

/** The names of all runtimes. */
export const runtimeNames: readonly string[] = Object.keys(runtimes);

/** Programs for a runtime. */
export function programsFor(name: string): Programs {
  const urlOf = (program: string) => {
    const url = new URL(program, import.meta.url);
    return (name === "node" ? pathToFileURL(bundleOf(fileURLToPath(url))) : url).href;
  };
  return {
    command: [binaryOf(name), ...runtimes[name]!.args],
    sender: urlOf("sender_program.ts"),
    receiver: urlOf("receiver_program.ts"),
  };
}

/** The binary itself, as npm puts a script before Deno's, which would get the signals. */
export function binaryOf(name: string): string {
  if (name === runtime) return process.execPath;
  const [command = "", ...rest] = runtimes[name]!.find;
  const { stdout, status } = spawnSync(command, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} cannot be run: is it on PATH?`);
  return stdout.trim();
}
