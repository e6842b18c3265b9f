import { assert, assertEquals } from "@std/assert";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggingConfig } from "../../src/config/logging_config.ts";
import { manager, root } from "../../src/logging/get_logger.ts";
import { withBareRoot } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { compare, replay, type Step } from "./config_replay.ts";
import { askPython, Chooser } from "./oracle.ts";
import { withoutPython } from "./python.ts";

const names = ["a", "a.b", "a.b.c", "ab", "x", "x.y.z"];
const handlerNames = ["h1", "h2", "h3"];

/** The calls after each configuration: what comes out shows levels, filters, formats and order. */
const calls: Step[] = ["", ...names].flatMap((name) =>
  [10, 20, 30, 50].map((level): Step => ["log", name, level, `${name} at ${level}`])
);

function randomConfig(choose: Chooser): LoggingConfig {
  const level = () => choose.of([null, 0, 10, "INFO", "WARNING", 40, "CRITICAL"]);
  const some = (items: readonly string[]) => items.filter(() => choose.chance(40));
  const maybe = (key: string, value: unknown) => choose.chance(60) ? { [key]: value } : {};
  const own = () => ({
    ...maybe("level", level()),
    ...maybe("handlers", some(handlerNames)),
    ...maybe("filters", some(["f1", "f2"])),
  });
  const isIncremental = choose.chance(20);
  return {
    version: 1,
    ...maybe("disable_existing_loggers", choose.chance(50)),
    ...(isIncremental ? { incremental: true } : {}),
    formatters: {
      short: { format: "%(name)s:%(message)s" },
      brace: { format: "{levelname:>8} {message}", style: "{" },
      all: "cfg://formats.all",
    },
    formats: { all: { format: "%(levelname)s %(message)s" } },
    filters: { f1: { name: "a" }, f2: {} },
    handlers: Object.fromEntries((isIncremental ? some(handlerNames) : handlerNames).map((name) => [
      name,
      isIncremental ? { level: level() } : {
        class: choose.of(["logging.StreamHandler", "logging.NullHandler"]),
        ...maybe("level", level()),
        ...maybe("formatter", choose.of(["short", "brace", "all"])),
        ...maybe("filters", some(["f1", "f2"])),
      },
    ])),
    loggers: Object.fromEntries(
      some(names).map((name) => [
        name,
        { ...own(), ...maybe("propagate", choose.chance(50)) },
      ]),
    ),
    ...maybe("root", own()),
  };
}

test("a series of random configurations ends as with CPython's dictConfig", async () => {
  const choose = new Chooser(13);
  const scripts = choose.list(150, () => [
    ...names.filter(() => choose.chance(50)).map((name): Step =>
      [
        ...["logger", name, choose.of([0, 10, 30]), choose.chance(30)],
      ] as unknown as Step
    ),
    ...choose.list(3, (): Step[] => [["config", randomConfig(choose)], ...calls]).flat(),
  ]);
  const taken = await compare(scripts);
  assert(taken > 300, `${taken} were taken`);
}, { skip: withoutPython() });

/** One configuration, which both take, on top of a logger that exists. */
const taken: Record<string, LoggingConfig> = {
  "nothing": { version: 1 },
  "a formatter, a handler on standard output and the root": {
    version: 1,
    formatters: { form1: { format: "%(levelname)s ++ %(message)s" } },
    handlers: {
      hand1: {
        class: "logging.StreamHandler",
        formatter: "form1",
        level: "NOTSET",
        stream: "ext://sys.stdout",
      },
    },
    root: { level: "WARNING", handlers: ["hand1"] },
  },
  "references to parts, by name and by index": {
    version: 1,
    true_formatters: { form1: { format: "%(levelname)s ++ %(message)s" } },
    handler_configs: [{
      class: "logging.StreamHandler",
      formatter: "form1",
      stream: "cfg://streams[out]",
    }],
    streams: { out: "ext://sys.stdout" },
    levels: { "quiet one": "cfg://other.level" },
    other: { level: "ERROR" },
    formatters: "cfg://true_formatters",
    handlers: { hand1: "cfg://handler_configs[0]" },
    loggers: { a: { level: "cfg://levels[quiet one]", handlers: ["hand1"] } },
  },
  "attributes": {
    version: 1,
    handlers: {
      hand1: {
        class: "logging.StreamHandler",
        stream: "ext://sys.stdout",
        ".": { terminator: "!\n" },
      },
    },
    root: { handlers: ["hand1"] },
  },
  "a handler on several loggers, and the logger root by its name": {
    version: 1,
    handlers: { hand1: { class: "logging.StreamHandler", level: 30 } },
    loggers: { a: { handlers: ["hand1"] }, "a.b": { handlers: ["hand1"] }, root: { level: 10 } },
  },
  "a socket handler": {
    version: 1,
    handlers: {
      hand1: {
        class: "logging.handlers.SocketHandler",
        host: "localhost",
        port: 9,
        level: "CRITICAL",
        ".": { retryMax: 60.5 },
      },
      hand2: { class: "logging.handlers.DatagramHandler", host: "localhost", port: 9 },
    },
  },
  "a memory handler before its target": {
    version: 1,
    formatters: { f: { format: "%(levelname)s %(message)s" } },
    handlers: {
      console: { class: "logging.StreamHandler", stream: "ext://sys.stdout", formatter: "f" },
      buffer: {
        class: "logging.handlers.MemoryHandler",
        capacity: 5,
        flushLevel: "CRITICAL",
        target: "console",
      },
    },
    root: { level: "DEBUG", handlers: ["buffer"] },
  },
  "dates and validation": {
    version: 1,
    formatters: {
      day: { format: "%(asctime)s %(message)s", datefmt: "today" },
      wrong: { format: "no field", validate: false },
      dollar: { format: "${message} $name", style: "$" },
    },
    handlers: {
      h1: { class: "logging.StreamHandler", formatter: "day" },
      h2: { class: "logging.StreamHandler", formatter: "wrong" },
      h3: { class: "logging.StreamHandler", formatter: "dollar" },
    },
    root: { handlers: ["h1", "h2", "h3"] },
  },
  "unknown keys": {
    version: 1,
    comment: "for people",
    formatters: { f: { format: "%(message)s!", comment: "too" } },
    filters: { g: { name: "a", comment: "too" } },
    handlers: { h: { class: "logging.StreamHandler", formatter: "f", filters: ["g"] } },
    loggers: { a: { handlers: ["h"], ...{ comment: "too" } } },
    root: {},
  },
};

for (const [what, config] of Object.entries(taken)) {
  test(`dictConfig() takes ${what} as CPython's does`, async () => {
    const steps: Step[] = [["logger", "a.b", 10, true], ["config", config], ...calls];
    assertEquals(await compare([steps]), 1);
  }, { skip: withoutPython() });
}

/** Configurations that both sides refuse; a refused one must change nothing on our side. */
const stream = { class: "logging.StreamHandler" };
const refused: Record<string, unknown> = {
  "no version": {},
  "another version": { version: 2 },
  "a handler without a class": { version: 1, handlers: { h: {} } },
  "a class that is not there": { version: 1, handlers: { h: { class: "logging.NoHandler" } } },
  "an argument that is none": { version: 1, handlers: { h: { ...stream, colour: "red" } } },
  "an argument that no argument can be": { version: 1, handlers: { h: { ...stream, "a b": 1 } } },
  "a level that is none": { version: 1, handlers: { h: { ...stream, level: "LOUD" } } },
  "a level of a fraction": { version: 1, root: { level: "1.5" } },
  "a formatter that is not there": { version: 1, handlers: { h: { ...stream, formatter: "f" } } },
  "a filter that is not there": { version: 1, handlers: { h: { ...stream, filters: ["f"] } } },
  "a handler that is not there": { version: 1, root: { handlers: ["h"] } },
  "a logger's handler that is not there": { version: 1, loggers: { a: { handlers: ["h"] } } },
  "a format that is none": { version: 1, formatters: { f: { format: "no field" } } },
  "a style that is none": { version: 1, formatters: { f: { format: "x", style: "#" } } },
  "a reference to nothing": { version: 1, handlers: { h: "cfg://handler_configs.h" } },
  "a reference that is none": { version: 1, handlers: { h: { ...stream, stream: "cfg://!" } } },
  "a circle of references": { version: 1, a: "cfg://b", b: "cfg://a", handlers: "cfg://a" },
  "an increment to a handler that is not there": {
    version: 1,
    incremental: true,
    handlers: { h: { level: 10 } },
  },
  "an attribute of a logger's level": {
    version: 1,
    incremental: true,
    loggers: { a: { level: "LOUD" } },
  },
};

test("dictConfig() refuses every configuration that CPython's refuses", async () => {
  const scripts = Object.values(refused).map((config): Step[] => [
    ["logger", "a", 10, true],
    ["config", config as LoggingConfig],
  ]);
  assertEquals(await compare(scripts), 0);
}, { skip: withoutPython() });

test("one dictionary makes CPython's files and ours, name for name and byte for byte", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-config-"));
  const script = (folder: string): Step[] => {
    const at = (type: string, name: string, more: object = {}) => ({
      class: `logging.${type}`,
      filename: join(folder, name),
      formatter: "brief",
      ...more,
    });
    return [["config", {
      version: 1,
      formatters: { brief: { format: "%(name)s %(levelname)-8s %(message)s" } },
      handlers: {
        plain: at("FileHandler", "plain.log", { mode: "w", encoding: "utf8", level: "ERROR" }),
        watched: at("handlers.WatchedFileHandler", "watched.log", { encoding: null, delay: true }),
        sized: at("handlers.RotatingFileHandler", "sized.log", { maxBytes: 150, backupCount: 2 }),
        timed: at("handlers.TimedRotatingFileHandler", "timed.log", { when: "D", interval: 1 }),
      },
      root: { level: "INFO", handlers: ["plain", "watched", "sized", "timed"] },
    }], ...calls];
  };
  try {
    const folders = ["ours", "pythons"].map((name) => join(folder, name)) as [string, string];
    for (const path of folders) mkdirSync(path);
    await withBareRoot(async () => {
      askPython("config_oracle.py", [script(folders[1])]);
      replay(script(folders[0]));
      await Promise.all(root.handlers.map((handler) => handler.close()));
    });
    const contents = (path: string) =>
      readdirSync(path).sort().map((name) => [name, readFileSync(join(path, name), "utf8")]);
    const ours = contents(folders[0]);
    assertEquals(ours, contents(folders[1]));
    assertEquals(ours.map(([name]) => name), [
      ...["plain.log", "sized.log", "sized.log.1", "sized.log.2", "timed.log", "watched.log"],
    ]);
  } finally {
    manager.loggerDict.clear();
    rmSync(folder, { recursive: true });
  }
}, { skip: withoutPython() });
