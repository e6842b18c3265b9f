import { assert, assertEquals } from "@std/assert";
import fs from "node:fs";
import { WatchedFileHandler } from "../../src/files/file_handlers.ts";
import { recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, read } from "./folder.ts";
import { test } from "../test.ts";

test("WatchedFileHandler has no device and inode before the first record with delay", async () => {
  await inFolder(async (folder) => {
    const handler = new WatchedFileHandler(`${folder}/app.log`, { delay: true });
    assertEquals([handler.dev, handler.ino], [-1n, -1n]);
    await handler.close();
    const opened = new WatchedFileHandler(`${folder}/app.log`);
    const { dev, ino } = fs.statSync(opened.baseFilename, { bigint: true });
    assertEquals([opened.dev, opened.ino], [dev, ino]);
    await opened.close();
  });
});

test("a file that is moved gets the records before the move, and a new one those after it", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    for (const delay of [false, true]) {
      const handler = new WatchedFileHandler(path, { delay });
      handler.handle(recordOf("one"));
      handler.handle(recordOf("two"));
      fs.renameSync(path, `${path}.1`);
      handler.handle(recordOf("three"));
      await handler.flush();
      fs.renameSync(path, `${path}.2`);
      fs.writeFileSync(path, "there already\n");
      handler.handle(recordOf("four"));
      await handler.close();
      assertEquals(read(`${path}.1`), "one\ntwo\n");
      assertEquals(read(`${path}.2`), "three\n");
      assertEquals(read(path), "there already\nfour\n");
      fs.rmSync(path);
    }
  });
});

test("a file that is removed repeatedly loses no later record", async () => {
  await inFolder(async (folder) => {
    for (const delay of [false, true]) {
      const handler = new WatchedFileHandler(`${folder}/app.log`, { delay });
      const faults = faultsOf(handler);
      for (let i = 0; i < 100; i++) {
        if (i % 3 === 0) fs.rmSync(handler.baseFilename, { force: true });
        handler.handle(recordOf("%d", i));
        if (i % 7 === 0) await handler.flush();
      }
      await handler.close();
      assertEquals(faults, []);
      assertEquals(read(handler.baseFilename), "99\n");
    }
  });
});

test("a folder that is moved away loses no record, and is reported once", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/logs/app.log`;
    fs.mkdirSync(`${folder}/logs`);
    const handler = new WatchedFileHandler(path);
    const faults = faultsOf(handler);
    fs.renameSync(`${folder}/logs`, `${folder}/old`);
    handler.handle(recordOf("one"));
    handler.handle(recordOf("two"));
    await handler.flush();
    assertEquals([faults, read(`${folder}/old/app.log`)], [["one: ENOENT"], "one\ntwo\n"]);
    fs.mkdirSync(`${folder}/logs`);
    handler.handle(recordOf("three"));
    await handler.close();
    assertEquals([read(path), faults.length], ["three\n", 1]);
    assert(handler.ino > 0n);
  });
});
