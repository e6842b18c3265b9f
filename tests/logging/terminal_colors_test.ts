import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtimeTerminal, terminalHasColors } from "../../src/logging/_terminal_colors.ts";
import { runtime, test } from "../test.ts";

const has = (env: Record<string, string>, isTerminal: boolean) =>
  terminalHasColors({ variable: (name) => env[name], isTerminal });

test("terminalHasColors() is true for a terminal that is not dumb", () => {
  assertEquals([has({}, true), has({}, false)], [true, false]);
  assertEquals([has({ TERM: "xterm" }, true), has({ TERM: "dumb" }, true)], [true, false]);
});

test("terminalHasColors() is false with NO_COLOR, whatever else is set, unless that is empty", () => {
  assertEquals(has({ NO_COLOR: "1", FORCE_COLOR: "1" }, true), false);
  assertEquals(has({ NO_COLOR: "0" }, true), false);
  assertEquals([has({ NO_COLOR: "" }, true), has({ NO_COLOR: "" }, false)], [true, false]);
});

test("terminalHasColors() is true with FORCE_COLOR, unless that is empty or says no", () => {
  assertEquals([has({ FORCE_COLOR: "1" }, false), has({ FORCE_COLOR: "3" }, false)], [true, true]);
  assertEquals([has({ FORCE_COLOR: "0" }, true), has({ FORCE_COLOR: "false" }, true)], [
    ...[false, false],
  ]);
  assertEquals([has({ FORCE_COLOR: "" }, true), has({ FORCE_COLOR: "" }, false)], [true, false]);
  assertEquals(has({ FORCE_COLOR: "1", TERM: "dumb" }, true), true);
});

test("runtimeTerminal() reads the environment of this process", () => {
  const terminal = runtimeTerminal();
  assertEquals(terminal.variable("PATH"), process.env.PATH);
  assertEquals(typeof terminal.isTerminal, "boolean");
});

const program = fileURLToPath(new URL("./colors_program.ts", import.meta.url));
const command = runtime === "node" ? ["--import", "tsx", program] : [program];

/** Runs a program that prints whether a formatter has colours; its output is no terminal. */
async function printed(env: Record<string, string>, denoFlags: string[]): Promise<string[]> {
  const flags = runtime === "deno" ? ["run", "--quiet", ...denoFlags] : [];
  const { NO_COLOR: _, FORCE_COLOR: _1, ...inherited } = process.env;
  const child = spawn(process.execPath, [...flags, ...command], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  await once(child, "close");
  return [stdout.trim(), stderr];
}

test("a ConsoleFormatter takes its colours from the environment of the process", async () => {
  const may = ["--allow-env"];
  assertEquals(await printed({}, may), ["plain", ""]);
  assertEquals(await printed({ FORCE_COLOR: "1" }, may), ["coloured", ""]);
});

test("a ConsoleFormatter asks Deno for no permission", async () => {
  // Some permission: Deno's node:child_process starts a Deno that has none with all of them.
  const none = ["--allow-sys=hostname"];
  assertEquals(await printed({ FORCE_COLOR: "1" }, none), ["plain", ""]);
}, { skip: runtime !== "deno" && "only Deno has permissions" });
