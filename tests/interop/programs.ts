/** Runs a program of these tests in a process of its own, on the runtime of the test. */
import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { runtime } from "../test.ts";

const commands = {
  deno: ["deno", "run", "--allow-net", "--allow-env"],
  bun: ["bun"],
  node: ["node", "--import", "tsx"],
};

/** Runs `tests/interop/<name>` to its end, which must be with this status; what it printed. */
export async function runProgram(
  name: string,
  args: (string | number)[],
  status: number = 0,
): Promise<{ stdout: string; stderr: string }> {
  const [command = "", ...flags] = commands[runtime];
  const program = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(command, [...flags, program, ...args.map(String)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  const [code] = await once(child, "close");
  assertEquals(code, status, output.stderr);
  return output;
}
