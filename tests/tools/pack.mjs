// deno-lint-ignore-file no-console -- a tool prints
/**
 * `npm run pack`: builds the npm package into `dist/`, ready for `npm publish dist`. deno.json says
 * its name, version and entry points, so that the JSR package and this one cannot differ there.
 *
 * esbuild puts every module into exactly one file (an entry point, or a chunk that several share),
 * with `@std`, commander, the wire format of `@bufbuild/protobuf` and `@msgpack/msgpack` inlined, whose notices
 * are in `THIRD-PARTY-NOTICES`; each sub-path has one file for `import` and `require()` alike. So a program
 * has one tree of loggers, however its parts load the package. tsc writes the declarations.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

const json = (name) => JSON.parse(readFileSync(join(root, name), "utf8"));

/** From this version on `require()` loads ES modules without a flag. */
const NODE = ">=20.19";

/** A program that imports a sub-path which loads one of these packages installs it itself. */
const PEERS = ["iconv-lite", "koffi", "nodemailer", "unix-dgram"];

/** The program of the package, which `npx` and `bunx` run. */
const BIN = "cli.js";

/** Packages that are inlined, and name their licence in a file of its own alone. */
const WITHOUT_HEADS = ["@msgpack/msgpack", "commander"];

/** Matches the modules that a runtime has built in. */
const BUILT_IN = /^(node|bun|cloudflare):/;

/** The declarations name these types of the web; a consumer's `lib` may lack the DOM. */
const WEB_TYPES = ["AbortSignal", "Headers", "Request", "RequestInit", "Response", "URL"];

/** Builds the package in the folder `dist`, which is emptied first. */
export async function buildPackage(dist) {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const entries = entryPoints();
  const inlined = await bundle(dist, entries);
  writeFileSync(join(dist, "THIRD-PARTY-NOTICES"), noticesOf(inlined));
  declare(dist, entries);
  writeFileSync(join(dist, "package.json"), JSON.stringify(manifest(entries), null, 2) + "\n");
  for (const name of ["CHANGELOG.md", "LICENSE"]) cpSync(join(root, name), join(dist, name));
  writeFileSync(join(dist, "README.md"), forNpm(readFileSync(join(root, "README.md"), "utf8")));
}

/** Returns the entry points of deno.json: sub-path, source, and the name of the built file. */
function entryPoints() {
  return Object.entries(json("deno.json").exports).map(([subPath, source]) => ({
    subPath,
    source: source.replace(/^\.\//, ""),
    name: subPath === "." ? "mod" : subPath.replace(/^\.\//, ""),
  }));
}

async function bundle(dist, entries) {
  // Imported late, because setUp() may have installed it a moment ago.
  const { build } = await import("esbuild");
  const { metafile: { inputs, outputs } } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      entries.map(({ name, source }) => [name, `entry:${source}`]),
    ),
    outdir: dist,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    // Of packages without "exports".
    mainFields: ["module"],
    target: "es2022",
    // Node 20 has them; without this esbuild writes calls, which bundlers must keep.
    supported: { "regexp-unicode-property-escapes": true },
    // So that constants are in their places, as in a bundle of the sources.
    minifySyntax: true,
    plugins: [entriesWithCore, builtInsOfCommonJs],
    external: ["node:*", "bun:*", "cloudflare:*", ...PEERS.flatMap((name) => [name, `${name}/*`])],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const name of Object.keys(outputs)) {
    const file = join(root, name);
    writeFileSync(file, withNames(withoutPaths(readFileSync(file, "utf8"))));
  }
  const program = join(dist, BIN);
  writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, "utf8")}`);
  chmodSync(program, 0o755);
  const outside = Object.values(outputs).flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external && !BUILT_IN.test(path))
    .map(({ path }) => path.split("/")[0]);
  const unknown = outside.filter((name) => !PEERS.includes(name));
  if (unknown.length > 0) throw new Error(`Cannot pack: ${unknown} is imported and not declared`);
  return Object.keys(inputs).filter((file) => file.startsWith("node_modules/"));
}

/** Returns the notices at the head of the files of others, each once, and the licence they name. */
function noticesOf(files) {
  const heads = files.map((file) => {
    const [head = ""] = /^(?:\/\/.*\n)+/.exec(readFileSync(join(root, file), "utf8")) ?? [];
    return head.replace(/^\/\/ ?/gm, "");
  });
  const license = readFileSync(join(root, "tests", "testdata", "otlp", "LICENSE"), "utf8");
  const notices = [...new Set(heads)].filter((head) => head !== "");
  const whole = WITHOUT_HEADS.filter((name) =>
    files.some((file) => file.startsWith(`node_modules/${name}/`))
  ).map((name) =>
    `${name}\n\n${readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8")}`
  );
  return ["This package contains code of others.\n", ...notices, ...whole, license].join(
    "\n---\n\n",
  );
}

/**
 * Makes each entry point import `mod.ts` too. Every module that `mod.ts` loads is then reached from all
 * of them, and esbuild puts such modules into one chunk: a program loads four files instead of forty.
 */
const entriesWithCore = {
  name: "entries-with-core",
  setup(build) {
    build.onResolve({ filter: /^entry:/ }, ({ path }) => ({
      path: path.slice("entry:".length),
      namespace: "entry",
    }));
    build.onLoad({ filter: /./, namespace: "entry" }, ({ path }) => {
      const lines = [`import "./mod.ts";`, `export * from "./${path}";`];
      // `export *` leaves it out.
      const hasDefault = /^export default /m.test(readFileSync(join(root, path), "utf8"));
      if (hasDefault) lines.push(`export { default } from "./${path}";`);
      return { contents: lines.join("\n"), resolveDir: root };
    });
  },
};

/**
 * Lets a CommonJS module that is inlined, as commander is, `require()` a module of Node: there is no
 * `require` in an ES module, but an import.
 */
const builtInsOfCommonJs = {
  name: "built-ins-of-common-js",
  setup(build) {
    build.onResolve(
      { filter: BUILT_IN },
      ({ kind, path }) => kind === "require-call" ? { path, namespace: "required" } : undefined,
    );
    // In two steps: `require()` of an ES module gives its exports, and here its default is meant.
    build.onResolve({ filter: /^default of / }, ({ path }) => ({ path, namespace: "imported" }));
    build.onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require("default of ${path}").default;`,
    }));
    build.onLoad({ filter: /./, namespace: "imported" }, ({ path }) => ({
      contents: `export { default } from "${path.slice("default of ".length)}";`,
    }));
  },
};

/**
 * Gives classes their names back: esbuild writes `Logger = class _Logger` for a class that refers to
 * itself, and `Logger.name` would be "_Logger".
 */
function withNames(text) {
  const renamed = [...text.matchAll(/\b(\w+) = class (_\1)\b/g)];
  const names = new Map(renamed.map(([, name, own]) => [own, name]));
  return names.size === 0 ? text : text.replace(/\b_\w+\b/g, (word) => names.get(word) ?? word);
}

/** Leaves out the comments in which esbuild names each module: a program would load 7 KiB of them. */
function withoutPaths(text) {
  return text.replace(/^\/\/ (src|node_modules|entry:.*)\/.*\n/gm, "");
}

function declare(dist, entries) {
  const types = join(dist, "types");
  const { status, stdout } = spawnSync(
    "tsc",
    ["-p", join("tests", "tools", "tsconfig.package.json"), "--outDir", types],
    { cwd: root, env: toolEnvironment(), encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`Cannot pack: tsc failed\n${stdout}`);
  for (const name of readdirSync(types, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const file = join(types, name);
    // tsc keeps the names of the sources, for which a consumer would need a compiler option.
    const text = readFileSync(file, "utf8").replace(/(["'])(\.\.?\/[^"']+)\.ts\1/g, "$1$2.js$1")
      // A consumer may lack Node's types: what comes from there is then of any type.
      .replace(/^import .* from "node:[^"]+";$/gm, "// @ts-ignore\n$&");
    writeFileSync(file, forNpm(text));
  }
  writeFileSync(join(types, "globals.d.ts"), globals());
  for (const { source } of entries) {
    const file = join(dist, declarationsOf(source));
    const up = "../".repeat(source.split("/").length - 1) || "./";
    const reference = `/// <reference path="${up}globals.d.ts" />\n`;
    writeFileSync(file, reference + readFileSync(file, "utf8"));
  }
}

/** Declares empty interfaces: each merges with the complete one where the consumer has it. */
function globals() {
  return [
    `/// <reference lib="es2022" />`,
    `/// <reference lib="esnext.disposable" />`,
    ...WEB_TYPES.map((name) => `interface ${name} {}`),
    "",
  ].join("\n");
}

function declarationsOf(source) {
  return `types/${source.replace(/\.ts$/, ".d.ts")}`;
}

/** Lets examples import from the package's name on npm. */
function forNpm(text) {
  return text.replaceAll("jsr:@logwire/logging", "@logwire/logging");
}

function manifest(entries) {
  const { name, version, license } = json("deno.json");
  const { devDependencies, optionalDependencies } = json("package.json");
  const versions = { ...devDependencies, ...optionalDependencies };
  return {
    name,
    version,
    description: "Python's logging for every JavaScript runtime, over the network",
    keywords: ["logging", "logger", "python", "syslog", "socket", "deno", "bun", "edge"],
    license,
    type: "module",
    sideEffects: false,
    engines: { node: NODE },
    // The only one, which `npx @logwire/logging` runs therefore.
    bin: { logwire: `./${BIN}` },
    exports: {
      ...Object.fromEntries(entries.map(({ subPath, source, name }) => [
        subPath,
        { types: `./${declarationsOf(source)}`, default: `./${name}.js` },
      ])),
      "./package.json": "./package.json",
    },
    peerDependencies: Object.fromEntries(PEERS.map((peer) => [peer, atLeast(versions[peer])])),
    peerDependenciesMeta: Object.fromEntries(PEERS.map((peer) => [peer, { optional: true }])),
  };
}

function atLeast(version) {
  return version.startsWith("^") ? version : `^${version}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp();
  await buildPackage(join(root, "dist"));
  const { exports } = JSON.parse(readFileSync(join(root, "dist", "package.json"), "utf8"));
  console.log(`dist/ holds the npm package: ${Object.keys(exports).length - 1} entry points`);
}
