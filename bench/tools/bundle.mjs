// @ts-self-types="./bundle.d.mts"
/** Bundles a worker as its author would, and weighs it. */
import { gzipSync } from "node:zlib";

/**
 * Bundles `entry` for workerd and returns its bytes minified and gzipped, its imports at run time,
 * esbuild's warnings, and how many bytes of it come from each file. `esbuild` is the module.
 */
export function weigh(esbuild, entry, external = ["cloudflare:*"]) {
  const { outputFiles, warnings, metafile } = esbuild.buildSync({
    entryPoints: [entry],
    outfile: "worker.js",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external,
    logLevel: "silent",
  });
  const [{ contents }] = outputFiles;
  const [{ imports, inputs }] = Object.values(metafile.outputs);
  return {
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
    imports: [...new Set(imports.map(({ path }) => path))].sort(),
    warnings: warnings.map(({ text }) => text),
    files: Object.entries(inputs)
      .map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}
