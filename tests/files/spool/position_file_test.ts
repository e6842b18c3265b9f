import { assertEquals } from "@std/assert";
import {
  decodePosition,
  MAX_BATCHES,
  type Position,
  PositionFile,
} from "../../../src/files/spool/_position_file.ts";
import { test } from "../../test.ts";
import { ForgetfulFiles } from "./forgetful_files.ts";

const position = (low: number, batches: Position["batches"] = []): Position => ({
  low,
  end: low + 1000,
  segment: 2 ** 40,
  bytes: 77,
  batches,
});

function written(...positions: Position[]): ForgetfulFiles {
  const files = new ForgetfulFiles();
  const file = new PositionFile(files, "/position");
  for (const one of positions) file.write(one);
  file.close();
  return files;
}

function found(files: ForgetfulFiles): Position | undefined {
  const file = new PositionFile(files, "/position");
  file.close();
  return file.found;
}

test("PositionFile finds what was written last, and nothing in a new file", () => {
  assertEquals(found(written()), undefined);
  const batches = [{ first: 2 ** 50 - 3, count: 9 }, { first: 2 ** 50 + 6, count: 1 }];
  for (const count of [1, 2, 3]) {
    const positions = Array.from({ length: count }, (_, i) => position(2 ** 50 + i, batches));
    assertEquals(found(written(...positions)), positions.at(-1));
  }
});

test("PositionFile goes on behind what an earlier process has written", () => {
  const files = written(position(1), position(2));
  const file = new PositionFile(files, "/position");
  file.write(position(3));
  file.close();
  assertEquals(found(files), position(3));
});

test("PositionFile finds the position before where the last write is damaged at any byte", () => {
  // A slot without batches has 52 bytes.
  for (let at = 4096; at < 4096 + 52; at++) {
    const files = written(position(1), position(2));
    files.file("/position")[at]! ^= 4;
    assertEquals(found(files), position(1), `byte ${at}`);
    assertEquals(decodePosition(files.file("/position")), position(1), `byte ${at}`);
  }
});

test("PositionFile keeps as many batches as there is room for", () => {
  const batches = Array.from({ length: 600 }, (_, i) => ({ first: 10 + i, count: 1 }));
  assertEquals(found(written(position(10, batches)))?.batches, batches.slice(0, MAX_BATCHES));
});

test("a failure of the disk changes nothing", () => {
  const files = written(position(1));
  const file = new PositionFile(files, "/position");
  files.isReadOnly = true;
  file.write(position(2));
  file.close();
  files.isReadOnly = false;
  assertEquals(found(files), position(1));
});

test("PositionFile needs no more room on the disk once it is there", () => {
  const files = new ForgetfulFiles();
  const file = new PositionFile(files, "/position");
  files.capacity = files.used;
  for (let low = 1; low <= 3; low++) {
    file.write(position(low));
    assertEquals(decodePosition(files.file("/position")), position(low));
  }
  file.close();
});
