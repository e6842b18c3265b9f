import { assert, assertEquals, assertThrows } from "@std/assert";
import fs from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  FileHandler,
  RotatingFileHandler,
  TimedRotatingFileHandler,
  WatchedFileHandler,
} from "../../src/files/file_handlers.ts";
import { receivedRecord, recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, read, turnEnd } from "./folder.ts";
import { test } from "../test.ts";

test("FileHandler has appended a line for each record by the end of the turn", async () => {
  await inFolder(async (folder) => {
    fs.writeFileSync(`${folder}/app.log`, "before\n");
    const handler = new FileHandler(`${folder}/app.log`);
    handler.handle(recordOf("é %d", 1));
    handler.terminator = "\r\n";
    handler.handle(recordOf("b"));
    assertEquals(read(handler.baseFilename), "before\n");
    await turnEnd();
    assertEquals(read(handler.baseFilename), "before\né 1\nb\r\n");
    handler.handle(recordOf("c"));
    await handler.flush();
    assertEquals(read(handler.baseFilename), "before\né 1\nb\r\nc\r\n");
    await handler.close();
  });
});

test("FileHandler.stream is null while the file is not open: before the first record with delay, and after close()", async () => {
  await inFolder(async (folder) => {
    const handler = new FileHandler(`${folder}/app.log`, { delay: true });
    assertEquals(handler.stream, null);
    handler.handle(recordOf("a"));
    assertEquals(typeof handler.stream?.write, "function");
    await handler.close();
    assertEquals(handler.stream, null);
    const opened = new FileHandler(`${folder}/app.log`);
    assertEquals(opened.stream?.name, opened.baseFilename);
    const stream = { write: () => {} };
    opened.setStream(stream);
    await opened.close();
    assertEquals(opened.stream, stream);
  });
});

test("FileHandler empties an existing file with mode w, and refuses it with mode x", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    for (const mode of ["x", "w"] as const) {
      const handler = new FileHandler(path, { mode });
      handler.handle(recordOf(mode));
      await handler.close();
      assertEquals(read(path), `${mode}\n`);
    }
    assertThrows(() => new FileHandler(path, { mode: "x" }), Error, "EEXIST");
  });
});

test("FileHandler with delay creates no file before the first record", async () => {
  await inFolder(async (folder) => {
    const handler = new FileHandler(`${folder}/app.log`, { delay: true });
    await handler.flush();
    assert(!fs.existsSync(handler.baseFilename));
    handler.handle(recordOf("a"));
    assert(fs.existsSync(handler.baseFilename));
    await handler.close();
    const unused = new FileHandler(`${folder}/unused.log`, { delay: true });
    await unused.close();
    assertEquals(fs.readdirSync(folder), ["app.log"]);
  });
});

test("a record after close() opens the file again with mode a, and is dropped with mode w, as in CPython", async () => {
  await inFolder(async (folder) => {
    for (const mode of ["a", "w"] as const) {
      const handler = new FileHandler(`${folder}/${mode}`, { mode });
      handler.handle(recordOf("before"));
      await handler.close();
      handler.handle(recordOf("after"));
      await handler.close();
    }
    assertEquals(read(`${folder}/a`), "before\nafter\n");
    assertEquals(read(`${folder}/w`), "before\n");
  });
});

test("FileHandler takes a URL or a path, and makes the path absolute", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a b.log");
    for (const name of [pathToFileURL(path), relative(process.cwd(), path)]) {
      const handler = new FileHandler(name, { delay: true });
      assertEquals(handler.baseFilename, path);
      assertEquals(String(handler), `<FileHandler ${path} (NOTSET)>`);
      await handler.close();
    }
  });
});

test("every file handler takes a URL, and creates its file at once", async () => {
  const classes = [FileHandler, RotatingFileHandler, TimedRotatingFileHandler, WatchedFileHandler];
  await inFolder(async (folder) => {
    for (const Handler of classes) {
      const path = `${folder}/${Handler.name}.log`;
      const handler = new Handler(pathToFileURL(path), { encoding: "utf-8" });
      assert(fs.existsSync(path), Handler.name);
      await handler.close();
    }
  });
});

test("a file that cannot be opened throws at once, and with delay is reported to handleError()", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/logs/app.log`;
    assertThrows(() => new FileHandler(path), Error, "ENOENT");
    const handler = new FileHandler(path, { delay: true });
    const faults = faultsOf(handler);
    handler.handle(recordOf("a"));
    assertEquals(faults, ["a: ENOENT"]);
    fs.mkdirSync(`${folder}/logs`);
    handler.handle(recordOf("b"));
    await handler.close();
    assertEquals([read(path), faults.length], ["b\n", 1]);
  });
});

test(
  "a full disk is reported to handleError() for each record, and the program goes on",
  async () => {
    const handler = new FileHandler("/dev/full");
    const faults = faultsOf(handler);
    handler.handle(recordOf("a"));
    handler.handle(recordOf("b"));
    await turnEnd();
    handler.handle(recordOf("c"));
    await handler.close();
    assertEquals(faults, ["a: ENOSPC", "b: ENOSPC", "c: ENOSPC"]);
  },
  { skip: !fs.existsSync("/dev/full") && "it needs /dev/full, which Linux has" },
);

test("a record that handleError() itself logs is written too", async () => {
  await inFolder(async (folder) => {
    const handler = new FileHandler(`${folder}/app.log`);
    handler.handleError = (record) =>
      handler.handle(recordOf("lost: %d", record.getMessage().length));
    handler.handle(recordOf("a\ud800"));
    await handler.close();
    assertEquals(read(handler.baseFilename), "lost: 2\n");
  });
});

test("a lone surrogate is written as errors says, as in Python", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    const expected = {
      strict: "",
      replace: "a?\n",
      backslashreplace: "a\\udcff\n",
      surrogateescape: "a\xff\n",
    } as const;
    for (const errors of ["strict", "replace", "backslashreplace", "surrogateescape"] as const) {
      const handler = new FileHandler(path, { mode: "w", errors });
      const faults = faultsOf(handler);
      handler.handle(recordOf("a\udcff"));
      await handler.close();
      assertEquals(fs.readFileSync(path, "latin1"), expected[errors]);
      assertEquals(faults.length, errors === "strict" ? 1 : 0);
    }
  });
});

test("setStream() sends records to another stream, as in CPython", async () => {
  await inFolder(async (folder) => {
    const handler = new FileHandler(`${folder}/app.log`);
    const lines: string[] = [];
    handler.handle(recordOf("file"));
    const file = handler.setStream({ write: (text: string) => lines.push(text) })!;
    handler.handle(recordOf("stream"));
    handler.setStream(file);
    handler.handle(recordOf("file again"));
    await handler.close();
    assertEquals([read(handler.baseFilename), lines], ["file\nfile again\n", ["stream\n"]]);
  });
});

test("bad options are refused", () => {
  const make = (options: unknown) => () => new FileHandler("app.log", options as { mode: "a" });
  assertThrows(make({ mode: "r" }), TypeError, `'mode' must be "a" or "w" or "x"`);
  assertThrows(
    make({ encoding: "cp1252" }),
    TypeError,
    `codePage(name) of @logwire/logging/code-p`,
  );
  assertThrows(make({ encoding: "cp1252" }), TypeError, `current value is "cp1252"`);
  assertThrows(make({ encoding: {} }), TypeError, "'encoding' must be an object with encode()");
  const named = { encoding: "latin-1", errors: "namereplace" };
  assertThrows(make(named), TypeError, `'errors' cannot be "namereplace" with latin-1`);
  assertThrows(make({ errors: "x" }), TypeError, "'errors' must be");
  assertThrows(make({ delay: 1 }), TypeError, "'delay' must be");
  assertThrows(make({ fsync: true }), TypeError, "'fsync' must be");
  assertThrows(make({ maxBytes: 1 }), TypeError, "there is no option 'maxBytes'");
  for (const name of [5, "", new URL("http://h/app.log"), null]) {
    assertThrows(() => new FileHandler(name as string), TypeError, "'filename' must be");
  }
});

test("an unknown option of a file handler is refused with a list of all that it has", () => {
  const options = ["mode", "encoding", "delay", "errors", "fsync"];
  const rotating = [...options, "namer", "rotator", "gzip"];
  const timed = ["when", "interval", "backupCount", "utc", "atTime", "clock"];
  const lists: [new (filename: string, options: object) => FileHandler, string[]][] = [
    [FileHandler, options],
    [WatchedFileHandler, options],
    [RotatingFileHandler, ["maxBytes", "backupCount", ...rotating]],
    [TimedRotatingFileHandler, [...timed, ...rotating].filter((name) => name !== "mode")],
  ];
  for (const [Handler, known] of lists) {
    const { message } = assertThrows(() => new Handler("app.log", { colour: 1 }), TypeError);
    assert(message.includes("there is no option 'colour': the options are "), message);
    assertEquals(message.replace(/.*: the options are /, "").split(", ").sort(), known.sort());
  }
});

test("every file handler escapes the line feeds of a received record, and keeps its traceback", async () => {
  await inFolder(async (folder) => {
    const handlers = [
      new FileHandler(`${folder}/1`),
      new RotatingFileHandler(`${folder}/2`, { maxBytes: 1_000_000, backupCount: 1 }),
      new TimedRotatingFileHandler(`${folder}/3`),
      new WatchedFileHandler(`${folder}/4`),
    ];
    for (const handler of handlers) {
      handler.handle(receivedRecord({ exc_text: "Traceback:\n\tFile\nINFO:root:forged" }));
      handler.handle(recordOf("own\nline"));
      await handler.close();
      assertEquals(
        read(handler.baseFilename),
        "spam\\nINFO:root:forged\n  Traceback:\n  \tFile\n  INFO:root:forged\nown\nline\n",
      );
    }
  });
});
