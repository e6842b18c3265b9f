import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { test } from "../test.ts";
import { entryPoints, exists, filesUnder, read, root, sources } from "./sources.ts";

const topLevel = [
  ...["deno.json", "mod.ts", "src", "tests", "bench", "README.md", "CHANGELOG.md", "LICENSE"],
  ...["package.json", "package-lock.json", "tsconfig.node.json"],
  ...[".ci", ".git", ".gitattributes", ".gitignore", ".jsr", "node_modules"],
];

/** The files with behaviour that no test file of their own mirrors: where they are tested. */
const testedElsewhere: Record<string, string> = {};

/** The entry points whose example no test can run: why. */
const exampleNotRun: Record<string, string> = {};

test("the top level holds nothing but what belongs there", () => {
  assertEquals(readdirSync(root).filter((name) => !topLevel.includes(name)), []);
});

test("nothing names a path outside the project", () => {
  const text = [".ts", ".mjs", ".md", ".json"].flatMap((suffix) =>
    ["src", "tests", "bench"].flatMap((folder) => filesUnder(folder, suffix))
  );
  const outside = new RegExp(["/work/", "\\.library/", "\\.\\./shared/"].join("|"));
  const top = ["mod.ts", "README.md", "CHANGELOG.md", "deno.json", "package.json", ".ci/run"];
  const all = [...text, ...top.filter(exists)].filter((file) =>
    file !== "tests/meta/layout_test.ts"
  );
  assertEquals(all.filter((file) => outside.test(read(file))), []);
});

test("every source file with behaviour has a test file that mirrors it", () => {
  const missing = sources
    .filter((file) => file !== "mod.ts" && hasBehaviour(file) && !(file in testedElsewhere))
    .filter((file) => !exists(mirrorOf(file)));
  assertEquals(missing, []);
});

test("every listed exception of the mirror is needed and names its tests", () => {
  for (const [file, where] of Object.entries(testedElsewhere)) {
    assert(sources.includes(file), `${file} is gone`);
    assert(!exists(mirrorOf(file)), `${file} has a test file of its own`);
    assert(exists(where), `${file} is said to be tested in ${where}, which does not exist`);
  }
});

test("every entry point has an example that is run", () => {
  const examples = [...sources, ...["README.md"].filter(exists)].flatMap((file) =>
    runnableExamples(read(file))
  );
  const without = Object.keys(entryPoints).filter((entry) =>
    !(entry in exampleNotRun) &&
    !examples.some((code) => code.includes(`"jsr:@logwire/logging${entry.slice(1)}"`))
  );
  assertEquals(without, []);
});

test("every entry point in deno.json is a file", () => {
  assertEquals(Object.values(entryPoints).filter((file) => !sources.includes(file)), []);
});

function mirrorOf(file: string): string {
  return file.replace(/^src\//, "tests/").replace(/\.ts$/, "_test.ts");
}

function hasBehaviour(file: string): boolean {
  return /^(export\s+)?(default\s+)?(abstract\s+)?(async\s+)?(function|class)\b/m.test(read(file));
}

/** The code blocks that `deno test --doc` runs, in doc comments and in Markdown. */
function runnableExamples(text: string): string[] {
  const blocks = text.matchAll(/^[ *]*```(?:ts|typescript)[ \t]*\n([\s\S]*?)^[ *]*```/gm);
  return [...blocks].map(([, code]) => code!);
}
