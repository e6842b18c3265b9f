/** Reads what a summary needs from the JUnit reports of `deno test`, `bun test` and `node --test`. */
import { existsSync, readFileSync } from "node:fs";

const testcase = /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
/** How tests/test.ts writes a skip into the test's name. */
const reason = /# skipped: ([^"]*)"/;

/**
 * How many tests of the report at `path` passed; `{ name, file, text }` of each failed test, where
 * `text` is its error and the runtime may not tell its file; the reason of each skipped test.
 */
export function readReport(path) {
  const results = { passed: 0, failed: [], skipped: [] };
  const xml = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const [, attributes, body = ""] of xml.matchAll(testcase)) {
    const failure = body.match(/<(?:failure|error)\b(?:[^>"]|"[^"]*")*?(?:\/>|>([\s\S]*?)<\/)/);
    if (failure !== null) {
      const name = plain(attributes.match(/\bname="([^"]*)"/)?.[1] ?? "");
      // Deno writes the file as the class; Node writes "test" there, and some versions the file.
      const file = attributes.match(/\b(?:file|classname)="([^"]*_test\.ts)"/)?.[1] ?? "";
      results.failed.push({ name, file, text: plain(failure[1] ?? "").trim() });
    } else if (/<skipped\b/.test(body)) {
      results.skipped.push(plain(attributes.match(reason)?.[1] ?? "no reason given"));
    } else results.passed++;
  }
  return results;
}

function plain(text) {
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#10": "\n" };
  return text.replace(/&(?:amp;)?(amp|lt|gt|quot|apos|#10);/g, (_, name) => entities[name]);
}
