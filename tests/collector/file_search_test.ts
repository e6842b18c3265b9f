import { assertEquals, assertRejects } from "@std/assert";
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { FileSearch, type FilesFound } from "../../src/collector/_file_search.ts";
import { ParameterError, RecordFilter } from "../../src/collector/_record_filter.ts";
import { JSONFormatter } from "../../src/logging/json_formatter.ts";
import { test } from "../test.ts";
import { received } from "./records.ts";

const all = new RecordFilter();
const formatter = new JSONFormatter();
const lineOf = (fields: Record<string, unknown>) => formatter.format(received(fields)) + "\n";
const messages = ({ records }: FilesFound) => records.map(({ message }) => message);

async function inFolder(work: (path: string, search: FileSearch) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "logwire-search-"));
  try {
    const path = join(folder, "app.log");
    await work(path, new FileSearch(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("FileSearch finds the newest records first, and goes on at a cursor", () =>
  inFolder(async (path, search) => {
    writeFileSync(path, ["a", "b", "c", "d"].map((msg) => lineOf({ msg })).join(""));
    const first = await search.search(all, null, 2);
    assertEquals(messages(first), ["d", "c"]);
    assertEquals(first.cursor, first.records[1]!.cursor);
    // A roll-over renames the file, and new records arrive.
    renameSync(path, `${path}.1`);
    writeFileSync(path, lineOf({ msg: "e" }));
    const second = await search.search(all, first.cursor, 9);
    assertEquals([messages(second), second.cursor], [["b", "a"], null]);
    assertEquals(messages(await search.search(all, "", 9)), ["e", "d", "c", "b", "a"]);
  }));

test("FileSearch looks through files by their age, and names those that are damaged", () =>
  inFolder(async (path, search) => {
    for (
      const [name, msg, age] of [["", "new", 0], [".2", "old", 20], [".1", "mid", 10]] as const
    ) {
      writeFileSync(path + name, lineOf({ msg }));
      utimesSync(path + name, 1000 - age, 1000 - age);
    }
    writeFileSync(`${path}.3.gz`, "x");
    writeFileSync(path.replace("app.log", "app.logger"), lineOf({ msg: "of another" }));
    const found = await search.search(all, null, 9);
    assertEquals(messages(found), ["new", "mid", "old"]);
    assertEquals(found.passedOver, ["app.log.3.gz"]);
  }));

test("FileSearch finds records of compressed files, and goes on within one", () =>
  inFolder(async (path, search) => {
    const text = ["a", "b", "c"].map((msg) => lineOf({ msg })).join("");
    writeFileSync(path, lineOf({ msg: "d" }));
    writeFileSync(`${path}.1.gz`, gzipSync(text));
    // A file that is still being compressed is searched as it was.
    writeFileSync(`${path}.2`, lineOf({ msg: "z" }));
    writeFileSync(`${path}.2.gz`, gzipSync(lineOf({ msg: "z" })));
    writeFileSync(`${path}.2.gz.part`, "x");
    utimesSync(`${path}.2`, 1000, 1000);
    const first = await search.search(all, null, 2);
    assertEquals(messages(first), ["d", "c"]);
    const second = await search.search(all, first.cursor, 9);
    assertEquals([messages(second), second.cursor], [["b", "a", "z"], null]);
    assertEquals(second.passedOver, undefined);
  }));

test("FileSearch applies the filter, and passes over lines that are no records", () =>
  inFolder(async (path, search) => {
    const text = "2023-11-14 22:13:20,500 ERROR shop: plain: text";
    writeFileSync(path, `no record\n{"cut off\n\n${text}\n${lineOf({ msg: "x", user: "anna" })}`);
    appendFileSync(path, lineOf({ sender_address: "10.0.0.1", levelname: "INFO" }).slice(0, -1));
    const found = await search.search(all, null, 9);
    assertEquals(messages(found), ["3 left", "x", "plain: text"]);
    assertEquals(found.records.map(({ host, level }) => `${host} ${level}`), [
      ...["10.0.0.1 INFO", " INFO", " ERROR"],
    ]);
    const filter = new RecordFilter(new URLSearchParams("field=user:anna"));
    assertEquals(messages(await search.search(filter, null, 9)), ["x"]);
  }));

test("FileSearch reads lines that lie in several blocks, and of any length", () =>
  inFolder(async (path, search) => {
    const long = "y".repeat(700_000);
    const wide = "é€😀".repeat(100_000);
    writeFileSync(
      path,
      [long, "short", wide, "x".repeat(262_144)].map((msg) => lineOf({ msg })).join(""),
    );
    const found = await search.search(all, null, 9);
    assertEquals(messages(found).map((text) => text.slice(0, 2)), ["xx", "é€", "sh", "yy"]);
  }));

test("FileSearch finds nothing without a file, or for a file that was removed", () =>
  inFolder(async (path, search) => {
    assertEquals(await search.search(all, null, 9), { records: [], cursor: null, scannedBytes: 0 });
    writeFileSync(path, lineOf({}));
    assertEquals(messages(await search.search(all, "1:5", 9)), []);
    await assertRejects(() => search.search(all, "../etc", 9), ParameterError);
  }));

test("FileSearch reads no file but those of --out", () =>
  inFolder(async (path, search) => {
    const rolled = ["", ".1", ".2026-11-29", ".2026-11-29_14-00-00", ".2026-11-28.1"];
    for (const end of rolled) writeFileSync(path + end, lineOf({ msg: end }));
    for (const end of [".json", ".key", ".1.json", "-1", "1", ".1.gz.txt", ".bak.1"]) {
      writeFileSync(path + end, lineOf({ msg: "of another program" }));
    }
    const found = messages(await search.search(all, null, 99));
    assertEquals(found.sort(), rolled.toSorted());
  }));
