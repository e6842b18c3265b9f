/** The subjects (logwire on each runtime, the peers, the controls) and the command of each. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const PYTHON = "python3";

/** The entry points that Node gets as JavaScript, bundled, since it runs no TypeScript. */
const entryPoints = [
  "core/codec.ts",
  "net/collector.ts",
  "net/driver.ts",
  "net/logwire.ts",
  "net/logwire_spooled.ts",
  "net/receiver.ts",
  "net/write_frames.ts",
  "controls/raw_tcp.ts",
  "controls/raw_frames.ts",
  "controls/raw_udp.ts",
  "controls/http_fetch.ts",
  "core/syslog.ts",
  "net/http_logwire.ts",
];

/** Builds what Node runs; returns the folder. */
export async function buildForNode(bench, scratch) {
  const esbuild = await import(
    pathToFileURL(join(bench, "node_modules", "esbuild", "lib", "main.js")).href
  );
  const outdir = join(scratch, "node");
  mkdirSync(outdir, { recursive: true });
  await esbuild.build({
    entryPoints: entryPoints.map((file) => join(bench, file)),
    outdir,
    outbase: bench,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  return outdir;
}

/** The version of each runtime and of Python; `undefined` for what is not there. */
export function versions(env) {
  const run = (command, args) => {
    const { status, stdout } = spawnSync(command, args, {
      env,
      encoding: "utf8",
    });
    return status === 0 ? stdout.trim() : undefined;
  };
  return {
    node: process.versions.node,
    deno: run("deno", ["--version"])?.match(/deno (\S+)/)?.[1],
    bun: run("bun", ["--version"]),
    python: run(PYTHON, [
      "-c",
      "import sys; print('%d.%d.%d' % sys.version_info[:3])",
    ]),
  };
}

/**
 * The commands that run the measured processes. `bench` is the folder of the benches, `built` what
 * `buildForNode()` made, `nodeArguments` further arguments for Node (`--cpu-prof`).
 */
export function makeCommands({ bench, built, env, nodeArguments = [] }) {
  const node = [process.execPath, "--expose-gc", ...nodeArguments];
  const deno = [
    "deno",
    "run",
    "--quiet",
    "--allow-all",
    "--unstable-net",
    "--v8-flags=--expose-gc",
  ];
  const runtimes = {
    node: (file, ...args) => {
      const bundle = join(built, file.replace(/\.ts$/, ".mjs"));
      return [
        ...node,
        existsSync(bundle) ? bundle : join(bench, file),
        ...args,
      ];
    },
    deno: (file, ...args) => [...deno, join(bench, file), ...args],
    bun: (file, ...args) => ["bun", "--expose-gc", join(bench, file), ...args],
    python: (file, ...args) => [PYTHON, join(bench, file), ...args],
  };
  const moduleOf = (runtime, file) => {
    const bundle = join(built, file.replace(/\.ts$/, ".mjs"));
    return pathToFileURL(
      runtime === "node" && existsSync(bundle) ? bundle : join(bench, file),
    ).href;
  };
  return {
    feed: (...args) => ({
      command: [process.execPath, join(bench, "net", "feed.mjs"), ...args],
      env,
    }),
    run: (runtime, file, ...args) => ({
      command: runtimes[runtime](file, ...args),
      env,
    }),
    /** The command of a subject's module under net/driver.ts, or of a Python program like it. */
    drive: (runtime, file) => (job) => {
      if (runtime === "python") {
        return { command: runtimes.python(file, JSON.stringify(job)), env };
      }
      const full = JSON.stringify({ ...job, subject: moduleOf(runtime, file) });
      return { command: runtimes[runtime]("net/driver.ts", full), env };
    },
  };
}
