/** The files of the collector's page are built from their sources, and stay small. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { assets } from "../../src/collector/_page_assets.ts";
import { ASSETS, pageBytes, pageModule } from "../tools/build_page.mjs";
import { test } from "../test.ts";
import { read } from "./sources.ts";

/** The bytes of the page's program, and of all its files, minified. */
const MOST_PROGRAM_BYTES = 61 * 1024;
const MOST_BYTES = 77 * 1024;

// Outside the tests: esbuild keeps a channel open, which Deno would report as a leak of a test.
const built = pageModule();

test("the bundled page is what its sources give: node tests/tools/build_page.mjs", () => {
  assert(read(ASSETS) === built, `${ASSETS} is old`);
});

test("the page stays small", () => {
  assertLess(pageBytes({ "app.js": assets["app.js"]! }), MOST_PROGRAM_BYTES);
  assertLess(pageBytes(assets), MOST_BYTES);
});

test("the page has the licences of the code that it bundles", () => {
  const { body } = assets["app.js"]!;
  assert(body.startsWith("/*!\npreact "));
  assert(body.includes("Permission is hereby granted"));
});

test("the page makes no HTML of text, and names no other host", () => {
  const { body } = assets["index.html"]!;
  assertEquals(body.match(/\bstyle=|<style|\bon\w+=|<script>|https?:/g), null);
  const sources = read("src/collector/page/_text.tsx") + read("src/collector/page/_record_row.tsx");
  assertEquals(/innerHTML/i.test(sources), false);
  assertEquals(assets["app.css"]!.body.match(/url\(|@import/g), null);
});
