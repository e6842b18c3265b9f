import { assert, assertEquals, assertThrows } from "@std/assert";
import fs from "node:fs";
import { join } from "node:path";
import {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from "../../src/files/file_handlers.ts";
import { recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, read } from "./folder.ts";
import { test } from "../test.ts";

// Names, contents and instants are compared with CPython's in tests/interop/rollover_test.ts.

/** 2024-01-01 00:00:00 UTC. */
const START = 1_704_067_200;

/** A handler, and a function that logs at a time, in seconds from the start. */
function hourly(
  folder: string,
  options: TimedRotatingFileHandlerOptions = {},
): { handler: TimedRotatingFileHandler; at: (seconds: number, message?: string) => void } {
  let now = START;
  const clock = { now: () => now };
  const handler = new TimedRotatingFileHandler(`${folder}/app.log`, {
    utc: true,
    clock,
    ...options,
  });
  const at = (seconds: number, message = `at ${seconds}`) => {
    now = START + seconds;
    handler.handle(recordOf(message));
  };
  return { handler, at };
}

test("TimedRotatingFileHandler names a file after the start of its interval", async () => {
  await inFolder(async (folder) => {
    const { handler, at } = hourly(folder, { when: "S" });
    assertEquals([handler.when, handler.interval, handler.rolloverAt], ["S", 1, START + 1]);
    at(0.9);
    at(1);
    await handler.close();
    assertEquals(read(`${folder}/app.log.2024-01-01_00-00-00`), "at 0.9\n");
    assertEquals(read(`${folder}/app.log`), "at 1\n");
  });
});

test("the interval of an existing file began when it was last written", async () => {
  await inFolder(async (folder) => {
    fs.writeFileSync(`${folder}/app.log`, "old\n");
    fs.utimesSync(`${folder}/app.log`, START - 7200, START - 7200.5);
    const { handler, at } = hourly(folder);
    assertEquals(handler.rolloverAt, START - 3601);
    at(0);
    assertEquals(handler.rolloverAt, START + 3600);
    await handler.close();
    assertEquals(read(`${folder}/app.log.2023-12-31_21`), "old\n");
  });
});

test("a file of the interval before atTime rolls over with the first record of the next start", async () => {
  const noon = START + 12 * 3600; // a Monday
  for (const [when, date] of [["midnight", "2023-12-31"], ["W0", "2023-12-25"]] as const) {
    await inFolder(async (folder) => {
      const path = `${folder}/app.log`;
      const start = async (message: string, lastWritten: number) => {
        const clock = { now: () => noon };
        const { handler } = hourly(folder, { when, atTime: { hour: 12 }, clock });
        handler.handle(recordOf(message));
        await handler.close();
        fs.utimesSync(path, lastWritten, lastWritten);
      };
      await start("before 0", noon);
      await start("before 1", noon - 1);
      await start("after 0", noon);
      await start("after 1", noon);
      assertEquals(fs.readdirSync(folder).sort(), ["app.log", `app.log.${date}`]);
      assertEquals(read(`${path}.${date}`), "before 0\nbefore 1\n");
      assertEquals(read(path), "after 0\nafter 1\n");
    });
  }
});

test("a device never rolls over, and is checked again only after an interval", async () => {
  let now = START;
  const handler = new TimedRotatingFileHandler("/dev/null", { clock: { now: () => now } });
  now = Math.floor(Date.now() / 1000) * 2;
  assertEquals(handler.shouldRollover(), false);
  assertEquals(handler.rolloverAt, now + 3600);
  await handler.close();
});

test("a number follows a name that is taken, and no file is lost", async () => {
  await inFolder(async (folder) => {
    for (const suffix of ["", ".1"]) {
      fs.writeFileSync(`${folder}/app.log.2024-01-01_00${suffix}`, "there already\n");
    }
    const { handler, at } = hourly(folder);
    at(0);
    at(3600);
    await handler.close();
    assertEquals(read(`${folder}/app.log.2024-01-01_00`), "there already\n");
    assertEquals(read(`${folder}/app.log.2024-01-01_00.1`), "there already\n");
    assertEquals(read(`${folder}/app.log.2024-01-01_00.2`), "at 0\n");
    assertEquals(read(`${folder}/app.log`), "at 3600\n");
  });
});

test("a namer that returns the same name every time loses no file", async () => {
  await inFolder(async (folder) => {
    const { handler, at } = hourly(folder, { namer: () => `${folder}/old.log` });
    for (let i = 0; i < 4; i++) at(i * 3600);
    await handler.close();
    assertEquals(fs.readdirSync(folder).sort(), ["app.log", "old.log", "old.log.1", "old.log.2"]);
  });
});

test("TimedRotatingFileHandler keeps backupCount old files, and removes no other handler's", async () => {
  await inFolder(async (folder) => {
    for (const other of ["app.log.x", "other.log.2020-01-01_00"]) {
      fs.writeFileSync(`${folder}/${other}`, "");
    }
    const { handler, at } = hourly(folder, { backupCount: 2 });
    for (let i = 0; i < 6; i++) at(i * 3600);
    await handler.close();
    assertEquals(fs.readdirSync(folder).sort(), [
      "app.log",
      "app.log.2024-01-01_03",
      "app.log.2024-01-01_04",
      "app.log.x",
      "other.log.2020-01-01_00",
    ]);
  });
});

test("getFilesToDelete() finds files by the names that a namer returns", async () => {
  await inFolder(async (folder) => {
    const { handler, at } = hourly(folder, { backupCount: 1 });
    handler.namer = (name) => name.replace("app.log.", "app.") + ".log";
    at(0);
    at(3600);
    at(7200);
    assertEquals(handler.getFilesToDelete(), []);
    handler.backupCount = 0;
    assertEquals(handler.getFilesToDelete(), [join(folder, "app.2024-01-01_01.log")]);
    await handler.close();
    assertEquals(fs.readdirSync(folder).sort(), ["app.2024-01-01_01.log", "app.log"]);
  });
});

test("a program may change suffix and extMatch", async () => {
  await inFolder(async (folder) => {
    const { handler, at } = hourly(folder, { when: "midnight", backupCount: 1 });
    handler.suffix = "%Y%m%d";
    handler.extMatch = /\d{8}/;
    for (let day = 0; day < 4; day++) at(day * 86400);
    await handler.close();
    assertEquals(fs.readdirSync(folder).sort(), ["app.log", "app.log.20240103"]);
  });
});

test("a roll-over that fails is reported, loses no record, and is tried again", async () => {
  await inFolder(async (folder) => {
    const { handler, at } = hourly(folder);
    const faults = faultsOf(handler);
    const { rotate } = handler;
    handler.rotate = () => {
      throw new Error("Sabotage");
    };
    at(0);
    at(3600);
    at(3601);
    await handler.flush();
    handler.rotate = rotate;
    at(3602);
    await handler.close();
    assertEquals(faults, ["at 3600: Sabotage"]);
    assertEquals(read(`${folder}/app.log.2024-01-01_00`), "at 0\nat 3600\nat 3601\n");
    assertEquals(read(`${folder}/app.log`), "at 3602\n");
  });
});

test("an old file that cannot be removed stops neither the removal of others nor the log", async () => {
  await inFolder(async (folder) => {
    fs.mkdirSync(`${folder}/app.log.2020-01-01_00`);
    const { handler, at } = hourly(folder, { backupCount: 1 });
    const faults = faultsOf(handler);
    for (let i = 0; i < 4; i++) {
      at(i * 3600);
      await handler.flush();
    }
    await handler.close();
    assertEquals(faults.length, 3);
    assertEquals(fs.readdirSync(folder).sort(), [
      "app.log",
      "app.log.2020-01-01_00",
      "app.log.2024-01-01_02",
    ]);
    assertEquals(read(`${folder}/app.log`), "at 10800\n");
  });
});

test("with delay a roll-over creates no file before the next record", async () => {
  await inFolder(async (folder) => {
    const { handler, at } = hourly(folder, { delay: true });
    at(0);
    handler.doRollover();
    assert(!fs.existsSync(`${folder}/app.log`));
    at(10);
    await handler.close();
    assertEquals(read(`${folder}/app.log`), "at 10\n");
  });
});

test("bad options are refused", () => {
  const make = (options: object) => () => new TimedRotatingFileHandler("app.log", options);
  for (const when of ["X", "W", "W7"]) {
    assertThrows(make({ when }), RangeError, "'when' must be S, M, H, D, midnight or W0 to W6");
  }
  assertThrows(make({ interval: 0 }), RangeError, "'interval' must be");
  assertThrows(make({ backupCount: -1 }), RangeError, "'backupCount' must be");
  assertThrows(make({ utc: 1 }), TypeError, "'utc' must be");
  assertThrows(make({ atTime: { hour: 24 } }), RangeError, "'atTime.hour' must be");
  assertThrows(make({ atTime: { hours: 2 } }), TypeError, "there is no option 'hours'");
  assertThrows(make({ atTime: "12:00" }), TypeError, "'atTime' must be an object such as");
  assertThrows(make({ clock: {} }), TypeError, "'clock' must be");
  assertThrows(make({ mode: "w" }), TypeError, "there is no option 'mode'");
});
