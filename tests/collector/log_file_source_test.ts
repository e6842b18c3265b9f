import { assertEquals } from "@std/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  linesBack,
  type LogFileSource,
  openCompressed,
  openPlain,
} from "../../src/collector/_log_file_source.ts";
import { test } from "../test.ts";

async function linesOf(source: LogFileSource): Promise<[string, number][]> {
  const lines: [string, number][] = [];
  for await (const { line, offset } of linesBack(source, source.size)) lines.push([line, offset]);
  await source.close();
  return lines;
}

const text = "first\nsecond\nthird";

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "logwire-source-"));
  try {
    await work(join(folder, "file"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("linesBack() yields the lines of a file and of a compressed one", () =>
  inFolder(async (path) => {
    writeFileSync(path, text);
    const plain = await openPlain(path, text.length);
    writeFileSync(path + ".gz", gzipSync(text));
    for (const source of [plain, (await openCompressed(path + ".gz"))!]) {
      assertEquals(await linesOf(source), [["third", 13], ["second", 6], ["first", 0]]);
    }
  }));

test("linesBack() ends where a file has become shorter", () =>
  inFolder(async (path) => {
    writeFileSync(path, text);
    assertEquals(await linesOf(await openPlain(path, 99)), []);
  }));

test("openCompressed() gives up on a content that is too large, cut off, or no gzip", () =>
  inFolder(async (path) => {
    const packed = gzipSync("x".repeat(1000));
    for (const content of [packed, packed.subarray(0, -9), new TextEncoder().encode("no gzip")]) {
      writeFileSync(path, content);
      assertEquals(await openCompressed(path, 999), undefined);
    }
    assertEquals(await openCompressed(path + ".none"), undefined);
  }));
