/** The project's own sources as data, for the tests of its layout. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The top level of the project. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The text of the file at `path`, relative to the top level. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** True if there is something at `path`, relative to the top level. */
export function exists(path: string): boolean {
  return existsSync(join(root, path));
}

/** The files under `folder` whose name ends in `suffix`: sorted, relative to the top level. */
export function filesUnder(folder: string, suffix: string): string[] {
  if (!exists(folder)) return [];
  const inside = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const found = inside.filter((name) => name.endsWith(suffix));
  return found.map((name) => posix.join(folder, name.replaceAll("\\", "/"))).sort();
}

/** The published files, and those that the collector's page is built of. */
export const sources: string[] = [
  ...["mod.ts", ...filesUnder("src", ".ts"), ...filesUnder("src", ".tsx")],
];

/** The exports of `deno.json`: entry point (`.`, `./deno` …) → file. */
export const entryPoints: Record<string, string> = Object.fromEntries(
  Object.entries(JSON.parse(read("deno.json")).exports as Record<string, string>)
    .map(([entry, file]) => [entry, posix.normalize(file)]),
);

/** One import or re-export of a file. */
export interface Import {
  /** As it is written: a specifier that is relative has become a path from the top level. */
  target: string;
  /** True for `import(…)`. */
  dynamic: boolean;
  /** True for `import type`, `export type … from`: nothing is loaded. */
  typeOnly: boolean;
  /** True for `export … from`. */
  reExport: boolean;
}

const fromStatement = /^(import|export)\s+(type\s)?[^;"'`]*?\bfrom\s+"([^"]+)"/gm;
const bareImport = /^import\s+"([^"]+)"/gm;
const dynamicImport = /\bimport\(\s*(?:"([^"]+)"|([^)]*))/g;

/** Returns the imports and re-exports of `file`. A dynamic import of no literal has its expression. */
export function importsOf(file: string): Import[] {
  const code = withoutComments(read(file));
  const resolve = (specifier: string) =>
    specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
  return [
    ...[...code.matchAll(fromStatement)].map(([, keyword, type, target]) => ({
      target: resolve(target!),
      dynamic: false,
      typeOnly: type !== undefined,
      reExport: keyword === "export",
    })),
    ...[...code.matchAll(bareImport)].map(([, target]) => ({
      target: resolve(target!),
      dynamic: false,
      typeOnly: false,
      reExport: false,
    })),
    ...[...code.matchAll(dynamicImport)].map(([, literal, expression]) => ({
      target: resolve(literal ?? expression!),
      dynamic: true,
      typeOnly: false,
      reExport: false,
    })),
  ];
}

/**
 * `code` without the comments that stand on lines of their own or after a statement. That is all
 * that `deno fmt` leaves, and a `//` within a string stays, as it follows no blank.
 */
export function withoutComments(code: string): string {
  return code.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** True if all that `file` does is to re-export. */
export function isBarrel(file: string): boolean {
  const code = withoutComments(read(file));
  const rest = code
    .replace(/^(?:import|export)\s[^;"'`]*?\bfrom\s+"[^"]+";?/gm, "")
    .replace(/^export\s+(?:type\s+)?\{[^}]*\};?/gm, "");
  return rest.trim() === "" && /^export\s/m.test(code);
}
