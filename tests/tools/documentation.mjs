// deno-lint-ignore-file no-console -- a tool prints
/**
 * Checks what a page of JSR shows of each entry point in `deno.json`, as `deno doc` renders it:
 *
 * - the entry point has a description with an example;
 * - every symbol has a description, and so has every public member of it;
 * - a type from which an exported interface or type takes members (of an options interface its base)
 *   is exported beside it: a page shows no member of a type that the entry point does not export.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { setUp, toolEnvironment } from "./setup.mjs";
import { root } from "./std_packages.mjs";

/** The language's own types, which every reader knows. */
const KNOWN = ["AsyncDisposable", "AsyncIterable", "Disposable", "Error", "Iterable", "Record"];

/** Its helpers: `Omit<Base, "a">` has members of `Base`. */
const HELPERS = ["Omit", "Partial", "Pick", "Readonly", "Required"];

/** The symbols of an entry point, as `deno doc` has them, and the description of its module. */
function documentationOf(file) {
  const { status, stdout, stderr } = spawnSync("deno", ["doc", "--json", file], {
    cwd: root,
    env: toolEnvironment(),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`deno doc --json ${file} failed: ${stderr}`);
  const [module] = Object.values(JSON.parse(stdout).nodes);
  const isExported = ({ declarationKind }) => declarationKind === "export";
  const symbols = (module.symbols ?? [])
    .map(({ name, declarations }) => ({ name, declarations: declarations.filter(isExported) }))
    .filter(({ declarations }) => declarations.length > 0);
  return { description: module.module_doc, symbols };
}

/** The names of the types that a type takes its members from. */
function* namesIn(type) {
  if (type === undefined || type === null) return;
  const { kind, value } = type;
  if (kind === "typeRef") {
    if (HELPERS.includes(value.typeName)) yield* namesIn(value.typeParams[0]);
    else if (!isForeign(value.resolution)) yield value.typeName;
  } else if (kind === "intersection" || kind === "union") {
    for (const one of value) yield* namesIn(one);
  } else if (kind === "parenthesized") yield* namesIn(value);
}

/** True for a type of Node, or of another package, which has docs of its own. */
function isForeign(resolution) {
  return resolution?.kind === "import" && !resolution.specifier.startsWith(".");
}

/** The names of the types that a declaration takes its members from. */
function basesOf({ kind, def }) {
  if (kind === "interface") return (def.extends ?? []).flatMap((type) => [...namesIn(type)]);
  // Classes are described with their bases on the page of ".".
  // An alias of one type is another name for it; an intersection has the members of all.
  if (kind === "typeAlias" && def.tsType.kind === "intersection") return [...namesIn(def.tsType)];
  return [];
}

/** The members of a declaration that a page shows, each with its name. */
function membersOf({ kind, def }) {
  if (kind === "interface") return [...(def.properties ?? []), ...(def.methods ?? [])];
  if (kind !== "class") return [];
  const members = [...(def.properties ?? []), ...(def.methods ?? [])];
  return members.filter(({ accessibility, jsDoc, isOverride }) =>
    accessibility !== "private" && !isIgnored(jsDoc) && !isOverride
  );
}

function isIgnored(doc) {
  return (doc?.tags ?? []).some(({ kind }) => kind === "ignore");
}

function isDescribed(doc) {
  return (doc?.doc ?? "").trim() !== "" || isIgnored(doc);
}

function hasExample(doc) {
  return (doc?.tags ?? []).some(({ kind }) => kind === "example");
}

/** The faults of an entry point, a line each. */
function faultsOf(entry, file) {
  const { description, symbols } = documentationOf(file);
  const faults = [];
  if (!isDescribed(description)) faults.push("has no description");
  if (!hasExample(description)) faults.push("has no example in its description");
  const exported = new Set(symbols.map(({ name }) => name));
  for (const { name, declarations } of symbols) {
    if (!declarations.some(({ jsDoc }) => isDescribed(jsDoc))) faults.push(`${name} has no docs`);
    for (const declaration of declarations) {
      const where = placeOf(declaration);
      const parameters = new Set((declaration.def?.typeParams ?? []).map(({ name }) => name));
      for (const base of basesOf(declaration)) {
        if (exported.has(base) || KNOWN.includes(base) || parameters.has(base)) continue;
        faults.push(`${name} has members of ${base}, which is not exported there (${where})`);
      }
      const all = membersOf(declaration);
      for (const member of new Set(all.map(({ name }) => name))) {
        if (all.some(({ name, jsDoc }) => name === member && isDescribed(jsDoc))) continue;
        faults.push(`${name}.${member} has no docs (${where})`);
      }
    }
  }
  return faults.map((fault) => `${entry}: ${fault}`);
}

function placeOf({ location }) {
  return `${relative(root, fileURLToPath(location.filename))}:${location.line}`;
}

await setUp();
const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
const faults = Object.entries(exports).flatMap(([entry, file]) => faultsOf(entry, file));
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}
