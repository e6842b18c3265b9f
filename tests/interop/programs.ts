/** Runs a program of these tests in a process of its own, on the runtime of the test. */
import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../test.ts";

const commands = {
  deno: ["deno", "run", "--allow-net", "--allow-env"],
  bun: ["bun"],
  node: ["node", "--import", "tsx"],
};

/** How a program is run. */
export interface ProgramOptions {
  /** Added to the environment. */
  env?: Record<string, string>;
  /** What Deno allows besides the network and the environment. */
  denoFlags?: string[];
  /** What comes before the command: a program that runs it. */
  wrapper?: string[];
}

/** Runs `tests/interop/<name>` to its end, which must be with this status; what it printed. */
export async function runProgram(
  name: string,
  args: (string | number)[],
  status: number = 0,
  { env = {}, denoFlags = [], wrapper = [] }: ProgramOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const flags = runtime === "deno" ? denoFlags : [];
  const program = fileURLToPath(new URL(name, import.meta.url));
  const [command = "", ...rest] = [...wrapper, ...commands[runtime], ...flags, program];
  const child = spawn(command, [...rest, ...args.map(String)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  const [code] = await once(child, "close");
  assertEquals(code, status, output.stderr);
  return output;
}
