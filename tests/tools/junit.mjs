/** Reads of the JUnit reports of `deno test`, `bun test` and `node --test` what a summary needs. */
import { existsSync, readFileSync } from "node:fs";

const testcase = /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
/** How tests/test.ts writes a skip into the test's name. */
const reason = /# skipped: ([^"]*)"/;

/** Counts of the report at `path`, with the reason of each skipped test. */
export function readReport(path) {
  const counts = { passed: 0, failed: 0, skipped: [] };
  const xml = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const [, attributes, body = ""] of xml.matchAll(testcase)) {
    if (/<(failure|error)\b/.test(body)) counts.failed++;
    else if (/<skipped\b/.test(body)) counts.skipped.push(plain(attributes.match(reason)?.[1]));
    else counts.passed++;
  }
  return counts;
}

function plain(text = "no reason given") {
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:amp;)?(amp|lt|gt|quot|apos);/g, (_, name) => entities[name]);
}
