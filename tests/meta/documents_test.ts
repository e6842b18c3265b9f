/** The documents in .github name files and folders of the project: those exist, and none is left out. */
import { assert, assertEquals } from "@std/assert";
import { posix } from "node:path";
import { test } from "../test.ts";
import { exists, filesUnder, importsOf, read, sources } from "./sources.ts";

const documents = filesUnder(".github", ".md");

/** The paths that a document names: in backticks, and as targets of links. */
function pathsIn(document: string): string[] {
  const text = read(document);
  const quoted = [...text.matchAll(/`((?:src|tests|bench|\.ci|\.github)\/[^`*<>\s]*)`/g)];
  const links = [...text.matchAll(/\]\(([^):#]+)\)/g)].map(([, target = ""]) =>
    posix.join(posix.dirname(document), target)
  );
  return [...quoted.map(([, path = ""]) => path), ...links];
}

test("every file and folder that a document in .github names exists", () => {
  assertEquals(documents, [
    ".github/ARCHITECTURE.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
  ]);
  const missing = documents.flatMap((document) => {
    const paths = pathsIn(document);
    assert(paths.length > 0, document);
    return paths.filter((path) => !exists(path)).map((path) => `${document}: ${path}`);
  });
  assertEquals(missing, []);
});

/** The table of ARCHITECTURE.md: folder → the folders that it may import, all below `src`. */
const layers = new Map(
  [...read(".github/ARCHITECTURE.md").matchAll(/^\| `src\/(\S+)\/` +\|.*\| (.*?) +\|$/gm)]
    .map(([, folder = "", imports = ""]) => [folder, imports.split(", ")]),
);

test("ARCHITECTURE.md describes every folder of src, and no other", () => {
  const folders = new Set(sources.map((file) => posix.dirname(file).slice("src/".length)));
  folders.delete("");
  assertEquals([...layers.keys()].sort(), [...folders].sort());
});

test("ARCHITECTURE.md names every folder that a folder imports", () => {
  const folderOf = (file: string) => posix.dirname(file).slice("src/".length);
  const isAdapter = (folder: string) => folder.split("/")[0] === "adapters";
  const unnamed = sources.filter((file) => file !== "mod.ts").flatMap((file) => {
    const folder = folderOf(file);
    const targets = importsOf(file).map(({ target }) => target)
      .filter((target) => sources.includes(target)).map(folderOf);
    return targets
      .filter((target) => target !== folder && !(isAdapter(folder) && isAdapter(target)))
      .filter((target) => !layers.get(folder)?.includes(target))
      .filter(() => layers.get(folder)?.[0] !== "all of these")
      .map((target) => `${folder} imports ${target}`);
  });
  assertEquals([...new Set(unnamed)], []);
});

test("the workflow of CI runs .ci/run and no check of its own", () => {
  const steps = [...read(".github/workflows/ci.yml").matchAll(/\brun: (.*)/g)];
  assertEquals(steps.map(([, command = ""]) => command.split(" ").at(-1)), [".ci/run"]);
});
