// deno-lint-ignore-file no-console -- a tool prints
/**
 * Bundles the collector's page from `src/collector/page/` into `src/collector/_page_assets.ts`, so
 * that who runs the collector needs no build step:
 *
 *     node tests/tools/build_page.mjs
 *
 * `tests/meta/page_assets_test.ts` fails where the two differ.
 */
import * as esbuild from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { root } from "./std_packages.mjs";

/** The file that is written, from the top level. */
export const ASSETS = "src/collector/_page_assets.ts";

const folder = join(root, "src", "collector", "page");

/** The packages in the bundle, whose licence asks for its text beside every copy. */
const PACKAGES = ["preact"];

/** The text of the module. */
export function pageModule() {
  const assets = {
    "index.html": ["text/html; charset=utf-8", readFileSync(join(folder, "index.html"), "utf8")],
    "app.js": ["text/javascript; charset=utf-8", bundle("_main.tsx", licences())],
    "app.css": ["text/css; charset=utf-8", bundle("app.css")],
    "icon.svg": ["image/svg+xml", readFileSync(join(folder, "icon.svg"), "utf8")],
  };
  const entries = Object.entries(assets).map(([name, [type, body]]) =>
    `  ${JSON.stringify(name)}: {\n    type: ${JSON.stringify(type)},\n    body: ${
      JSON.stringify(body)
    },\n  },\n`
  );
  return [
    "// deno-fmt-ignore-file\n",
    "// deno-lint-ignore-file\n",
    "/** The files of the page. Written by tests/tools/build_page.mjs; do not edit. */\n",
    "export const assets: Readonly<Record<string, { type: string; body: string }>> = {\n",
    ...entries,
    "};\n",
  ].join("");
}

/** The bytes of the page's files. */
export function pageBytes(assets) {
  return Object.values(assets).reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
}

function bundle(file, banner = "") {
  const { outputFiles: [output] } = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: [join(folder, file)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "inline",
    charset: "utf8",
    // Set for tests and tools alone; a browser has no such variable.
    define: { "process.env.NODE_ENV": '"production"' },
    tsconfigRaw: "{}",
  });
  return banner + output.text;
}

function licences() {
  const texts = new Map();
  for (const name of PACKAGES) {
    const path = join(root, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const text = readFileSync(join(path, "LICENSE"), "utf8").trim();
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
  }
  const notes = [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text}`);
  return `/*!\n${notes.join("\n\n")}\n*/\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = pageModule();
  writeFileSync(join(root, ASSETS), text);
  const { assets } = await import(
    `data:text/javascript,${encodeURIComponent(text.replace(/: Readonly<.*?>> =/, " ="))}`
  );
  for (const [name, { body }] of Object.entries(assets)) {
    console.log(`${name.padEnd(12)} ${Buffer.byteLength(body)} bytes`);
  }
  console.log(`${"all".padEnd(12)} ${pageBytes(assets)} bytes`);
}
