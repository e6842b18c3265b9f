/** Programs and test files as Node for Windows runs them: a file each, without TypeScript. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A `require()` for packages of CommonJS that are bundled. */
const banner = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url);`;

/** Bundles files of the project into a folder; returns the path of each bundle. */
export async function bundle(files: readonly string[], folder: string): Promise<string[]> {
  const { build } = await import("esbuild");
  const nameOf = (file: string) => file.replaceAll("/", "-").replace(/\.ts$/, "");
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(files.map((file) => [nameOf(file), file])),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
    external: ["bun:*", "koffi", "unix-dgram"],
    logLevel: "error",
  });
  return files.map((file) => join(folder, `${nameOf(file)}.mjs`));
}
