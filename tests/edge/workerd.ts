/**
 * Real workerd, from npm, with workers of these tests: bundled by esbuild, on ports of the system's.
 * Runs from Node alone, which is enough: what is tested is in workerd.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { runtime } from "../test.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const program = join(root, "node_modules", ".bin", "workerd");

/** Why a test that needs workerd is skipped here; `false` if it is not. */
export const withoutWorkerd: string | false = runtime !== "node"
  ? "what is tested is in workerd: from Node is enough"
  : existsSync(program) || process.env.LOGWIRE_REQUIRE_SERVERS === "1"
  ? false
  : "it needs workerd, which npm ci installs where there is one for the machine";

/** One worker: a program, and the runtime that it is to see. */
export interface WorkerOptions {
  /** The file of the worker, from the top level of the project. */
  entry: string;
  /** The content of the file, in place of the one on disk. */
  contents?: string;
  compatibilityDate: string;
  compatibilityFlags?: readonly string[];
  /** Texts that the worker finds in its `env`. */
  env?: Record<string, string>;
  /** Bare specifiers, and the files that the bundle has in their place. */
  alias?: Record<string, string>;
  /** Names in the program, and the values that the bundle has in their place. */
  define?: Record<string, string>;
}

/** Bundles a worker as its author would; throws for an error, and for a warning. */
export function bundle(
  { entry, contents, alias = {}, define = {} }: Omit<WorkerOptions, "compatibilityDate">,
): string {
  const { outputFiles, warnings } = buildSync({
    absWorkingDir: root,
    ...(contents === undefined
      ? { entryPoints: [entry] }
      : { stdin: { contents, sourcefile: entry, resolveDir: root } }),
    alias,
    define,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
  return outputFiles[0]?.text ?? "";
}

/** A running workerd; it ends with the process at the latest. */
export class Workerd implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ports = new Map<string, number>();
  #errors = "";

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#errors += text);
    process.once("exit", this.#kill);
  }

  /** Starts workerd with these workers, by name, and waits until it listens for each. */
  static async start(workers: Record<string, WorkerOptions>): Promise<Workerd> {
    const folder = mkdtempSync(join(tmpdir(), "logwire-workerd-"));
    const names = Object.keys(workers);
    for (const [name, options] of Object.entries(workers)) {
      writeFileSync(join(folder, `${name}.js`), bundle(options));
    }
    // workerd embeds no file from outside the folder of its configuration.
    copyFileSync(join(root, "tests", "testdata", "tls", "ca.pem"), join(folder, "ca.pem"));
    const config = join(folder, "config.capnp");
    writeFileSync(config, configOf(workers));
    const child = spawn(program, ["serve", "--experimental", "--control-fd=3", config], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const workerd = new Workerd(child, folder);
    const control = createInterface({ input: child.stdio[3] as Readable });
    const ended = once(child, "close").then(() => {
      throw new Error(`workerd ended: ${workerd.#errors}`);
    });
    const listening = (async () => {
      for await (const line of control) {
        const { event, socket, port } = JSON.parse(line);
        if (event === "listen") workerd.#ports.set(socket, port);
        if (workerd.#ports.size === names.length) return;
      }
      await ended;
    })();
    try {
      await Promise.race([listening, ended]);
    } catch (error) {
      workerd.#kill();
      throw error;
    }
    ended.catch(() => {});
    return workerd;
  }

  /** The address of a worker. */
  url(name: string, path: string = "/"): string {
    return `http://127.0.0.1:${this.#ports.get(name)}${path}`;
  }

  /** The output on stderr so far. */
  get errors(): string {
    return this.#errors;
  }

  readonly #kill = (): void => {
    this.#child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#kill);
    const ended = once(this.#child, "close");
    this.#kill();
    await ended;
  }
}

function configOf(workers: Record<string, WorkerOptions>): string {
  const text = (value: string) => JSON.stringify(value);
  const services = Object.entries(workers).map(([name, worker]) => {
    const { compatibilityDate, compatibilityFlags = [], env = {} } = worker;
    const bindings = Object.entries(env).map(([key, value]) =>
      `(name = ${text(key)}, text = ${text(value)})`
    );
    return `(name = ${text(name)}, worker = (
      modules = [(name = "worker.js", esModule = embed ${text(`${name}.js`)})],
      compatibilityDate = ${text(compatibilityDate)},
      compatibilityFlags = [${compatibilityFlags.map(text).join(", ")}],
      bindings = [${bindings.join(", ")}],
      globalOutbound = "network"))`;
  });
  const sockets = Object.keys(workers).map((name) =>
    `(name = ${text(name)}, address = "127.0.0.1:0", http = (), service = ${text(name)})`
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
    (name = "network", network = (
      allow = ["public", "private", "local"],
      tlsOptions = (trustedCertificates = [embed "ca.pem"])))
  ],
  sockets = [${sockets.join(", ")}]
);
`;
}
