import { assert, assertEquals, assertThrows } from "@std/assert";
import fs from "node:fs";
import {
  RotatingFileHandler,
  type RotatingFileHandlerOptions,
} from "../../src/files/file_handlers.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, read } from "./folder.ts";
import { test } from "../test.ts";

// Names, contents and roll-overs are compared with CPython's in tests/interop/rollover_test.ts.

/** A handler that writes each record to a new file. */
function eachOwn(folder: string, options: RotatingFileHandlerOptions = {}): RotatingFileHandler {
  return new RotatingFileHandler(`${folder}/app.log`, { maxBytes: 1, backupCount: 3, ...options });
}

test("shouldRollover() is false without a bound, for an empty file and for a device", async () => {
  await inFolder(async (folder) => {
    const record = recordOf("a record");
    for (const [path, maxBytes] of [["app.log", 0], ["app.log", 1], ["/dev/null", 1]] as const) {
      const handler = new RotatingFileHandler(path === "app.log" ? `${folder}/${path}` : path, {
        maxBytes,
        backupCount: 1,
      });
      assertEquals(handler.shouldRollover(record), false);
      if (path === "/dev/null") handler.handle(record);
      assertEquals(handler.shouldRollover(record), false);
      await handler.close();
    }
  });
});

test("shouldRollover() counts what an existing file holds", async () => {
  await inFolder(async (folder) => {
    for (const [maxBytes, rolls] of [[0, false], [2, true], [100, false]] as const) {
      fs.writeFileSync(`${folder}/app.log`, "\n");
      const handler = new RotatingFileHandler(`${folder}/app.log`, { maxBytes, backupCount: 1 });
      assertEquals(handler.shouldRollover(recordOf("1")), rolls);
      await handler.close();
    }
  });
});

test("shouldRollover() counts the file and its buffer in bytes, and the record in characters", async () => {
  await inFolder(async (folder) => {
    const handler = new RotatingFileHandler(`${folder}/app.log`, { maxBytes: 10, backupCount: 1 });
    handler.handle(recordOf("éé")); // 5 bytes with its end
    assertEquals(handler.shouldRollover(recordOf("😀é😀")), false); // 5 + 4
    assertEquals(handler.shouldRollover(recordOf("abcd")), true); // 5 + 5
    await handler.close();
  });
});

test("RotatingFileHandler rolls over before the record that would reach maxBytes, also with delay", async () => {
  const [small, large] = [recordOf("a"), recordOf("b".repeat(100))];
  for (const delay of [false, true]) {
    await inFolder(async (folder) => {
      const handler = eachOwn(folder, { maxBytes: 100, backupCount: 2, delay });
      const rolls = () => [handler.shouldRollover(small), handler.shouldRollover(large)];
      const written = async (record: LogRecord) => {
        handler.emit(record);
        await handler.flush();
        return fs.readdirSync(folder).sort();
      };
      assertEquals(fs.existsSync(handler.baseFilename), !delay);
      assertEquals(rolls(), [false, false]);
      assertEquals(await written(small), ["app.log"]);
      assertEquals(rolls(), [false, true]);
      assertEquals(await written(large), ["app.log", "app.log.1"]);
      assertEquals(rolls(), [true, true]);
      await handler.close();
    });
  }
});

test("RotatingFileHandler keeps backupCount old files", async () => {
  await inFolder(async (folder) => {
    const handler = eachOwn(folder);
    for (let i = 0; i < 7; i++) handler.handle(recordOf("%d", i));
    await handler.close();
    const files = fs.readdirSync(folder).map((name) => `${name} ${read(`${folder}/${name}`)}`);
    assertEquals(files.sort(), ["app.log 6\n", "app.log.1 5\n", "app.log.2 4\n", "app.log.3 3\n"]);
  });
});

test("namer and rotator are options, attributes or methods", async () => {
  const namer = (name: string) => `${name}.old`;
  const rotator = (source: string, dest: string) => {
    fs.writeFileSync(dest, `rotated ${read(source)}`);
    fs.rmSync(source);
  };
  class Methods extends RotatingFileHandler {
    override namer(name: string): string {
      return namer(name);
    }
    override rotator(source: string, dest: string): void {
      rotator(source, dest);
    }
  }
  const makers = [
    (folder: string) => eachOwn(folder, { namer, rotator }),
    (folder: string) => Object.assign(eachOwn(folder), { namer, rotator }),
    (folder: string) => new Methods(`${folder}/app.log`, { maxBytes: 1, backupCount: 3 }),
  ];
  for (const make of makers) {
    await inFolder(async (folder) => {
      const handler = make(folder);
      for (let i = 0; i < 6; i++) handler.handle(recordOf("%d", i));
      await handler.close();
      const names = ["app.log", "app.log.1.old", "app.log.2.old", "app.log.3.old"];
      assertEquals(fs.readdirSync(folder).sort(), names);
      assertEquals(read(`${folder}/app.log.3.old`), "rotated 2\n");
    });
  }
});

test("the mode is a if there is a bound, so that no start of the program empties the file", async () => {
  await inFolder(async (folder) => {
    for (const maxBytes of [100, 0]) {
      const handler = new RotatingFileHandler(`${folder}/app.log`, { mode: "w", maxBytes });
      assertEquals(handler.mode, maxBytes > 0 ? "a" : "w");
      handler.handle(recordOf("%d", maxBytes));
      await handler.close();
    }
    assertEquals(read(`${folder}/app.log`), "0\n");
  });
});

test("without backups the file grows, as in CPython", async () => {
  await inFolder(async (folder) => {
    const handler = eachOwn(folder, { backupCount: 0 });
    for (let i = 0; i < 3; i++) handler.handle(recordOf("%d", i));
    await handler.close();
    assertEquals([fs.readdirSync(folder), read(`${folder}/app.log`)], [["app.log"], "0\n1\n2\n"]);
  });
});

test("a roll-over that fails is reported, loses no record, and is tried again in the next turn", async () => {
  await inFolder(async (folder) => {
    fs.mkdirSync(`${folder}/app.log.1`); // no file can be renamed to a folder
    const handler = eachOwn(folder, { backupCount: 1 });
    const faults = faultsOf(handler);
    for (let i = 0; i < 100; i++) handler.handle(recordOf("%d", i));
    await handler.flush();
    assertEquals(faults.length, 1);
    assert(faults[0]?.startsWith("1: "), faults[0]);
    fs.rmdirSync(`${folder}/app.log.1`);
    handler.handle(recordOf("100"));
    await handler.close();
    assertEquals(read(`${folder}/app.log.1`).split("\n").length, 101);
    assertEquals([read(`${folder}/app.log`), faults.length], ["100\n", 1]);
  });
});

test("a rotator that throws loses no record", async () => {
  await inFolder(async (folder) => {
    const handler = eachOwn(folder, {
      rotator: () => {
        throw new Error("Sabotage");
      },
    });
    const faults = faultsOf(handler);
    for (let i = 0; i < 3; i++) handler.handle(recordOf("%d", i));
    await handler.close();
    assertEquals([faults, read(`${folder}/app.log`)], [["1: Sabotage"], "0\n1\n2\n"]);
  });
});

test("the oldest file stays if the newest cannot take its place", async () => {
  await inFolder(async (folder) => {
    const handler = eachOwn(folder, { backupCount: 1 });
    const faults = faultsOf(handler);
    for (let i = 0; i < 2; i++) handler.handle(recordOf("%d", i));
    handler.rotate = () => {
      throw new Error("Sabotage");
    };
    handler.handle(recordOf("2"));
    await handler.close();
    assertEquals(faults, ["2: Sabotage"]);
    assertEquals([read(`${folder}/app.log.1`), read(`${folder}/app.log`)], ["0\n", "1\n2\n"]);
  });
});

test("a roll-over that fails repeatedly keeps the older files", async () => {
  await inFolder(async (folder) => {
    const handler = eachOwn(folder);
    const faults = faultsOf(handler);
    for (let i = 0; i < 4; i++) handler.handle(recordOf("%d", i));
    handler.rotate = () => {
      throw new Error("Sabotage");
    };
    for (let i = 4; i < 10; i++) {
      handler.handle(recordOf("%d", i));
      await handler.flush();
    }
    await handler.close();
    assertEquals(faults, ["4: Sabotage"]);
    // The oldest file, .3, was removed by the first try.
    assertEquals(fs.readdirSync(folder).sort(), ["app.log", "app.log.1", "app.log.2"]);
    assertEquals([read(`${folder}/app.log.1`), read(`${folder}/app.log.2`)], ["2\n", "1\n"]);
    assertEquals(read(`${folder}/app.log`), "3\n4\n5\n6\n7\n8\n9\n");
  });
});

test("a rotator that throws when it has copied the file keeps the copy and the older files", async () => {
  await inFolder(async (folder) => {
    const handler = eachOwn(folder);
    const faults = faultsOf(handler);
    for (let i = 0; i < 3; i++) handler.handle(recordOf("%d", i));
    handler.rotate = (source, dest) => {
      fs.copyFileSync(source, dest);
      fs.truncateSync(source, 0);
      throw new Error("Sabotage");
    };
    handler.handle(recordOf("3"));
    await handler.close();
    const files = fs.readdirSync(folder).map((name) => `${name} ${read(`${folder}/${name}`)}`);
    assertEquals(files.sort(), ["app.log 3\n", "app.log.1 2\n", "app.log.2 1\n", "app.log.3 0\n"]);
    assertEquals(faults, ["3: Sabotage"]);
  });
});

/** A handler of at most 1000 bytes with two older files, and 900 characters in the newest. */
async function with900(folder: string): Promise<RotatingFileHandler> {
  fs.writeFileSync(`${folder}/app.log.1`, "old1");
  fs.writeFileSync(`${folder}/app.log.2`, "old2");
  const handler = new RotatingFileHandler(`${folder}/app.log`, { maxBytes: 1000, backupCount: 2 });
  handler.handle(recordOf("x".repeat(900)));
  await handler.flush();
  return handler;
}

/** The names of the files, with their sizes. */
function sizes(folder: string): string[] {
  const names = fs.readdirSync(folder).sort();
  return names.map((name) => `${name} ${fs.statSync(`${folder}/${name}`).size}`);
}

test("a file that was truncated from outside does not roll over before it is full again", async () => {
  await inFolder(async (folder) => {
    const handler = await with900(folder);
    fs.truncateSync(handler.baseFilename, 0);
    handler.handle(recordOf("y".repeat(200)));
    await handler.flush();
    assertEquals(sizes(folder), ["app.log 201", "app.log.1 4", "app.log.2 4"]);
    handler.handle(recordOf("z".repeat(799)));
    await handler.close();
    assertEquals(sizes(folder), ["app.log 800", "app.log.1 201", "app.log.2 4"]);
    assertEquals(read(`${folder}/app.log.2`), "old1");
  });
});

test("the bytes that another process appends count for the size", async () => {
  await inFolder(async (folder) => {
    const handler = await with900(folder);
    fs.truncateSync(handler.baseFilename, 0);
    fs.appendFileSync(handler.baseFilename, "o".repeat(900));
    handler.handle(recordOf("y".repeat(200)));
    await handler.close();
    assertEquals(sizes(folder), ["app.log 201", "app.log.1 900", "app.log.2 4"]);
  });
});

test("a file that another program has rolled over is closed, and not rolled over a second time", async () => {
  await inFolder(async (folder) => {
    const handler = await with900(folder);
    fs.renameSync(handler.baseFilename, `${folder}/elsewhere.log`);
    handler.handle(recordOf("y".repeat(200)));
    await handler.close();
    assertEquals(sizes(folder), ["app.log 201", "app.log.1 4", "app.log.2 4", "elsewhere.log 901"]);
  });
});

test("bad options are refused", () => {
  const make = (options: object) => () => new RotatingFileHandler("app.log", options);
  assertThrows(make({ maxBytes: -1 }), RangeError, "'maxBytes' must be");
  assertThrows(make({ backupCount: 1.5 }), RangeError, "'backupCount' must be");
  assertThrows(make({ namer: "x" }), TypeError, "'namer' must be");
  assertThrows(make({ rotator: 1 }), TypeError, "'rotator' must be");
  assertThrows(make({ gzip: "yes" }), TypeError, "'gzip' must be");
  assertThrows(make({ when: "h" }), TypeError, "there is no option 'when'");
});
