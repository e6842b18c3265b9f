import { assertEquals, assertLess } from "@std/assert";
import * as esbuild from "esbuild";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { weigh } from "../../bench/tools/bundle.mjs";
import { test } from "../test.ts";
import { MOST_EDGE_BYTES } from "./edge_limit.ts";
import { root } from "./sources.ts";

/** Constants that a bundler cannot leave out. */
const CRUMBS = 50;

// Outside the tests: esbuild keeps a channel open, which Deno would report as a leak of a test.
const worker = weigh(esbuild, join(root, "bench", "edge", "worker.ts"));
const core = weigh(esbuild, join(root, "tests", "meta", "bundled", "core_worker.ts"));
const { outputFiles: [program] } = esbuild.buildSync({
  entryPoints: [join(root, "tests", "meta", "bundled", "calling_program.ts")],
  bundle: true,
  minify: true,
  format: "esm",
  write: false,
});

test("the bundle of an edge worker needs nothing of Node, and stays small", () => {
  assertEquals([worker.imports, worker.warnings], [["cloudflare:sockets"], []]);
  assertLess(worker.gzipped, MOST_EDGE_BYTES);
});

test("a bundle that sends, receives, formats and configures nothing carries no code for it", () => {
  assertEquals([core.imports, core.warnings], [[], []]);
  // Loggers are in these two folders; what is in any other one is unused.
  const unused = /\bsrc\/(?!(?:logging|text)\/)|\/(\w*formatter|strftime|str_format)\.ts$/;
  const carried = core.files.filter(({ file, bytes }) => unused.test(file) && bytes > CRUMBS);
  assertEquals(carried, []);
});

test("a bundle that names no formatter and no filter carries no code of ours for them", () => {
  const parts = [
    ...["json_formatter", "console_formatter", "redacting_filter", "_redaction"],
    ...["_redaction_paths", "_error_fields", "_ansi_colors", "_terminal_colors"],
    ...["json_text", "control_characters"],
  ];
  for (const { files } of [worker, core]) {
    const carried = files.filter(({ file, bytes }) =>
      bytes > 0 && parts.some((part) => file.endsWith(`/${part}.ts`))
    );
    assertEquals(carried, []);
  }
});

test("a bundle that sends no syslog carries no code for RELP", () => {
  for (const { files } of [worker, core]) {
    assertEquals(files.filter(({ file, bytes }) => bytes > 0 && file.includes("relp_")), []);
  }
});

test("captureCaller() distinguishes the program's functions from ours in a bundle that is minified", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  try {
    const file = join(folder, "program.mjs");
    writeFileSync(file, program!.contents);
    const { callers } = await import(pathToFileURL(file).href);
    assertEquals(callers(), ["plain", "keyword", "adapted"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
