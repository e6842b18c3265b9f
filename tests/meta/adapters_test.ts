// An adapter only translates: what is more than that shows in its size and in its timers.
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { read, sources, withoutComments } from "./sources.ts";

/** The most lines that a reader can keep in mind: two or three screens. */
const MOST_LINES = 120;

/** The files that open, carry and accept byte streams: of each runtime, and what they share. */
const streamFiles = [
  ...sources.filter((file) => /^src\/adapters\/\w+\/(_?stream|dial|listener)\.ts$/.test(file)),
  "src/adapters/cloudflare.ts",
  "src/net/socket_stream.ts",
];

function linesOf(text: string): number {
  return withoutComments(text).split("\n").filter((line) => line.trim() !== "").length;
}

test("the code of each adapter's byte streams has at most 120 lines a file", () => {
  for (const runtime of ["bun", "cloudflare", "deno", "node"]) {
    const stream = new RegExp(`^src/adapters/${runtime}/_?stream[.]ts$`);
    assert(streamFiles.some((file) => stream.test(file)), runtime);
  }
  const long = streamFiles.map((file) => ({ file, lines: linesOf(read(file)) }))
    .filter(({ lines }) => lines > MOST_LINES);
  assertEquals(long, []);
});

test("linesOf() counts lines of code, without comments and blank lines", () => {
  assertEquals(linesOf("/**\n * a\n */\nlet a; // b\n\n// c\nlet b;\n"), 2);
});

test("no adapter's byte streams start a timer: when to try again is for src/net to say", () => {
  const timers = streamFiles.filter((file) => file.startsWith("src/adapters/"))
    .filter((file) => /\bset(Timeout|Interval|Immediate)\b/.test(withoutComments(read(file))));
  assertEquals(timers, []);
});
