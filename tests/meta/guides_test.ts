/** The guides: the module doc of each entry point, which JSR shows as its page. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { entryPoints, read } from "./sources.ts";

/** Less than this says hardly more than a signature does. */
const LEAST_WORDS = 80;

/** The entry points whose program another test runs, with that test. */
const runElsewhere: Record<string, string> = {
  "./cloudflare": "tests/interop/edge_test.ts runs the worker of README.md in workerd",
};

/** The text of the comment that describes the module, without its programs. */
function guideOf(file: string): { prose: string; programs: string[] } {
  const [, comment = ""] = read(file).match(/^\/\*\*\n([^]*?) \*\/$/m) ?? [];
  assert(comment.includes("@module"), `${file} begins with the description of its module`);
  const text = comment.replace(/^ \* ?/gm, "");
  const programs = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);
  return { prose: text.replace(/^```[^]*?^```$/gm, ""), programs };
}

for (const [entry, file] of Object.entries(entryPoints)) {
  test(`the page of ${entry} has a guide and a program that is run`, () => {
    const { prose, programs } = guideOf(file);
    const words = prose.split(/\s+/).filter(Boolean).length;
    assert(words > LEAST_WORDS, `${file}: ${words} words`);
    if (entry in runElsewhere) return;
    const specifier = `"jsr:@logwire/logging${entry.slice(1)}"`;
    assert(programs.some((code) => code.includes(specifier)), `${file} has no program with it`);
  });
}

const handlers = Object.keys(entryPoints).filter((entry) => /-handlers?$/.test(entry));

test("the guide of each handler has its options, its outages, its exits and its errors", () => {
  const wanted = [/^## Options$/m, /^## When the program ends$/m, /^## Errors$/m];
  const without = handlers.filter((entry) => {
    const { prose } = guideOf(entryPoints[entry]!);
    // The other "When" is the outage: the server is away, the disk or the queue is full.
    const situations = prose.match(/^## When /gm) ?? [];
    return situations.length < 2 || wanted.some((heading) => !heading.test(prose));
  });
  assertEquals(without, []);
});

/** The headings of the page of each integration. */
const headings = [
  ...["From … to a record", "Cheat sheet", "`%` in messages", "Options"],
  ...["When the server is away", "When the program ends", "On Cloudflare Workers", "Errors"],
];

/** What the page of an integration leaves out, each with the reason. */
const leftOut: Record<string, Record<string, string>> = {
  "./winston": { "On Cloudflare Workers": "its transport is a stream of Node" },
};

for (const entry of ["./pino", "./winston", "./logtape", "./opentelemetry", "./console"]) {
  test(`the page of ${entry} has the headings of all integrations, in their order`, () => {
    const { prose } = guideOf(entryPoints[entry]!);
    const found = [...prose.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
    assertEquals(
      found.map((heading) => heading.replace(/^From .* to a record$/, headings[0]!)),
      headings.filter((heading) => leftOut[entry]?.[heading] === undefined),
    );
  });
}
