/**
 * The CPythons of this machine, for tests against the real thing: pyenv's, then those on PATH.
 * `LOGWIRE_REQUIRE_SERVERS=1` turns a test's skip for want of one into a failure.
 */
import { assertEquals } from "@std/assert";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** One interpreter. */
export interface Python {
  /** The version, such as `"3.11.7"`. */
  readonly version: string;
  readonly path: string;
}

const PRINT_VERSION = "import sys; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])";

function versionOf(path: string): string | undefined {
  try {
    return execFileSync(path, ["-c", PRINT_VERSION], { stdio: ["ignore", "pipe", "ignore"] })
      .toString();
  } catch {
    return undefined;
  }
}

/** pyenv names a folder after the version, which saves a start of each. */
function ofPyenv(): Python[] {
  const roots = [process.env.PYENV_ROOT, join(homedir(), ".pyenv")];
  return roots.filter((root) => root !== undefined).flatMap((root) => {
    const versions = join(root, "versions");
    if (!existsSync(versions)) return [];
    return readdirSync(versions)
      .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
      .map((version) => ({ version, path: join(versions, version, "bin", "python") }))
      .filter(({ path }) => existsSync(path));
  });
}

function onPath(): Python[] {
  return ["python3", "python2"].flatMap((path) => {
    const version = versionOf(path);
    return version === undefined ? [] : [{ version, path }];
  });
}

function compare(a: Python, b: Python): number {
  const [x, y] = [a, b].map(({ version }) => version.split(".").map(Number));
  const i = x!.findIndex((part, at) => part !== y![at]);
  return i < 0 ? 0 : x![i]! - y![i]!;
}

let found: Python[] | undefined;

/** Every CPython that is here, one of each version, oldest first. */
export function pythons(): Python[] {
  if (found === undefined) {
    const byVersion = new Map<string, Python>();
    for (const python of [...ofPyenv(), ...onPath()]) {
      if (!byVersion.has(python.version)) byVersion.set(python.version, python);
    }
    found = [...byVersion.values()].sort(compare);
  }
  return found;
}

/** Some Python 3: the one on PATH, else the newest. */
export function python3(): string | undefined {
  if (versionOf("python3") !== undefined) return "python3";
  return pythons().findLast(({ version }) => !version.startsWith("2."))?.path;
}

/** Why a test that needs a Python 3 is skipped here; `false` if it is not. */
export function withoutPython(): string | false {
  if (python3() !== undefined || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return "it needs CPython: apt-get install python3, or pyenv install 3";
}

/** A Python 3 that has this module: Debian's own, to which its packages belong, or another. */
export function pythonWith(module: string): string | undefined {
  const paths = ["/usr/bin/python3", ...[python3() ?? []].flat()];
  return paths.find((path) => {
    try {
      execFileSync(path, ["-c", `import ${module}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

/** Why a test that needs a module of a Debian package is skipped here; `false` if it is not. */
export function withoutModule(module: string): string | false {
  if (pythonWith(module) !== undefined || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return `it needs ${module}: apt-get install python3-${module}`;
}

/** The arguments of a script. */
export type Arguments = (string | number)[];

/** Runs a script by this interpreter to its end; rejects with what it printed if it fails. */
export async function runScript(path: string, script: string, ...args: Arguments): Promise<void> {
  const child = spawn(path, [script, ...args.map(String)], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors += text);
  const [code] = await once(child, "close");
  assertEquals([code, errors], [0, ""]);
}
