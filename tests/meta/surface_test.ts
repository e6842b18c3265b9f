import { assertEquals, assertLessOrEqual } from "@std/assert";
import { test } from "../test.ts";
import { entryPoints, read, withoutComments } from "./sources.ts";

/**
 * Limits the names that `.` exports, types among them: a reader cannot survey more in one sitting.
 * Parts that few programs need stand behind sub-paths.
 */
const MOST_NAMES = 140;

/** Returns the names that `file` re-exports. */
function reExported(file: string): string[] {
  const lists = withoutComments(read(file)).matchAll(/^export (?:type )?\{([^}]*)\} from/gm);
  return [...lists].flatMap(([, list]) => list!.split(",")).map((name) => name.trim())
    .filter((name) => name !== "").map((name) => name.replace(/^type | as .*$/g, ""));
}

test("mod.ts exports at most 140 names, each once", () => {
  const names = reExported("mod.ts");
  assertEquals(names.filter((name, at) => names.indexOf(name) !== at), []);
  assertLessOrEqual(names.length, MOST_NAMES);
});

test("mod.ts exports nothing but by name", () => {
  const rest = withoutComments(read("mod.ts")).replace(
    /^export (type )?\{[^}]*\} from ".*";$/gm,
    "",
  );
  assertEquals(rest.trim(), "");
});

test("every sub-path is in kebab case", () => {
  assertEquals(
    Object.keys(entryPoints).filter((entry) => !/^\.(\/[a-z]+(-[a-z]+)*)?$/.test(entry)),
    [],
  );
});
