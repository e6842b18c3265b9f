/**
 * Makes `@std/assert` and `@std/bytes` resolvable where only the npm registry is in reach.
 *
 * `deno.json` names them as `jsr:` packages. From the npm package `deno-std` (the same code,
 * compiled) this writes a static JSR mirror for Deno (`JSR_URL=file:///…/`) and the same files as
 * `node_modules/@std/*` for Bun, Node and tsc.
 *
 * The mirror lies in the user's cache folder, named by what is in it: inside `node_modules` Deno
 * refuses it, and inside the project `deno publish` takes it for a part of the package.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const types = join(root, "tests", "tools", "std_types");
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");

/** The mirrored packages: the version in the mirror, the entry point, the folders that it needs. */
const packages = {
  assert: { version: "1.0.15", entry: "assert/mod.js", folders: ["assert", "internal", "fmt"] },
  bytes: { version: "1.0.6", entry: "bytes/mod.js", folders: ["bytes"] },
};

const mirror = join(cache, "logwire", `jsr-${digest()}`);

/** The `JSR_URL` under which Deno finds the mirror. */
export const jsrUrl = pathToFileURL(mirror + "/").href;

/** Names what goes into the mirror: this file, the declarations, and the locked packages. */
function digest() {
  const hash = createHash("sha256");
  for (const name of readdirSync(types).sort()) hash.update(readFileSync(join(types, name)));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  hash.update(readFileSync(join(root, "package-lock.json")));
  return hash.digest("hex").slice(0, 16);
}

/** Writes the mirror and `node_modules/@std`; `node_modules/deno-std` must be installed. */
export function writeStdPackages() {
  // Made aside and then put in place, as another checkout may be about to make the same one.
  const fresh = `${mirror}.${process.pid}`;
  for (const [name, { version, entry, folders }] of Object.entries(packages)) {
    const base = join(fresh, "@std", name);
    writePackage(join(base, version), name, entry, folders);
    const meta = { scope: "std", name, latest: version, versions: { [version]: {} } };
    writeFileSync(join(base, "meta.json"), JSON.stringify(meta));
    const versionMeta = {
      manifest: manifestOf(join(base, version)),
      exports: { ".": `./${entry}` },
    };
    writeFileSync(join(base, `${version}_meta.json`), JSON.stringify(versionMeta));

    const nodePackage = join(root, "node_modules", "@std", name);
    rmSync(nodePackage, { recursive: true, force: true });
    writePackage(nodePackage, name, entry, folders);
    const packageJson = {
      name: `@std/${name}`,
      version,
      type: "module",
      exports: {
        ".": { types: `./${entry.replace(/\.js$/, ".d.ts")}`, default: `./${entry}` },
      },
    };
    writeFileSync(join(nodePackage, "package.json"), JSON.stringify(packageJson, null, 2));
  }
  // One that is there is the same, and may be in use.
  if (existsSync(mirror)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, mirror);
}

function writePackage(to, name, entry, folders) {
  mkdirSync(to, { recursive: true });
  for (const folder of folders) {
    cpSync(join(root, "node_modules", "deno-std", folder), join(to, folder), { recursive: true });
  }
  const js = join(to, entry);
  const declarations = entry.replace(/\.js$/, ".d.ts");
  cpSync(join(types, `${name}.d.ts`), join(to, declarations));
  writeFileSync(js, `// @ts-self-types="./mod.d.ts"\n${readFileSync(js, "utf8")}`);
}

function manifestOf(folder) {
  const manifest = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    manifest[path.slice(folder.length)] = { size: bytes.length, checksum };
  }
  return manifest;
}

/** True when the mirror and `node_modules/@std` are there. */
export function haveStdPackages() {
  return Object.keys(packages).every((name) =>
    existsSync(join(mirror, "@std", name, "meta.json")) &&
    existsSync(join(root, "node_modules", "@std", name, "package.json"))
  );
}
