/**
 * Tests the npm package as users get it: it is built, packed by `npm pack`, and installed without a
 * network into a fresh folder. Programs there use it on Node, Bun and Deno, by tsc and by a bundler.
 *
 *     node --import tsx --test tests/package/packed.mjs
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import * as esbuild from "esbuild";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { weigh } from "../../bench/tools/bundle.mjs";
import { MOST_EDGE_BYTES } from "../meta/edge_limit.ts";
import { entryPoints, read, root } from "../meta/sources.ts";
import { buildPackage } from "../tools/pack.mjs";
import { toolEnvironment } from "../tools/setup.mjs";

const consumer = mkdtempSync(join(tmpdir(), "logwire-package-"));
const installed = join(consumer, "node_modules", "@logwire", "logging");

/** Says why `require()` is not tried, where this Node cannot load ES modules by it. */
const skip = process.features.require_module !== true && "require() needs Node 20.19";

/** The entry points as a consumer writes them. */
const specifiers = Object.keys(entryPoints).map((entry) => `@logwire/logging${entry.slice(1)}`);
/** The ones that Node can load with nothing else installed. */
const onNode = specifiers.filter((name) => !/\/(smtp-handler|code-pages)$/.test(name));

const manifest = () => JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));

before(async () => {
  await buildPackage(join(consumer, "dist"));
  run("npm", "pack", "./dist", "--silent");
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module", private: true }));
  const [tarball] = readdirSync(consumer).filter((name) => name.endsWith(".tgz"));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${tarball}`);
  rmSync(join(consumer, "dist"), { recursive: true });
  cpSync(join(root, "tests", "package", "consumer"), consumer, { recursive: true });
  mkdirSync(join(consumer, "node_modules", "@types"));
  symlinkSync(
    join(root, "node_modules", "@types", "node"),
    join(consumer, "node_modules", "@types", "node"),
  );
});

after(() => rmSync(consumer, { recursive: true }));

test("installing the package installs nothing else", () => {
  const names = readdirSync(join(consumer, "node_modules"));
  assertEquals(names.filter((name) => !/^(\.|@types$)/.test(name)), ["@logwire"]);
  assertEquals(manifest().dependencies, undefined);
  const optional = ["iconv-lite", "koffi", "nodemailer", "unix-dgram"];
  assertEquals(Object.keys(manifest().peerDependencies), optional);
  assertEquals(Object.keys(manifest().peerDependenciesMeta), optional);
});

test("the package has every entry point of deno.json, and each is one file", () => {
  const { exports, version, name } = manifest();
  const { "./package.json": _itself, ...subPaths } = exports;
  assertEquals(Object.keys(subPaths), Object.keys(entryPoints));
  const deno = JSON.parse(read("deno.json"));
  assertEquals([name, version], [deno.name, deno.version]);
  const files = Object.values(subPaths).flatMap((entry) => Object.values(entry));
  assertEquals(files.filter((file) => readFileSync(join(installed, file)).length === 0), []);
});

test("an ES module sends and receives a record on Node, Bun and Deno", () => {
  for (const command of [[process.execPath], ["bun"], ["deno", "run", "--allow-all"]]) {
    const { stdout, stderr } = run(...command, "deliver.mjs");
    assertEquals([stdout, stderr], ["low on ink\n", ""], command[0]);
  }
});

test("bodies of HTTPHandler need no further package, on Node, Bun and Deno", () => {
  for (const command of [[process.execPath], ["bun"], ["deno", "run", "--allow-all"]]) {
    const { stdout, stderr } = run(...command, "bodies.mjs");
    assertEquals([stdout, stderr], ["application/x-protobuf low on ink: 1 sent\n", ""], command[0]);
  }
});

test("the program of the package runs on Node, Bun and Deno, with nothing else installed", () => {
  const program = join(installed, manifest().bin.logwire);
  const commands = [
    ...[[process.execPath, program], ["bun", program], ["deno", "run", "--allow-all", program]],
    ...[[program], ["npx", "--offline", "@logwire/logging"], ["bunx", "@logwire/logging"]],
  ];
  for (const command of commands) {
    const { stdout, stderr } = run(...command, "receive", "--help");
    assertMatch(stdout, /^Usage: logwire receive/);
    assertEquals(stderr, "", command[0]);
  }
});

test("the package holds the notices of the code of others that is in it", () => {
  const notices = readFileSync(join(installed, "THIRD-PARTY-NOTICES"), "utf8");
  const owners = [/Buf Technologies, Inc\./, /2008 Google Inc\./, /the Deno authors/i];
  owners.push(/The MessagePack Community/i, /TJ Holowaychuk/);
  for (const owner of owners) assertMatch(notices, owner);
  assertMatch(notices, /Apache License\s+Version 2\.0/);
});

test("a program that imports neither bodies nor Forward loads no protobuf and no MessagePack", () => {
  const holders = reachedFrom("mod.js").filter((file) =>
    /protobuf|fixed64|msgpack/i.test(readFileSync(join(installed, file), "utf8"))
  );
  assertEquals(holders, []);
});

test("require() and import give the same loggers, functions and classes, for every sub-path", {
  skip,
}, () => {
  const { stdout, stderr } = run(process.execPath, "tree.cjs", ...onNode);
  assertEquals([stdout, stderr], ["", ""]);
});

test(
  "a sub-path asks for the package that it needs where that is missing, and loads where it is there",
  {
    skip,
  },
  () => {
    const needs = { "smtp-handler": "nodemailer", "code-pages": "iconv-lite" };
    for (const [subPath, name] of Object.entries(needs)) {
      const specifier = `@logwire/logging/${subPath}`;
      const load = ["--input-type=module", "--eval", `import "${specifier}"`];
      const { stderr, status } = attempt(process.execPath, ...load);
      assertEquals(status, 1);
      assert(stderr.includes(`Cannot find package '${name}'`), stderr);
      withPackage(name, () => {
        run(process.execPath, "tree.cjs", specifier);
      });
    }
  },
);

test("./pino serves the real pino: in the program, by require(), and as the target of its worker", {
  skip,
}, () => {
  withPackage("pino", () => {
    for (const command of [[process.execPath], ["bun"], ["deno", "run", "--allow-all"]]) {
      const { stdout, stderr } = run(...command, "pino.mjs");
      const texts = "program: low on ink\nworker: out of ink\n";
      assertEquals([stdout, stderr], [texts, ""], command[0]);
      const required = run(...command, "pino.cjs");
      assertEquals([required.stdout, required.stderr], ["low on ink\n", ""], command[0]);
    }
  });
});

/** Runs with these packages of the project's own `node_modules` installed at the consumer. */
function withPackages(names, use) {
  const links = names.map((name) => join(consumer, "node_modules", name));
  names.forEach((name, at) => symlinkSync(join(root, "node_modules", name), links[at]));
  try {
    use();
  } finally {
    for (const link of links) rmSync(link);
  }
}

test("LogTape and OpenTelemetry log through the package, by import, by require() and on Bun", {
  skip,
}, () => {
  withPackages(["@logtape", "@opentelemetry"], () => {
    const programs = [
      [process.execPath, "logtape.mjs"],
      [process.execPath, "logtape.cjs"],
      ["bun", "logtape.mjs"],
      ["bun", "logtape.cjs"],
    ];
    for (const command of programs) {
      const { stdout, stderr } = run(...command);
      const lines = ["shop.cart INFO 2 pens, 50% off", "shop.cart ERROR out of ink", ""];
      assertEquals([stdout.split("\n"), stderr], [lines, ""], command.join(" "));
    }
  });
});

test("winston and the console log through the package, by import, by require() and on Bun", {
  skip,
}, () => {
  withPackages(["winston"], () => {
    for (const program of ["winston.mjs", "winston.cjs"]) {
      for (const command of [process.execPath, "bun"]) {
        const { stdout, stderr } = run(command, program);
        const lines = [
          "winston WARNING 50% done (unknown file)",
          "console ERROR low on ink log_by_winston.cjs",
          "",
        ];
        assertEquals([stdout.split("\n"), stderr], [lines, ""], `${command} ${program}`);
      }
    }
  });
});

test("the types of winston fit those of the package", () => {
  withPackages(["winston"], () => {
    const settings = { skipLibCheck: true, types: ["node"] };
    compile({ ...resolution("nodenext"), ...settings }, ["winston_typed.ts"]);
    compile({ ...resolution("bundler"), ...settings }, ["winston_typed.ts"]);
  });
});

test("the types of LogTape and OpenTelemetry fit those of the package", () => {
  withPackages(["@logtape", "@opentelemetry"], () => {
    // The types of LogTape need those of the DOM.
    const settings = { lib: ["esnext", "dom"], skipLibCheck: false, types: [] };
    compile({ ...resolution("nodenext"), ...settings }, ["logtape_typed.ts"]);
    compile({ ...resolution("bundler"), ...settings }, ["logtape_typed.ts"]);
  });
});

test("a worker that logs by LogTape is bundled from the package without a module of Node", () => {
  withPackages(["@logtape"], () => {
    const { imports, warnings } = weigh(esbuild, join(consumer, "logtape_worker.js"));
    assertEquals([imports, warnings], [["cloudflare:sockets"], []]);
  });
});

for (const module of ["nodenext", "bundler"]) {
  for (const skipLibCheck of [true, false]) {
    for (const types of [[], ["node"]]) {
      const setting = `module ${module}, skipLibCheck ${skipLibCheck}, types [${types}], no DOM`;
      test(`strict programs compile from the published types, await using too: ${setting}`, () => {
        compile({ ...resolution(module), skipLibCheck, types });
      });
    }
  }
}

test("deno check takes the published types", () => {
  run("deno", "check", "--quiet", "typed.ts");
});

test("programs compile beside the types of the DOM", () => {
  const lib = ["esnext", "dom"];
  compile({ ...resolution("nodenext"), lib, skipLibCheck: false, types: [] });
  compile({ ...resolution("bundler"), lib, skipLibCheck: false, types: ["node"] });
});

test(
  "a compiled program with await using runs on Node, and so does one that requires",
  { skip },
  () => {
    compile({ ...resolution("nodenext"), skipLibCheck: false, types: [] });
    for (const file of ["typed.js", "required.cjs"]) run(process.execPath, join("built", file));
  },
);

test("a worker bundled from the package weighs what the sources weigh, and stays within the limit", () => {
  const source = join(root, "bench", "edge", "worker.ts");
  const text = readFileSync(source, "utf8")
    .replace("../../mod.ts", "@logwire/logging")
    .replace("../../src/adapters/cloudflare.ts", "@logwire/logging/cloudflare");
  writeFileSync(join(consumer, "worker.ts"), text);
  const packed = weigh(esbuild, join(consumer, "worker.ts"));
  assertEquals([packed.imports, packed.warnings], [["cloudflare:sockets"], []]);
  assertLess(packed.gzipped, MOST_EDGE_BYTES);
  const ratio = packed.gzipped / weigh(esbuild, source).gzipped;
  // The order of the modules differs, and with it what gzip finds again.
  assertLess(Math.abs(ratio - 1), 0.02);
});

test("importing the package loads few files, and no more than 488 KiB", () => {
  const loaded = reachedFrom("mod.js");
  const bytes = loaded.reduce((sum, file) => sum + readFileSync(join(installed, file)).length, 0);
  // Each file takes Node a third of a millisecond: forty of them took longer than loading pino.
  assertLess(loaded.length, 8);
  // Compiling the bytes takes the rest of the time; `node bench/startup.mjs` measures it beside pino.
  assertLess(bytes, 488 * 1024);
});

/** Returns the files that importing `entry` loads, relative to the package's folder. */
function reachedFrom(entry) {
  const reached = new Set([entry]);
  for (const file of reached) {
    const text = readFileSync(join(installed, file), "utf8");
    for (const [, target] of text.matchAll(/^(?:import|export|\} from)\b[^;]*?"(\.[^"]+)";$/gm)) {
      reached.add(join(dirname(file), target));
    }
  }
  return [...reached];
}

/** Calls `action` while the consumer has a package that this project has. */
function withPackage(name, action) {
  const link = join(consumer, "node_modules", name);
  symlinkSync(join(root, "node_modules", name), link);
  try {
    action();
  } finally {
    rmSync(link);
  }
}

function resolution(module) {
  return module === "nodenext"
    ? { module, moduleResolution: module }
    : { module: "esnext", moduleResolution: module };
}

/**
 * Compiles the programs (and `more`), and a file that imports every sub-path so that tsc reads all
 * types.
 */
function compile(settings, more = []) {
  const all = specifiers.map((name, at) => `import type * as e${at} from "${name}";`);
  const kept = specifiers.map((_, at) => `export type E${at} = typeof e${at};`);
  writeFileSync(join(consumer, "all.ts"), [...all, ...kept, ""].join("\n"));
  const files = [
    "all.ts",
    "typed.ts",
    ...more,
    ...(settings.module === "nodenext" ? ["required.cts"] : []),
  ];
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    strict: true,
    outDir: "built",
    ...settings,
  };
  writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  run("tsc", "-p", ".");
}

/** Runs a program in the consumer's folder, which must succeed. */
function run(...command) {
  const { status, stdout, stderr } = attempt(...command);
  assert(status === 0, `${command.join(" ")} ended with status ${status}\n${stdout}${stderr}`);
  return { stdout, stderr };
}

function attempt(command, ...args) {
  const options = { cwd: consumer, env: toolEnvironment(), encoding: "utf8" };
  return spawnSync(command, args, options);
}
