import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime, test } from "../../test.ts";

const program = fileURLToPath(new URL("./level_program.ts", import.meta.url));

interface Printed {
  /** The level that each adapter that loads here returns; null for none. */
  readonly levels: Record<string, string | null>;
  readonly stderr: string;
}

/** Runs a program that prints the level that its environment names. */
async function printed(
  env: Record<string, string>,
  denoFlags = ["--allow-env=LOGWIRE_LEVEL,LOG_LEVEL"],
): Promise<Printed> {
  const flags = {
    deno: ["run", "--quiet", "--config=deno.json", ...denoFlags],
    bun: [],
    node: ["--import", "tsx"],
  };
  const { LOGWIRE_LEVEL: _, LOG_LEVEL: _1, ...inherited } = process.env;
  const child = spawn(process.execPath, [...flags[runtime], program], {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  const [code] = await once(child, "close");
  assertEquals(code, 0, stderr);
  return { levels: JSON.parse(stdout), stderr };
}

const all = (level: string | null, own = level) => ({
  auto: level,
  bun: level,
  deno: level,
  node: level,
  own,
});

test("levelFromEnvironment() of every adapter returns the level in LOGWIRE_LEVEL, else in LOG_LEVEL", async () => {
  assertEquals(await printed({ LOGWIRE_LEVEL: "DEBUG", LOG_LEVEL: "ERROR" }), {
    levels: all("DEBUG"),
    stderr: "",
  });
  assertEquals((await printed({ LOG_LEVEL: " warning " })).levels, all("WARNING"));
  assertEquals((await printed({ LOGWIRE_LEVEL: "", LOG_LEVEL: "Fatal" })).levels, all("FATAL"));
  assertEquals(await printed({}), { levels: all(null), stderr: "" });
});

test("levelFromEnvironment() reports a name that is no level once, and goes on without it", async () => {
  const { levels, stderr } = await printed({ LOGWIRE_LEVEL: "trace", LOG_LEVEL: "info" });
  // The program gives the name of a level of its own to the last call.
  assertEquals(levels, all("INFO", "TRACE"));
  assertEquals(stderr.trim().split("\n").length, 1);
  assert(
    stderr.startsWith('Cannot take the level of logging from LOGWIRE_LEVEL as "trace" is no '),
  );
  const neither = await printed({ LOG_LEVEL: `silent\x1b[2J${"x".repeat(500)}` });
  assertEquals(neither.levels, all(null));
  assert(!neither.stderr.includes("\x1b") && neither.stderr.length < 300, neither.stderr);
});

test("levelFromEnvironment() asks Deno for no permission", async () => {
  // Some permission: Deno's node:child_process starts a Deno that has none with all of them.
  const none = ["--allow-sys=hostname"];
  assertEquals(await printed({ LOG_LEVEL: "INFO" }, none), { levels: all(null), stderr: "" });
  const some = await printed({ LOGWIRE_LEVEL: "INFO", LOG_LEVEL: "ERROR" }, [
    ...["--allow-env=LOG_LEVEL"],
  ]);
  assertEquals(some.levels, all("ERROR"));
}, { skip: runtime !== "deno" && "only Deno has permissions" });
