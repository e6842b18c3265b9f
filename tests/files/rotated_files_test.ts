import { assert, assertEquals } from "@std/assert";
import fs from "node:fs";
import process from "node:process";
import { gunzipSync } from "node:zlib";
import { RotatingFileHandler, TimedRotatingFileHandler } from "../../src/files/file_handlers.ts";
import { RotatedFiles } from "../../src/files/_rotated_files.ts";
import { recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, read } from "./folder.ts";
import { test } from "../test.ts";

function unzipped(path: string): string {
  return gunzipSync(fs.readFileSync(path)).toString();
}

function fail(error: unknown): never {
  throw error;
}

test("compress() puts .gz behind the name, with the permissions of the file", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log.1`;
    const text = "a line\n".repeat(100_000);
    fs.writeFileSync(path, text, { mode: 0o600 });
    const rotated = new RotatedFiles(true);
    rotated.compress(path, fail);
    assertEquals(fs.readdirSync(folder).includes("app.log.1"), true);
    await rotated.done();
    assertEquals(fs.readdirSync(folder), ["app.log.1.gz"]);
    assertEquals(unzipped(`${path}.gz`), text);
    // On Windows a file is writable or not, and nothing else.
    const mode = process.platform === "win32" ? 0o666 : 0o600;
    assertEquals(fs.statSync(`${path}.gz`).mode & 0o777, mode);
    await rotated.done();
  });
});

for (const keepsNames of [false, true]) {
  const system = keepsNames ? "a system that keeps names of removed files" : "this system";
  test(`on ${system} a file may be moved and removed while it is being compressed`, async () => {
    await inFolder(async (folder) => {
      // False would be wrong on Windows.
      const rotated = new RotatedFiles(true, keepsNames || undefined);
      const slot = (i: number) => `${folder}/app.log.${i}`;
      for (let i = 0; i < 5; i++) {
        rotated.remove(slot(3));
        for (const n of [2, 1]) rotated.move(slot(n), slot(n + 1));
        fs.writeFileSync(slot(1), `${i}\n`.repeat(1000));
        rotated.compress(slot(1), fail);
      }
      await rotated.done();
      const names = [1, 2, 3].map((n) => `app.log.${n}.gz`);
      assertEquals(fs.readdirSync(folder).sort(), names);
      assertEquals(names.map((name) => unzipped(`${folder}/${name}`)[0]), ["4", "3", "2"]);
    });
  });
}

test("a compression that fails leaves the file, and is reported", async () => {
  await inFolder(async (folder) => {
    fs.writeFileSync(`${folder}/app.log.1`, "text\n");
    fs.mkdirSync(`${folder}/app.log.1.gz`);
    fs.writeFileSync(`${folder}/app.log.1.gz/x`, "");
    const faults: unknown[] = [];
    const rotated = new RotatedFiles(true);
    rotated.compress(`${folder}/app.log.1`, (error) => faults.push(error));
    await rotated.done();
    assertEquals(faults.length, 1);
    assertEquals(fs.readdirSync(folder).sort(), ["app.log.1", "app.log.1.gz"]);
  });
});

test("the part file of a compression that was cut off is removed with its file", async () => {
  await inFolder(async (folder) => {
    const part = `${folder}/app.log.1970-01-01_00.gz.part`;
    fs.writeFileSync(part, "cut off");
    let now = 0;
    const handler = new TimedRotatingFileHandler(`${folder}/app.log`, {
      utc: true,
      backupCount: 1,
      gzip: true,
      clock: { now: () => now },
    });
    const faults = faultsOf(handler);
    for (; now < 3 * 3600; now += 3600) handler.handle(recordOf("%d", now));
    await handler.close();
    assertEquals(faults, []);
    assertEquals(fs.readdirSync(folder).sort(), ["app.log", "app.log.1970-01-01_01.gz"]);
  });
});

test("RotatingFileHandler compresses what it rotates, and close() waits for it", async () => {
  await inFolder(async (folder) => {
    const handler = new RotatingFileHandler(`${folder}/app.log`, {
      maxBytes: 1,
      backupCount: 3,
      gzip: true,
    });
    for (let i = 0; i < 8; i++) {
      handler.handle(recordOf("%d", i));
      if (i === 4) await handler.flush();
    }
    await handler.close();
    const names = ["app.log", "app.log.1.gz", "app.log.2.gz", "app.log.3.gz"];
    assertEquals(fs.readdirSync(folder).sort(), names);
    assertEquals(names.slice(1).map((name) => unzipped(`${folder}/${name}`)), [
      "6\n",
      "5\n",
      "4\n",
    ]);
    const again = new RotatingFileHandler(`${folder}/app.log`, {
      maxBytes: 1,
      backupCount: 3,
      gzip: true,
    });
    again.handle(recordOf("8"));
    await again.close();
    assertEquals(names.slice(1).map((name) => unzipped(`${folder}/${name}`)), [
      "7\n",
      "6\n",
      "5\n",
    ]);
  });
});

test("TimedRotatingFileHandler counts compressed files among the old ones", async () => {
  await inFolder(async (folder) => {
    let now = 0;
    const clock = { now: () => now };
    const options = { utc: true, backupCount: 2, gzip: true, clock } as const;
    const handler = new TimedRotatingFileHandler(`${folder}/app.log`, options);
    const faults = faultsOf(handler);
    for (; now < 6 * 3600; now += 3600) handler.handle(recordOf("%d", now));
    await handler.close();
    assertEquals(faults, []);
    const names = ["app.log", "app.log.1970-01-01_03.gz", "app.log.1970-01-01_04.gz"];
    assertEquals(fs.readdirSync(folder).sort(), names);
    assertEquals(unzipped(`${folder}/${names[1]}`), "10800\n");
    // A compressed file counts under the name without .gz.
    now -= 3600;
    handler.rolloverAt = now;
    handler.handle(recordOf("again"));
    await handler.close();
    assert(fs.existsSync(`${folder}/app.log.1970-01-01_04.1.gz`));
    assertEquals(read(`${folder}/app.log`), "again\n");
  });
});
