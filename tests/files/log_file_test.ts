import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import fs from "node:fs";
import { setImmediate } from "node:timers/promises";
import { type FileCalls, LogFile, type LogFileOptions } from "../../src/files/_log_file.ts";
import { recordOf } from "../logging/helpers.ts";
import { inFolder, read } from "./folder.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";

/** The outcome of a write: it takes so many bytes, or fails. */
type Outcome = number | "ENOSPC";

/** A file system whose writes have the scripted outcomes, and then take every byte. */
function scripted(outcomes: Outcome[]): { calls: FileCalls; writes: number[] } {
  const writes: number[] = [];
  const writeSync = (
    fd: number,
    data: Uint8Array | string,
    offset = 0,
    length = Buffer.byteLength(data),
  ): number => {
    const bytes = Buffer.from(data);
    const outcome = outcomes.shift() ?? length;
    if (outcome === "ENOSPC") throw Object.assign(new Error("full"), { code: "ENOSPC" });
    const size = fs.writeSync(fd, bytes, offset, Math.min(outcome, length));
    writes.push(size);
    return size;
  };
  return { calls: { ...fs, writeSync: writeSync as typeof fs.writeSync }, writes };
}

function logFile(folder: string, options: Partial<LogFileOptions> = {}): [LogFile, string[]] {
  const file = new LogFile(`${folder}/app.log`, { mode: "a", fsync: "never", ...options });
  const lost: string[] = [];
  file.onLoss = (record) => void lost.push(record.getMessage());
  return [file, lost];
}

function append(file: LogFile, ...texts: string[]): void {
  for (const text of texts) file.append(`${text}\n`, recordOf(text));
}

test("LogFile writes the records of a turn in one call at its end", async () => {
  await inFolder(async (folder) => {
    const { calls, writes } = scripted([]);
    const [file] = logFile(folder, { calls });
    append(file, "a", "bé", "😀");
    assertEquals(read(file.name), "");
    await setImmediate();
    assertEquals(read(file.name), "a\nbé\n😀\n");
    append(file, "d");
    await setImmediate();
    assertEquals(writes, [11, 2]);
    file.close();
  });
});

test("LogFile takes an empty text for written", async () => {
  await inFolder((folder) => {
    const [file, lost] = logFile(folder);
    file.append("", recordOf("empty"));
    file.close();
    assertEquals([read(file.name), lost], ["", []]);
  });
});

test("LogFile writes at once when its buffer is full", async () => {
  await inFolder((folder) => {
    const { calls, writes } = scripted([]);
    const [file] = logFile(folder, { calls });
    for (let i = 0; i < 70; i++) append(file, "x".repeat(1023));
    assertEquals(writes, [64 * 1024]);
    file.close();
    assertEquals(writes, [64 * 1024, 6 * 1024]);
  });
});

test("LogFile.tell() counts the buffer", async () => {
  await inFolder((folder) => {
    fs.writeFileSync(`${folder}/app.log`, "before\n");
    const [file] = logFile(folder, { errors: "surrogateescape" });
    assertEquals(file.tell(), 7);
    append(file, "é");
    assertEquals(file.tell(), 10);
    file.append("\udcff\n", recordOf("bytes"));
    assertEquals(file.tell(), 12);
    file.writeOut();
    assertEquals(file.tell(), 12);
    append(file, "more");
    assertEquals(file.tell(), 17);
    file.close();
    assertEquals([...fs.readFileSync(file.name)], [
      ...Buffer.from("before\né\n"),
      0xff,
      10,
      ...Buffer.from("more\n"),
    ]);
  });
});

test("LogFile.tell() asks the system when nothing is buffered", async () => {
  await inFolder((folder) => {
    const [file] = logFile(folder);
    append(file, "a");
    file.writeOut();
    fs.appendFileSync(file.name, "more");
    assertEquals(file.tell(), 6);
    fs.truncateSync(file.name, 0);
    assertEquals(file.tell(), 0);
    append(file, "b");
    assertEquals(file.tell(), 2);
    file.close();
    assertEquals(read(file.name), "b\n");
  });
});

test("LogFile.reopen() closes the open file only if it could open the next", async () => {
  await inFolder((folder) => {
    const [file, lost] = logFile(folder);
    append(file, "a");
    fs.renameSync(file.name, `${folder}/moved`);
    fs.mkdirSync(file.name);
    assertThrows(() => file.reopen(), Error, "EISDIR");
    append(file, "b");
    file.writeOut();
    fs.rmdirSync(file.name);
    file.reopen();
    append(file, "c");
    file.close();
    assertEquals([read(`${folder}/moved`), read(file.name), lost], ["a\nb\n", "c\n", []]);
  });
});

test("LogFile.open() refuses a folder, which Windows would open", async () => {
  await inFolder((folder) => {
    fs.mkdirSync(`${folder}/app.log`);
    const opened: number[] = [];
    const calls: FileCalls = {
      ...fs,
      openSync(path) {
        opened.push(fs.openSync(path, "r"));
        return opened.at(-1)!;
      },
    };
    const [file] = logFile(folder, { calls });
    assertThrows(() => file.open(), Error, "EISDIR");
    assertThrows(() => fs.fstatSync(opened[0]!), Error, "EBADF");
  });
});

/** A file system that, like that of Windows, keeps the name of a removed file until it is closed. */
function keepingNames(): { calls: FileCalls; remove(path: string): void } {
  const removed = new Map<bigint, string>();
  const inode = (fd: number) => fs.fstatSync(fd, { bigint: true }).ino;
  const calls: FileCalls = {
    ...fs,
    openSync(path, ...rest) {
      if ([...removed.values()].includes(path)) throw Object.assign(new Error("EPERM"));
      return fs.openSync(path, ...rest);
    },
    fstatSync: ((fd: number, options: { bigint: false }) => {
      const stats = fs.fstatSync(fd, options);
      return removed.has(inode(fd)) ? Object.assign(stats, { nlink: 0 }) : stats;
    }) as typeof fs.fstatSync,
    closeSync(fd) {
      const path = removed.get(inode(fd));
      removed.delete(inode(fd));
      fs.closeSync(fd);
      if (path !== undefined) fs.unlinkSync(path);
    },
  };
  const remove = (path: string) => void removed.set(fs.statSync(path, { bigint: true }).ino, path);
  return { calls, remove };
}

test("a removed file whose name stays until it is closed, as on Windows, is created again", async () => {
  await inFolder((folder) => {
    const { calls, remove } = keepingNames();
    const [file, lost] = logFile(folder, { calls });
    append(file, "a");
    file.writeOut(true);
    remove(file.name);
    append(file, "b");
    file.writeOut(true);
    assertEquals(read(file.name), "b\n");
    fs.copyFileSync(file.name, `${folder}/copy`);
    remove(file.name);
    file.reopen();
    append(file, "c");
    file.close();
    assertEquals([read(`${folder}/copy`), read(file.name), lost], ["b\n", "c\n", []]);
  });
});

test("LogFile.reopen() reports a record that stays half written", async () => {
  await inFolder((folder) => {
    const { calls } = scripted([2, "ENOSPC", "ENOSPC"]);
    const [file, lost] = logFile(folder, { calls });
    append(file, "one");
    file.writeOut();
    file.reopen();
    assertEquals(lost, ["one"]);
    append(file, "two");
    file.close();
    assertEquals(read(file.name), "on\ntwo\n", "the same file: a line of its own");
  });
});

test("LogFile completes a write that was taken in part", async () => {
  await inFolder((folder) => {
    const { calls, writes } = scripted([1, 2, 1]);
    const [file, lost] = logFile(folder, { calls });
    append(file, "one", "two");
    file.close();
    assertEquals([read(file.name), lost, writes], ["one\ntwo\n", [], [1, 2, 1, 4]]);
  });
});

test("a full disk drops the records that cannot be written, and a partly written one is completed", async () => {
  await inFolder((folder) => {
    const { calls } = scripted([6, "ENOSPC", "ENOSPC", 1, "ENOSPC"]);
    const [file, lost] = logFile(folder, { calls });
    append(file, "one", "two", "three", "four");
    file.writeOut();
    assertEquals([read(file.name), lost], ["one\ntw", ["three", "four"]]);
    append(file, "five");
    file.writeOut();
    append(file, "six");
    file.writeOut();
    assertEquals([read(file.name), lost.splice(2)], ["one\ntwo", ["five", "six"]]);
    append(file, "seven");
    file.close();
    assertEquals([read(file.name), lost], ["one\ntwo\nseven\n", ["three", "four"]]);
  });
});

test("a record that is never completed is reported, and the next one begins a line", async () => {
  await inFolder((folder) => {
    const { calls } = scripted([2, "ENOSPC", "ENOSPC"]);
    const [file, lost] = logFile(folder, { calls });
    append(file, "one");
    file.close();
    assertEquals([read(file.name), lost], ["on", ["one"]]);
    append(file, "two");
    file.writeOut();
    append(file, "three");
    file.close();
    assertEquals([read(file.name), lost], ["on\nthree\n", ["one", "two"]]);
  });
});

test("a write that takes no byte and throws nothing counts as a full disk", async () => {
  await inFolder((folder) => {
    const { calls } = scripted([0]);
    const [file, lost] = logFile(folder, { calls });
    append(file, "one");
    file.close();
    assertEquals([read(file.name), lost], ["", ["one"]]);
  });
});

test("each record is whole in the file or reported as lost, whatever the writes do", async () => {
  const outcome = fc.oneof(fc.constant<Outcome>("ENOSPC"), fc.integer({ min: 1, max: 40 }));
  const batch = fc.array(fc.constantFrom("a", "é😀", "x".repeat(30), "\u20ac\u20ac"), {
    maxLength: 4,
  });
  await inFolder((folder) => {
    const property = fc.property(
      fc.array(batch, { maxLength: 12 }),
      fc.array(outcome, { maxLength: 20 }),
      (batches, outcomes) => {
        const [file, lost] = logFile(folder, { calls: scripted(outcomes).calls, mode: "w" });
        const expected = batches.flatMap((texts, i) => texts.map((text, j) => `${i}.${j}${text}`));
        for (const [i, texts] of batches.entries()) {
          append(file, ...texts.map((text, j) => `${i}.${j}${text}`));
          file.writeOut();
        }
        outcomes.length = 0; // there is room again
        append(file, "last");
        file.close();
        const kept = expected.filter((line) => !lost.includes(line));
        assertEquals(read(file.name), [...kept, "last", ""].join("\n"));
        assertEquals(new Set(lost).size, lost.length);
      },
    );
    fc.assert(property, { numRuns: 300, seed: 6 });
  });
});

test("a file that was removed is created again, with the buffered records", async () => {
  await inFolder((folder) => {
    const [file, lost] = logFile(folder, { mode: "w" });
    append(file, "gone");
    file.writeOut();
    append(file, "kept");
    fs.rmSync(file.name);
    append(file, "kept too");
    file.writeOut();
    append(file, "and this");
    file.close();
    assertEquals([read(file.name), lost], ["kept\nkept too\nand this\n", []]);
  });
});

test("records that were written to a file after its removal are written to the next one", async () => {
  await inFolder(async (folder) => {
    const [file, lost] = logFile(folder, { checkMs: 1e6 });
    append(file, "gone");
    file.writeOut();
    fs.rmSync(file.name);
    append(file, "kept");
    file.writeOut();
    append(file, "kept too");
    file.writeOut();
    assert(!fs.existsSync(file.name));
    await file.flush();
    assertEquals([read(file.name), lost], ["kept\nkept too\n", []]);
    fs.rmSync(file.name);
    append(file, "x".repeat(65536));
    append(file, "last");
    file.close();
    assertEquals([read(file.name), lost], [`${"x".repeat(65536)}\nlast\n`, []]);
  });
});

test("any number of short records is written again", async () => {
  await inFolder((folder) => {
    const [file, lost] = logFile(folder, { checkMs: 60_000 });
    append(file, "a");
    file.writeOut();
    fs.unlinkSync(file.name);
    const count = 200_000;
    for (let i = 0; i < count; i++) file.append(i < count - 5 ? "" : "x", recordOf("x"));
    file.writeOut();
    file.close();
    assertEquals([read(file.name), lost], ["xxxxx", []]);
  });
});

test("a file that was removed is created again although no further record comes", async () => {
  await inFolder(async (folder) => {
    const [file, lost] = logFile(folder);
    append(file, "gone");
    file.writeOut();
    fs.rmSync(file.name);
    append(file, "last");
    file.writeOut();
    // The timer of the file holds no process open.
    const hold = setInterval(() => {}, 1000);
    await until(() => fs.existsSync(file.name) && read(file.name) !== "", () => "no file");
    clearInterval(hold);
    assertEquals([read(file.name), lost], ["last\n", []]);
    file.close();
  });
});

test("records that were written after the removal of their folder are reported as lost", async () => {
  await inFolder((folder) => {
    const [file, lost] = logFile(`${folder}/logs`, { checkMs: 1e6 });
    fs.mkdirSync(`${folder}/logs`);
    append(file, "gone");
    file.writeOut();
    fs.rmSync(`${folder}/logs`, { recursive: true });
    append(file, "lost");
    file.writeOut();
    file.close();
    assertEquals(lost, ["lost"]);
  });
});

test("a record whose beginning was removed is reported", async () => {
  await inFolder((folder) => {
    const { calls } = scripted([2, "ENOSPC"]);
    const [file, lost] = logFile(folder, { calls });
    append(file, "one");
    file.writeOut();
    fs.rmSync(file.name);
    append(file, "two");
    file.close();
    assertEquals([read(file.name), lost], ["two\n", ["one"]]);
  });
});

test("records that find their folder removed are reported as lost", async () => {
  await inFolder(async (folder) => {
    const [file, lost] = logFile(`${folder}/logs`, { checkMs: 0 });
    fs.mkdirSync(`${folder}/logs`);
    append(file, "gone");
    await setImmediate();
    fs.rmSync(`${folder}/logs`, { recursive: true });
    append(file, "lost");
    await setImmediate();
    assertEquals([lost, file.isOpen], [["lost"], false]);
    fs.mkdirSync(`${folder}/logs`);
    append(file, "kept");
    await setImmediate();
    assertEquals([read(file.name), lost], ["kept\n", ["lost"]]);
    file.close();
  });
});

test("fsync decides when the handler waits for the disk", async () => {
  await inFolder(async (folder) => {
    const synced: string[] = [];
    const calls: FileCalls = {
      ...fs,
      fsyncSync: () => void synced.push("at once"),
      fsync: ((_fd: number, done: () => void) => {
        synced.push("in flush()");
        done();
      }) as unknown as typeof fs.fsync,
    };
    for (const fsync of ["never", "on-flush", "always"] as const) {
      const [file] = logFile(folder, { calls, fsync });
      append(file, "a", "b");
      await file.flush();
      file.close();
      synced.push(";");
    }
    assertEquals(synced.join(" "), "; in flush() at once ; at once at once at once ;");
  });
});

test("an fsync that fails is reported", async () => {
  await inFolder(async (folder) => {
    const calls: FileCalls = {
      ...fs,
      fsyncSync: () => {
        throw new Error("EIO");
      },
      fsync: ((_fd: number, done: (error: Error) => void) =>
        done(new Error("EIO"))) as unknown as typeof fs.fsync,
    };
    const [file, lost] = logFile(folder, { calls, fsync: "on-flush" });
    append(file, "a");
    await file.flush();
    file.close();
    assertEquals(lost, ["flush()", "close()"]);
    assertEquals(read(file.name), "a\n");
  });
});

test("isAtItsPlace() is false once the file was moved", async () => {
  await inFolder((folder) => {
    const [file] = logFile(folder);
    assertEquals(file.identity, undefined);
    file.open();
    const { dev, ino } = fs.statSync(file.name, { bigint: true });
    assertEquals([file.identity?.dev, file.identity?.ino], [dev, ino]);
    assert(file.isAtItsPlace());
    fs.renameSync(file.name, `${file.name}.1`);
    assert(!file.isAtItsPlace());
    fs.writeFileSync(file.name, "");
    assert(!file.isAtItsPlace());
    file.close();
  });
});

test("a file is not created again because its file system counts no links", async () => {
  await inFolder((folder) => {
    let opened = 0;
    const calls = {
      ...fs,
      openSync: (...args: Parameters<typeof fs.openSync>) => {
        opened++;
        return fs.openSync(...args);
      },
      fstatSync: ((...args: Parameters<typeof fs.fstatSync>) =>
        Object.assign(fs.fstatSync(...args), { nlink: 0 })) as typeof fs.fstatSync,
    };
    const [file] = logFile(folder, { calls });
    append(file, "a");
    file.writeOut();
    append(file, "b");
    file.close();
    assertEquals([opened, read(file.name)], [1, "a\nb\n"]);
  });
});
