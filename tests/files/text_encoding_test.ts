import { assert, assertEquals } from "@std/assert";
import fs from "node:fs";
import {
  FileHandler,
  RotatingFileHandler,
  type TextEncoding,
} from "../../src/files/file_handlers.ts";
import { encodingKey, findEncoding } from "../../src/files/text_encoding.ts";
import { LogFile } from "../../src/files/_log_file.ts";
import { recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, turnEnd } from "./folder.ts";
import { test } from "../test.ts";

// Bytes and names are compared with CPython in tests/interop/file_encodings_test.ts.

const hexOf = (path: string) => fs.readFileSync(path).toString("hex");

test("findEncoding() knows Python's spellings of a name", () => {
  for (const name of ["utf-8", "UTF8", "U8", "utf", " Utf 8 ", "utf_8", "UTF--8", "cp65001"]) {
    assertEquals(findEncoding(name)?.name, "utf-8", name);
  }
  assertEquals(findEncoding("UTF-8-SIG")?.name, "utf-8-sig");
  assertEquals(findEncoding("ISO-8859-1")?.name, "latin-1");
  assertEquals(findEncoding("us-ascii")?.name, "ascii");
  assertEquals(findEncoding("utf-16LE")?.name, "utf-16-le");
  for (const name of ["cp1252", "utf-88", "", "__proto__"]) {
    assertEquals(findEncoding(name), undefined, name);
  }
  assertEquals(encodingKey("ANSI_X3.4-1968"), "ansi_x3.4_1968");
});

test("a byte order mark stands once, in front of the first record of an empty file", async () => {
  const marks = { "utf-8-sig": "efbbbf", "utf-16": "fffe", "utf-32": "fffe0000", "utf-16-be": "" };
  for (const [encoding, mark] of Object.entries(marks)) {
    await inFolder(async (folder) => {
      const path = `${folder}/app.log`;
      const line = Buffer.from(findEncoding(encoding)!.encode("a\n", "strict")).toString("hex");
      for (const count of [1, 2]) {
        const handler = new FileHandler(path, { encoding });
        await handler.flush();
        if (count === 1) assertEquals(hexOf(path), "");
        handler.handle(recordOf("a"));
        await turnEnd();
        handler.handle(recordOf("a"));
        await handler.close();
        assertEquals(hexOf(path), mark + line.repeat(2 * count), encoding);
      }
    });
  }
});

test("each file of a roll-over, and a file that is created again, begins with the mark", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    const options = { encoding: "utf-16", maxBytes: 10, backupCount: 2 };
    const handler = new RotatingFileHandler(path, options);
    for (const text of ["abc", "def"]) handler.handle(recordOf(text));
    await handler.flush();
    assertEquals(fs.readFileSync(`${path}.1`, "utf16le"), "\ufeffabc\n");
    assertEquals(fs.readFileSync(path, "utf16le"), "\ufeffdef\n");
    handler.maxBytes = 0;
    fs.rmSync(path);
    handler.handle(recordOf("é"));
    await handler.close();
    const lines = fs.readFileSync(path, "utf16le");
    // The record before may have been written within the time of a check: then it is repeated.
    assert(["\ufeffé\n", "\ufeffdef\né\n"].includes(lines), lines);
  });
});

test("tell() of a file counts the mark that is not written yet", async () => {
  await inFolder((folder) => {
    const encoding = findEncoding("utf-16")!;
    const file = new LogFile(`${folder}/a`, { mode: "a", fsync: "never", encoding });
    assertEquals(file.tell(), 0);
    file.write("a");
    assertEquals(file.tell(), 4);
    file.writeOut();
    assertEquals([file.tell(), fs.statSync(file.name).size], [4, 4]);
    file.write("b");
    assertEquals(file.tell(), 6);
    file.close();
    return Promise.resolve();
  });
});

test("a code unit that was cut by a full disk is filled up before the next line", async () => {
  await inFolder((folder) => {
    const path = `${folder}/a`;
    let room = 7;
    const writeSync = (fd: number, data: string | Uint8Array, at = 0) => {
      assert(typeof data !== "string");
      if (room === 0) throw new Error("ENOSPC");
      const count = Math.min(room, data.length - at);
      room -= count;
      return fs.writeSync(fd, data, at, count);
    };
    const encoding = findEncoding("utf-16")!;
    const calls = { ...fs, writeSync };
    const file = new LogFile(path, { mode: "a", fsync: "never", encoding, calls });
    const lost: string[] = [];
    file.onLoss = (record) => void lost.push(String(record.msg));
    file.append("abcd\n", recordOf("abcd"));
    file.close();
    room = Infinity;
    file.append("e\n", recordOf("e"));
    file.close();
    assertEquals(lost, ["abcd"]);
    assertEquals(fs.readFileSync(path, "utf16le"), "\ufeffabc\ne\n");
    return Promise.resolve();
  });
});

test("a record that the encoding cannot write is reported, and the others are written", async () => {
  await inFolder(async (folder) => {
    const handler = new FileHandler(`${folder}/app.log`, { encoding: "latin1" });
    const faults = faultsOf(handler);
    for (const text of ["é", "✓", "ü"]) handler.handle(recordOf(text));
    await handler.close();
    assertEquals(fs.readFileSync(handler.baseFilename, "latin1"), "é\nü\n");
    assertEquals(faults.length, 1);
    assert(faults[0]!.startsWith("✓: "), faults[0]);
    assertEquals(handler.encoding, "latin1");
  });
});

test("FileHandler takes an encoding of the program's own", async () => {
  await inFolder(async (folder) => {
    const encoding: TextEncoding = {
      name: "rot1",
      encode: (text) => Uint8Array.from(text, (character) => character.charCodeAt(0) + 1),
    };
    const handler = new FileHandler(`${folder}/app.log`, { encoding });
    handler.handle(recordOf("HAL"));
    handler.stream.write("x");
    await handler.close();
    assertEquals(fs.readFileSync(handler.baseFilename, "latin1"), "IBM\vy");
    assertEquals(handler.encoding, "rot1");
  });
});
