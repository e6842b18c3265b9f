import { assertEquals } from "@std/assert";
import { filesToDelete, type RotatedNaming } from "../../src/files/_files_to_delete.ts";
import { rolloverUnit } from "../../src/files/rollover_schedule.ts";
import { test } from "../test.ts";

const { extMatch } = rolloverUnit("D")!;
const naming: RotatedNaming = { baseName: "a.log", extMatch, gzip: false };
const days = ["2024-01-01", "2024-01-02", "2024-01-03"];

test("filesToDelete() returns the handler's oldest files, and keeps backupCount of them", () => {
  const own = days.map((day) => `a.log.${day}`);
  const others = ["a.log", "a.b.log.2023-01-01", "a.log.x", "a.log.2023-01-01.bak", "2023-01-01"];
  others.push("a.log.b.2023-01-01");
  const names = [...own.toReversed(), ...others];
  assertEquals(filesToDelete(names, naming, 1), own.slice(0, 2));
  assertEquals(filesToDelete(names, naming, 3), []);
  assertEquals(filesToDelete(names, naming, 9), []);
});

test("filesToDelete() finds the date wherever a namer has put it", () => {
  const namer = (name: string) => name.replace(".log", "") + ".log";
  const names = ["a.b.log", ...days.map((day) => `a.${day}.log`), "a.12024-01-01.log"];
  names.push("a.b.2023-01-01.log"); // of a handler of a.b.log, with the same namer
  assertEquals(filesToDelete(names, { ...naming, namer }, 2), ["a.2024-01-01.log"]);
  const stamped = (name: string) => `1999-09-09 ${name}`;
  assertEquals(
    filesToDelete(days.map((day) => stamped(`a.log.${day}`)), { ...naming, namer: stamped }, 2),
    ["1999-09-09 a.log.2024-01-01"],
  );
});

test("filesToDelete() counts a number behind a name as a file of its own, in order", () => {
  const names = ["", ".10", ".2", ".1"].map((number) => `a.log.2024-01-01${number}`);
  assertEquals(filesToDelete(names, naming, 1), [
    "a.log.2024-01-01",
    "a.log.2024-01-01.1",
    "a.log.2024-01-01.2",
  ]);
});

test("filesToDelete() counts a file and its compressed form as one", () => {
  const names = days.flatMap((day) => [`a.log.${day}`, `a.log.${day}.gz`]);
  names.push("a.log.2024-01-01.1.gz", "a.log.2024-01-01.gz.part");
  assertEquals(filesToDelete(names, { ...naming, gzip: true }, 2), [
    "a.log.2024-01-01",
    "a.log.2024-01-01.gz",
    "a.log.2024-01-01.gz.part",
    "a.log.2024-01-01.1.gz",
  ]);
  assertEquals(filesToDelete(names, naming, 2), ["a.log.2024-01-01"]);
});

test("filesToDelete() matches by the program's extMatch, whatever its flags", () => {
  const own = { ...naming, extMatch: /\d{8}\.txt/gy };
  const names = ["a.log.20240101.txt", "a.log.20240102.txt"];
  assertEquals(filesToDelete(names, own, 1), ["a.log.20240101.txt"]);
  const namer = (name: string) => name;
  assertEquals(filesToDelete(names, { ...own, namer }, 1), ["a.log.20240101.txt"]);
});
