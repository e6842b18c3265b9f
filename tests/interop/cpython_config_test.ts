// The cases of `ConfigDictTest` in CPython's Lib/test/test_logging.py (3.14) that can be put in
// JavaScript, in its order; those of queues are in tests/config/queue_handler_factory_test.ts.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { dictConfig } from "../../src/config/dict_config.ts";
import type { ConfigFactory } from "../../src/config/config_factory.ts";
import { fileConfig } from "../../src/config/file_config.ts";
import type { LoggingConfig } from "../../src/config/logging_config.ts";
import { type FileHandler, fileHandlerClasses } from "../../src/files/file_handlers.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { Filter } from "../../src/logging/filter.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { getHandlerByName, getHandlerNames, Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { exception } from "../../src/logging/module_functions.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { inFolder, read } from "../files/folder.ts";
import {
  ExceptionFormatter,
  stderrOf,
  withBareRoot,
  withStandardStreams,
} from "../logging/helpers.ts";
import { test } from "../test.ts";

const formatFunc = ({ format, datefmt = null }: Record<string, unknown>) =>
  new ExceptionFormatter(format as string, datefmt as string | null);

class CustomHandler extends StreamHandler {}

const classes = {
  "test.ExceptionFormatter": ExceptionFormatter,
  "test.formatFunc": formatFunc,
  "test.CustomHandler": CustomHandler,
};

const form1 = { format: "%(levelname)s ++ %(message)s" };
const hand1 = {
  class: "logging.StreamHandler",
  formatter: "form1",
  level: "NOTSET",
  stream: "ext://sys.stdout",
};
const parser = { level: "DEBUG", handlers: ["hand1"] };

function config(more: object): LoggingConfig {
  return { version: 1, formatters: { form1 }, handlers: { hand1 }, ...more };
}

/** With a parser below the root, as `config1`. */
const config1 = (more: object = {}) =>
  config({ loggers: { "compiler.parser": parser }, root: { level: "WARNING" }, ...more });

async function bare(fn: () => void): Promise<void> {
  manager.loggerDict.clear();
  await withBareRoot(fn);
  root.filters.length = 0;
  manager.loggerDict.clear();
}

const apply = (config: LoggingConfig) => dictConfig(config, { classes });

/** Returns the lines on standard output. */
const stdoutOf = (fn: () => void) =>
  withStandardStreams(({ written }) => {
    fn();
    return written.stdout;
  });

function logBoth(name: string): void {
  getLogger(name).info("i");
  getLogger(name).error("e");
}

const BOTH = "INFO ++ i\nERROR ++ e\n";

test("dictConfig() does what config0 and config1 of CPython's tests say", () =>
  bare(() => {
    const config0 = config({ root: { level: "WARNING", handlers: ["hand1"] } });
    apply(config0);
    assertInstanceOf(getHandlerByName("hand1"), StreamHandler);
    assertEquals(stdoutOf(() => logBoth("")), "ERROR ++ e\n");
    apply(config1());
    assertEquals(stdoutOf(() => logBoth("compiler.parser")), BOTH);
  }));

test("dictConfig() refuses config2, 2a, 2b, 3, 6, 12 and 13 of CPython's tests", () =>
  bare(() => {
    const handler = (more: object) => config1({ handlers: { hand1: { ...hand1, ...more } } });
    const { version: _version, ...config12 } = config1();
    const bad = [
      handler({ stream: "ext://sys.stdbout" }),
      handler({ level: "NTOSET" }),
      config1({ root: { level: "WRANING" } }),
      handler({ formatter: "misspelled_name" }),
      handler({ class: "test.CustomHandler", "9": "invalid parameter name" }),
      config12 as LoggingConfig,
      config1({ version: 2 }),
    ];
    for (const config of bad) assertThrows(() => apply(config), TypeError);
  }));

test("dictConfig() makes the caller's own formatters, as config4 and 4a of CPython's tests", () =>
  bare(() => {
    const format = "%(levelname)s:%(name)s:%(message)s";
    const own = ["test.ExceptionFormatter", ExceptionFormatter, "test.formatFunc", formatFunc];
    for (const made of own) {
      apply(config({
        formatters: { form1: { "()": made, format } },
        handlers: { hand1, hand2: { "()": () => new StreamHandler() } },
        root: { level: "NOTSET", handlers: ["hand1"] },
      }));
      assertEquals(
        stdoutOf(() => exception("just testing", new TypeError("x"))),
        "ERROR:root:just testing\nGot a [TypeError]\n",
      );
    }
  }));

test("dictConfig() makes the caller's own handler, as config5 of CPython's tests", () =>
  bare(() => {
    apply(config1({ handlers: { hand1: { ...hand1, class: "test.CustomHandler" } } }));
    assertInstanceOf(getHandlerByName("hand1"), CustomHandler);
    assertEquals(stdoutOf(() => logBoth("compiler.parser")), BOTH);
  }));

test("dictConfig() disables loggers that are not named, as config7, 8 and 8a of CPython's tests", () =>
  bare(() => {
    apply(config1());
    apply(config({ loggers: { "compiler.lexer": parser }, root: { level: "WARNING" } }));
    assertEquals(getLogger("compiler.parser").disabled, true);
    assertEquals(stdoutOf(() => logBoth("compiler.lexer")), BOTH);

    const loggers = { compiler: parser, "compiler.lexer": {} };
    for (const disable_existing_loggers of [false, true]) {
      manager.loggerDict.clear();
      apply(config1());
      const hyphenated = getLogger("compiler-hyphenated");
      assertEquals(hyphenated.disabled, false);
      apply(config({ disable_existing_loggers, loggers, root: { level: "WARNING" } }));
      assertEquals(stdoutOf(() => logBoth("compiler.parser")), BOTH);
      assertEquals(stdoutOf(() => logBoth("compiler.lexer")), BOTH);
      assertEquals(hyphenated.disabled, disable_existing_loggers);
    }
  }));

test("dictConfig() changes levels incrementally, as config9 of CPython's tests", () =>
  bare(() => {
    const level = "WARNING";
    apply(config1({
      handlers: { hand1: { ...hand1, level } },
      loggers: { "compiler.parser": { ...parser, level } },
    }));
    const loggers = { "compiler.parser": { level: "INFO" } };
    const info = () => stdoutOf(() => getLogger("compiler.parser").info("i"));
    assertEquals(info(), "");
    apply({ version: 1, incremental: true, handlers: { hand1: { level } }, loggers });
    assertEquals(info(), "");
    apply({ version: 1, incremental: true, handlers: { hand1: { level: "INFO" } }, loggers });
    assertEquals(info(), "INFO ++ i\n");
  }));

test("dictConfig() filters at the handler and the logger, as config10 of CPython's tests", () =>
  bare(() => {
    apply(config({
      filters: { filt1: { name: "compiler.parser" } },
      handlers: { hand1: { ...hand1, filters: ["filt1"] } },
      loggers: { "compiler.parser": { level: "DEBUG", filters: ["filt1"] } },
      root: { level: "WARNING", handlers: ["hand1"] },
    }));
    const names = ["compiler.parser", "compiler", "compiler.lexer", "compiler.parser.codegen"];
    const text = stdoutOf(() => {
      for (const name of names) getLogger(name).warning("%s", name);
    });
    assertEquals(text, `WARNING ++ ${names[0]}\nWARNING ++ ${names[3]}\n`);
  }));

test("dictConfig() follows references to parts, as config11 of CPython's tests", () =>
  bare(() => {
    apply(config1({
      true_formatters: { form1 },
      handler_configs: { hand1 },
      formatters: "cfg://true_formatters",
      handlers: { hand1: "cfg://handler_configs[hand1]" },
    }));
    assertEquals(stdoutOf(() => logBoth("compiler.parser")), BOTH);
  }));

test("dictConfig() sets properties and defaults, as config14, 16 and 17 of CPython's tests", () =>
  bare(() => {
    const handlers = { hand1: { ...hand1, ".": { foo: "bar", terminator: "!\n" } } };
    apply(config({ handlers, root: { level: "WARNING", handlers: ["hand1"] } }));
    assertEquals((getHandlerByName("hand1") as unknown as { foo: string }).foo, "bar");
    assertEquals(stdoutOf(() => root.warning("Exclamation")), "WARNING ++ Exclamation!\n");

    const defaults = { customfield: "defaultvalue" };
    apply(
      config({ formatters: { form1: { format: "%(message)s ++ %(customfield)s", defaults } } }),
    );
    const format = (fields: object) =>
      getHandlerByName("hand1")!.format(makeLogRecord({ msg: "Hello", ...fields }));
    assertEquals(format({ customfield: "customvalue" }), "Hello ++ customvalue");
    assertEquals(format({}), "Hello ++ defaultvalue");

    class CustomFormatter extends Formatter {
      custom_property = ".";
    }
    const form = {
      "()": CustomFormatter,
      style: "{",
      datefmt: "%Y-%m-%d %H:%M:%S",
      format: "{message}",
      ".": { custom_property: "value" },
    };
    apply(config({ formatters: { form1: form } }));
    assertEquals(
      (getHandlerByName("hand1")!.formatter as CustomFormatter).custom_property,
      "value",
    );
  }));

test("dictConfig() closes the file of a configuration that it replaces, as config15 of CPython's tests", () =>
  inFolder(async (folder) => {
    const file = { class: "logging.FileHandler", filename: `${folder}/app.log`, encoding: "utf-8" };
    const again = () =>
      dictConfig({ version: 1, handlers: { file }, root: { handlers: ["file"] } }, {
        classes: fileHandlerClasses,
      });
    await withBareRoot(async () => {
      again();
      const first = root.handlers[0] as FileHandler;
      root.error("first");
      assert(first.stream !== null);
      again();
      const second = root.handlers[0] as FileHandler;
      root.error("second");
      await second.close();
      assertEquals([first.stream, read(second.baseFilename)], [null, "first\nsecond\n"]);
    });
  }));

test("fileConfig() closes the file of a configuration that it replaces, as config8 of CPython's tests", () =>
  inFolder(async (folder) => {
    const text = [
      "[loggers]\nkeys=root\n[handlers]\nkeys=file\n[formatters]\nkeys=",
      "[logger_root]\nlevel=DEBUG\nhandlers=file",
      "[handler_file]\nclass=FileHandler\nlevel=DEBUG",
      `args=("${folder}/app.log",)\nkwargs={"encoding": "utf-8"}`,
    ].join("\n");
    await withBareRoot(async () => {
      fileConfig(text, { classes: fileHandlerClasses });
      const first = root.handlers[0] as FileHandler;
      root.error("first");
      fileConfig(text, { classes: fileHandlerClasses });
      const second = root.handlers[0] as FileHandler;
      root.error("second");
      await second.close();
      assertEquals([first.stream, read(second.baseFilename)], [null, "first\nsecond\n"]);
    });
  }));

test("dictConfig() sets flushLevel by name, as config18 of CPython's tests", () =>
  bare(() => {
    apply({
      version: 1,
      handlers: {
        console: { class: "logging.StreamHandler", level: "DEBUG" },
        buffering: {
          class: "logging.handlers.MemoryHandler",
          capacity: 5,
          target: "console",
          level: "DEBUG",
          flushLevel: "ERROR",
        },
      },
      loggers: { mymodule: { level: "DEBUG", handlers: ["buffering"], propagate: "true" } },
    });
    const [handler] = getLogger("mymodule").handlers;
    assert(handler instanceof MemoryHandler);
    assertEquals([handler.flushLevel, getLogger("mymodule").propagate], [40, true]);
  }));

test("dictConfig() validates a format in its style, unless told not to, as CPython's tests", () =>
  bare(() => {
    const styled = (form: object) => config({ formatters: { form1: form } });
    const percent = "%(asctime)s (%(name)s) %(levelname)s: %(message)s";
    assertThrows(() => apply(styled({ format: percent, style: "$" })), RangeError);
    apply(styled({ format: "${asctime} (${name}) ${levelname}: ${message}", style: "$" }));
    for (const key of ["()", "class"]) {
      for (const style of ["%", "$"]) {
        const form = { [key]: "test.ExceptionFormatter", format: percent, validate: false, style };
        apply(styled(form));
        assertInstanceOf(getHandlerByName("hand1")!.formatter, ExceptionFormatter);
      }
    }
    // CPython refuses this class at its call: it takes no style.
    class NoFormatter {}
    assertThrows(() => apply(styled({ class: NoFormatter, format: percent })), TypeError);
    assertEquals([...getHandlerNames()], ["hand1"]);
  }));

test("dictConfig() makes formats in the style $ for a handler and its target, as CPython's tests", () =>
  bare(() => {
    const formatter = "mySimpleFormatter";
    const format = "${asctime} (${name}) ${levelname}: ${message}";
    apply({
      version: 1,
      formatters: { mySimpleFormatter: { format, style: "$", datefmt: "now" } },
      handlers: {
        fileGlobal: { class: "logging.StreamHandler", level: "DEBUG", formatter },
        bufferGlobal: {
          class: "logging.handlers.MemoryHandler",
          capacity: 5,
          formatter,
          target: "fileGlobal",
          level: "DEBUG",
        },
      },
      loggers: { mymodule: { level: "DEBUG", handlers: ["bufferGlobal"], propagate: "true" } },
    });
    const [handler] = getLogger("mymodule").handlers;
    assert(handler instanceof MemoryHandler && handler.target instanceof Handler);
    const record = makeLogRecord({ name: "a", levelname: "INFO", msg: "hi" });
    for (const each of [handler, handler.target]) {
      assertEquals(each.format(record), "now (a) INFO: hi");
    }
    assertEquals([...getHandlerNames()].sort(), ["bufferGlobal", "fileGlobal"]);
  }));

test("dictConfig() gives a formatter function all keywords, where a function of Python refuses some", () =>
  bare(() => {
    const format = "%(levelname)s:%(name)s:%(message)s";
    const record = makeLogRecord({ name: "a", levelname: "INFO", msg: "hi" });
    for (const more of [{ validate: false }, { defaults: { customfield: "myvalue" } }]) {
      apply(config({ formatters: { form1: { "()": formatFunc, format, ...more } } }));
      assertEquals(getHandlerByName("hand1")!.format(record), "INFO:a:hi");
    }
  }));

test("dictConfig() converts cfg:// as CPython's test_baseconfig has it", () => {
  const nest4 = {
    d: "e",
    f: 3,
    "alpha numeric 1 with spaces": 5,
    "alpha numeric 1 %( - © ©ß¯": 9,
    "": 10,
    somelist: ["g", ["h", "i"], "j"],
    somedict: { a: 1, "a with 1 and space": 3, "a with ( and space": 4 },
  };
  const parts = {
    alist: ["a", "b", "c"],
    adict: { ...nest4, "alpha numeric ] 1 with spaces": 15, " alpha ": 32, nest4 },
    nest1: ["g", ["h", "i"], "j"],
    nest2: ["k", ["l", "m"], "n"],
    nest3: ["o", "cfg://alist", "p"],
  };
  const converted = (reference: string): unknown => {
    let found: unknown;
    const made: ConfigFactory = ({ value }) => {
      found = value;
      return new StreamHandler();
    };
    apply({ version: 1, ...parts, handlers: { h: { "()": made, value: `cfg://${reference}` } } });
    return found;
  };
  const cases: [string, unknown][] = [
    ["alist[1]", "b"],
    ["nest1[1][0]", "h"],
    ["nest2[1][1]", "m"],
    ["adict.d", "e"],
    ["adict[f]", 3],
    ["adict[alpha numeric 1 with spaces]", 5],
    ["adict[alpha numeric 1 %( - © ©ß¯]", 9],
    ["adict[]", 10],
    ["adict.nest4.d", "e"],
    ["adict.nest4[d]", "e"],
    ["adict[nest4].d", "e"],
    ["adict[nest4][f]", 3],
    ["adict[nest4][alpha numeric 1 with spaces]", 5],
    ["adict[nest4][alpha numeric 1 %( - © ©ß¯]", 9],
    ["adict[nest4][]", 10],
    ["adict[nest4][somelist][0]", "g"],
    ["adict[nest4][somelist][1][0]", "h"],
    ["adict[nest4][somelist][1][1]", "i"],
    ["adict[nest4].somedict.a", 1],
    ["adict[nest4].somedict[a with 1 and space]", 3],
    ["adict[nest4].somedict[a with ( and space]", 4],
    ["adict[nest4][somelist][2]", "j"],
    ["adict.nest4.somelist[1][1]", "i"],
    ["adict.nest4.somelist[2]", "j"],
    ["adict.nest4.somedict.a", 1],
    ["adict.nest4.somedict[a]", 1],
    ["nest3", ["o", ["a", "b", "c"], "p"]],
  ];
  return bare(() => {
    for (const [reference, value] of cases) assertEquals(converted(reference), value, reference);
    const bad = ["nosuch", "!", "adict[2]", "adict[alpha numeric ] 1 with spaces]"];
    for (const reference of [...bad, "adict[ alpha ]] numeric 1 ]", "adict[ alpha [ numeric 1 ]"]) {
      assertThrows(() => converted(reference), TypeError, undefined, reference);
    }
  });
});

test("dictConfig() hands objects over as they are, as CPython's test_namedtuple", () =>
  bare(() => {
    class Resource {
      readonly type = "my_type";
    }
    class MyHandler extends StreamHandler {
      readonly resource: Resource;
      constructor({ resource }: { resource: Resource }) {
        super();
        this.resource = resource;
      }
      override emit(record: LogRecord): void {
        record.msg += ` ${this.resource.type}`;
        super.emit(record);
      }
    }
    const resource = new Resource();
    const lines = stderrOf(() => {
      apply({
        version: 1,
        handlers: { myhandler: { "()": MyHandler, resource } },
        root: { level: "INFO", handlers: ["myhandler"] },
      });
      root.info("some log");
    });
    assertEquals(lines, ["some log my_type"]);
    assertStrictEquals((getHandlerByName("myhandler") as MyHandler).resource, resource);
  }));

test("dictConfig() takes filters as they are, and nothing else, as CPython's tests", () =>
  bare(() => {
    const filters = [() => 1, new Filter("spam.eggs"), { filter: () => 1 }];
    for (const filter of filters) {
      root.filters.length = 0;
      apply({ version: 1, root: { level: "DEBUG", filters: [filter] } });
      assertStrictEquals(root.filters[0], filter);
    }
    for (const filter of [null, 1, new (class NotAFilter {})()]) {
      const own = { level: "DEBUG", filters: [filter] } as unknown as
        & LoggingConfig["root"]
        & object;
      assertThrows(() => apply({ version: 1, root: own }), TypeError);
    }
  }));

test("dictConfig() enables a logger again that it names, as CPython's test_90195", () =>
  bare(() => {
    const handlers = { console: { level: "DEBUG", class: "logging.StreamHandler" } };
    const loggers = { a: { level: "DEBUG", handlers: ["console"] } };
    const logger = getLogger("a");
    apply({ version: 1, disable_existing_loggers: false, handlers, loggers });
    assertEquals(logger.disabled, false);
    apply({ version: 1 });
    assertEquals(logger.disabled, true);
    apply({ version: 1, handlers, loggers });
    assertEquals(logger.disabled, false);
    assertInstanceOf(logger.handlers[0], Handler);
  }));
