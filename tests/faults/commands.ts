/** The ways to run the programs of the fault suite on each runtime that is installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runtime } from "../test.ts";

/** The commands that run the programs on a runtime. */
export interface Programs {
  readonly command: readonly string[];
  /** Sender and receiver, as files of `file:` URLs. */
  readonly sender: string;
  readonly receiver: string;
  /** Removes what was made for them. */
  remove(): void;
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

const sources = { sender: "sender_program", receiver: "receiver_program" };
const urlOf = (name: string) => new URL(`${name}.ts`, import.meta.url).href;

/** Programs for a runtime. */
export async function programsFor(name: string): Promise<Programs> {
  const command = [binaryOf(name), ...runtimes[name]!.args];
  if (name === "node") return { command, ...await bundle() };
  const { sender, receiver } = sources;
  return { command, sender: urlOf(sender), receiver: urlOf(receiver), remove() {} };
}

/** The binary itself, as npm puts a script before Deno's, which would get the signals. */
export function binaryOf(name: string): string {
  if (name === runtime) return process.execPath;
  const [command = "", ...rest] = runtimes[name]!.find;
  const { stdout, status } = spawnSync(command, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} cannot be run: is it on PATH?`);
  return stdout.trim();
}

/** Node 20 reads no TypeScript; a bundle starts in a third of the time that it takes with tsx. */
async function bundle(): Promise<Omit<Programs, "command">> {
  const { buildSync } = await import("esbuild");
  const folder = mkdtempSync(`${tmpdir()}/logwire-faults-bundle-`);
  buildSync({
    entryPoints: Object.values(sources).map((name) => fileURLToPath(urlOf(name))),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    // The test data are where they were.
    define: { "import.meta.url": JSON.stringify(urlOf("protocols")) },
    external: ["bun:*", "unix-dgram"],
    logLevel: "error",
  });
  const built = (name: string) => pathToFileURL(`${folder}/${name}.mjs`).href;
  return {
    sender: built(sources.sender),
    receiver: built(sources.receiver),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
