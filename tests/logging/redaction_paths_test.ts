import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkPaths } from "../../src/logging/_redaction_paths.ts";
import { test } from "../test.ts";

/** Returns true if one of the paths matches these names. */
function matches(paths: (string | string[])[], ...names: string[]): boolean {
  let state: ReturnType<typeof checkPaths> | undefined = checkPaths("test", paths);
  for (const name of names) state = state?.next(name);
  return state?.isMatch ?? false;
}

test("a path matches its own names alone", () => {
  assertEquals(matches(["a.b"], "a", "b"), true);
  assertEquals([matches(["a.b"], "a"), matches(["a.b"], "b"), matches(["a.b"], "x", "b")], [
    ...[false, false, false],
  ]);
  assertEquals(matches(["a.b"], "a", "b", "c"), false);
  assertEquals(matches(["a", "b.c"], "b", "c"), true);
});

test("* in a path stands for one name", () => {
  assertEquals([matches(["*.b"], "x", "b"), matches(["*.b"], "b")], [true, false]);
  assertEquals(matches(["*.b"], "x", "y", "b"), false);
  assertEquals(matches(["a.*"], "a", "0"), true);
});

test("** in a path stands for any number of names, none included", () => {
  for (const names of [["s"], ["a", "s"], ["a", "b", "s"], ["s", "s"]]) {
    assertEquals(matches(["**.s"], ...names), true, names.join());
  }
  assertEquals(matches(["**.s"], "a"), false);
  assertEquals([matches(["a.**.s"], "a", "s"), matches(["a.**.s"], "a", "b", "c", "s")], [
    ...[true, true],
  ]);
  assertEquals(matches(["a.**.s"], "s"), false);
  assertEquals([matches(["a.**"], "a"), matches(["**"], "x")], [true, true]);
});

test("a list of names may have dots in them", () => {
  assertEquals(matches([["a.b", "c"]], "a.b", "c"), true);
  assertEquals(matches([["a.b", "c"]], "a", "b", "c"), false);
});

test("paths match as a regular expression of their names does", () => {
  const name = fc.constantFrom("a", "b", "c");
  const part = fc.oneof(name, fc.constantFrom("*", "**"));
  const path = fc.array(part, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(path, { maxLength: 4 }),
      fc.array(name, { minLength: 1, maxLength: 7 }),
      (paths, names) => {
        const text = names.map((one) => `${one}.`).join("");
        const expected = paths.some((parts) => {
          const source = parts.map((one) =>
            one === "**" ? "(?:[abc]\\.)*" : one === "*" ? "[abc]\\." : `${one}\\.`
          );
          return new RegExp(`^${source.join("")}$`).test(text);
        });
        assertEquals(matches(paths, ...names), expected, JSON.stringify([paths, names]));
      },
    ),
    { seed: 20261128, numRuns: 2000 },
  );
});

test("the number of states that are kept is bounded", () => {
  const start = checkPaths("test", [["**", "a", ...Array(60).fill("*"), "end"]]);
  let state = start;
  // Each choice of the next name leads to another set of places: 2 ** 60 of them.
  for (let i = 0, seed = 1; i < 20_000; i++) {
    seed = (seed * 48271) % 0x7fffffff;
    state = state.next(seed % 2 === 0 ? "a" : "b")!;
  }
  assertEquals(state.isMatch, false);
});

test("checkPaths() refuses what is no path, and names it", () => {
  for (const paths of ["a", [""], ["a..b"], [5], [[]], [["a", 5]], [[""]], {}]) {
    assertThrows(() => checkPaths("test", paths), TypeError, "Cannot test as 'paths");
  }
  assertThrows(() => checkPaths("test", Array(101).fill("a")), TypeError, "at most 100 paths");
  assertThrows(() => checkPaths("test", ["a", "b."]), TypeError, "'paths[1]'");
  assertThrows(() => checkPaths("test", [Array(101).fill("a")]), TypeError, "'paths[0]'");
});
