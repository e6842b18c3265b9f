// deno-lint-ignore-file no-console -- a bench prints
/**
 * `node bench/bundle.mjs`: what logging adds to the bundle of an edge worker, ours beside LogTape
 * with its syslog sink and pino's build for browsers. The workers are in edge/.
 *
 *     node bench/bundle.mjs             one table
 *     node bench/bundle.mjs --files     and what each file of ours is of it
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setUp } from "../tests/tools/setup.mjs";
import { weigh } from "./tools/bundle.mjs";
import { installPeers, versionOf } from "./tools/peers.mjs";

const bench = fileURLToPath(new URL(".", import.meta.url));

await setUp();
installPeers();
const { default: esbuild } = await import(
  pathToFileURL(join(bench, "node_modules", "esbuild", "lib", "main.js")).href
);

const subjects = [
  { name: "logwire", entry: "worker.ts" },
  { name: `LogTape ${versionOf("@logtape/logtape")} with its syslog sink`, entry: "logtape.mjs" },
  { name: `pino ${versionOf("pino")}, its browser build: no transport`, entry: "pino.mjs" },
];
const weights = subjects.map(({ name, entry }) => {
  const weight = weigh(esbuild, join(bench, "edge", entry), ["cloudflare:*", "node:*"]);
  return { name, ...weight };
});

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
const headings = ["bundle for workerd", "minified", "gzipped", "imports at run time"];
const rows = weights.map(({ name, minified, gzipped, imports }) => [
  ...[name, kib(minified), kib(gzipped), imports.join(", ") || "nothing"],
]);
const widths = headings.map((_, at) =>
  Math.max(...[headings, ...rows].map((row) => row[at].length))
);
const line = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
console.log([headings, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n"));
console.log(`\nesbuild ${versionOf("esbuild")}, gzip -9`);
if (process.argv.includes("--files")) {
  const [{ files }] = weights;
  for (const { file, bytes } of files) console.log(String(bytes).padStart(8), file);
}
