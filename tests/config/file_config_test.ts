import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { dictConfig } from "../../src/config/dict_config.ts";
import { fileConfig, type FileConfigOptions } from "../../src/config/file_config.ts";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import type { SocketHandler } from "../../src/handlers/socket_handler.ts";
import type { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { getHandlerByName } from "../../src/logging/handler.ts";
import { JSONFormatter } from "../../src/logging/json_formatter.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { exception } from "../../src/logging/module_functions.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import {
  ExceptionFormatter,
  ListHandler,
  thrownBy,
  withBareRoot,
  withStandardStreams,
} from "../logging/helpers.ts";
import { test } from "../test.ts";

class OwnHandler extends MemoryHandler {}

const classes = {
  ...handlerClasses({ connector: new MemoryNetwork() }),
  "test.ExceptionFormatter": ExceptionFormatter,
  "test.OwnHandler": OwnHandler,
  "test.List": () => new ListHandler(),
};

/** A file of these sections, each `name: options`. */
function ini(sections: Record<string, string>): string {
  const all = {
    loggers: "keys=root",
    handlers: "keys=h",
    formatters: "keys=",
    logger_root: "level=WARNING\nhandlers=h",
    handler_h: "class=StreamHandler\nargs=(sys.stdout,)",
    ...sections,
  };
  return Object.entries(all).map(([name, options]) => `[${name}]\n${options}\n`).join("\n");
}

async function bare(fn: () => void | Promise<void>): Promise<void> {
  manager.loggerDict.clear();
  await withBareRoot(fn);
  manager.loggerDict.clear();
}

const apply = (sections: Record<string, string>, options: FileConfigOptions = {}) =>
  fileConfig(ini(sections), { classes, ...options });

const stdoutOf = (fn: () => void) =>
  withStandardStreams(({ written }) => {
    fn();
    return written.stdout;
  });

function logBoth(name: string): void {
  getLogger(name).info("i");
  getLogger(name).error("e");
}

const form1 = {
  formatters: "keys=form1",
  formatter_form1: "format=%(levelname)s ++ %(message)s\ndatefmt=",
  handler_h: "class=StreamHandler\nformatter=form1\nlevel=NOTSET\nargs=(sys.stdout,)",
};
const parser = {
  ...form1,
  loggers: "keys=root,parser",
  logger_root: "level=WARNING\nhandlers=",
  logger_parser: "level=DEBUG\nhandlers=h\npropagate=1\nqualname=compiler.parser",
};
const BOTH = "INFO ++ i\nERROR ++ e\n";

// The cases of `ConfigFileTest` in CPython's Lib/test/test_logging.py (3.13), in its order.
test("fileConfig() does what config0, 1, 5 and 6 of CPython's tests say", () =>
  bare(() => {
    apply(form1);
    assertEquals(stdoutOf(() => logBoth("")), "ERROR ++ e\n");
    const same = [
      parser,
      { ...parser, handler_h: form1.handler_h.replace("Stream", "logging.Stream") },
      {
        ...parser,
        handlers: "keys=h, hand2",
        handler_hand2: "class=StreamHandler\nformatter=form2\nargs=(sys.stderr,)",
        formatters: "keys=form1, form2",
        formatter_form2: "format=%(message)s",
      },
    ];
    for (const sections of same) {
      apply(sections);
      assertEquals(stdoutOf(() => logBoth("compiler.parser")), BOTH);
    }
  }));

test("fileConfig() refuses config2 and 3 of CPython's tests, and changes nothing", () =>
  bare(() => {
    const kept = new ListHandler();
    root.addHandler(kept);
    const bad = [
      { ...parser, handler_h: form1.handler_h.replace("stdout", "stbout") },
      { ...parser, handler_h: form1.handler_h.replace("form1", "misspelled_name") },
    ];
    for (const sections of bad) assertThrows(() => apply(sections), TypeError);
    assertStrictEquals(root.handlers[0], kept);
    assertEquals([...manager.loggerDict.keys()], []);
  }));

test("fileConfig() makes the caller's own formatter, as config4 of CPython's tests", () =>
  bare(() => {
    const formatter_form1 = "class=test.ExceptionFormatter\nformat=%(levelname)s:%(name)s:" +
      "%(message)s\ndatefmt=";
    apply({ ...form1, formatter_form1, logger_root: "level=NOTSET\nhandlers=h" });
    assertEquals(
      stdoutOf(() => exception("just testing", new TypeError("x"))),
      "ERROR:root:just testing\nGot a [TypeError]\n",
    );
  }));

test("fileConfig() disables loggers that are not named, as config7 of CPython's tests", () =>
  bare(() => {
    apply({
      ...parser,
      logger_root: "level=WARNING\nhandlers=h",
      logger_parser: parser.logger_parser.replace("handlers=h", "handlers="),
    });
    const hyphenated = getLogger("compiler-hyphenated");
    assertEquals(stdoutOf(() => logBoth("compiler.parser")), BOTH);
    apply({
      ...form1,
      loggers: "keys=root,parser,compiler",
      logger_compiler: "level=DEBUG\nhandlers=\npropagate=1\nqualname=compiler",
      logger_parser: "level=DEBUG\nhandlers=\npropagate=1\nqualname=compiler.parser",
      handler_h: "class=StreamHandler\nformatter=form1\nkwargs={'stream': sys.stdout,}",
    });
    for (const name of ["compiler.parser", "compiler.lexer"]) {
      assertEquals(stdoutOf(() => logBoth(name)), BOTH);
    }
    assertEquals(hyphenated.disabled, true);
  }));

test("fileConfig() gives a formatter its defaults, as config9 of CPython's tests", () =>
  bare(() => {
    const format = "format=%(message)s ++ %(customfield)s\n";
    apply({ ...form1, formatter_form1: format + `defaults={"customfield": "defaultvalue"}` });
    const text = (fields: object) =>
      getHandlerByName("h")!.format(makeLogRecord({ msg: "test", ...fields }));
    assertEquals(text({}), "test ++ defaultvalue");
    assertEquals(text({ customfield: "customvalue" }), "test ++ customvalue");
  }));

test("fileConfig() disables and names as the other cases of CPython's tests", () =>
  bare(() => {
    apply({});
    const logger = getLogger("some_pristine_logger");
    assertEquals([logger.disabled, root.handlers[0]?.name], [false, "h"]);
    apply({});
    assertEquals(logger.disabled, true);
    apply({}, { disable_existing_loggers: false });
    assertEquals(logger.disabled, false);
    const invalid = assertThrows(() => apply({ handler_h: "class=StreamHandler\n\nprince" }));
    assertEquals((invalid as Error).name, "ParsingError");
    assertThrows(() => fileConfig(""), TypeError, "'text'");
    // Defaults are not interpolated where nothing refers to them.
    apply({ handler_h: "class=logging.StreamHandler\nargs=tuple()" }, {
      defaults: { version: 1, formatters: { generic: { format: "%(asctime)s [%(process)d]" } } },
    });
  }));

test("fileConfig() says that it takes the text of a file, where it is given the name", () => {
  for (const name of ["filenotfound", "/srv/shop/logging.ini"]) {
    assertThrows(
      () => fileConfig(name),
      TypeError,
      "'text' must be the text of a file, not its name",
    );
  }
});

test("fileConfig() gives the arguments of Python's constructors by their places and names", () =>
  bare(() => {
    apply({
      handlers: "keys=h, socket, syslog, memory, own",
      handler_socket: "class=handlers.SocketHandler\n" +
        "args=('%(host)s', handlers.DEFAULT_TCP_LOGGING_PORT)\nkwargs={'batchMs': 5}\nhost=logs",
      handler_syslog: "class=handlers.SysLogHandler\nlevel=error\n" +
        "args=(('localhost', 1514), handlers.SysLogHandler.LOG_LOCAL3)\n" +
        "kwargs={'socktype': handlers.socket.SOCK_STREAM}",
      handler_memory: "class=handlers.MemoryHandler\nargs=(10, ERROR, None, False)\ntarget=h",
      handler_own: "class=test.OwnHandler\nargs=(7,)\nkwargs={'flushLevel': 'INFO'}\ntarget=socket",
    });
    const named = <Kind>(name: string) => getHandlerByName(name) as Kind;
    const socket = named<SocketHandler>("socket");
    assertEquals([socket.host, socket.port], ["logs", 9020]);
    const syslog = named<SysLogHandler>("syslog");
    assertEquals([syslog.address, syslog.facility, syslog.level], [["localhost", 1514], 19, 40]);
    const [memory, own] = [named<MemoryHandler>("memory"), named<MemoryHandler>("own")];
    assertEquals([memory.capacity, memory.flushLevel, memory.flushOnClose], [10, 40, false]);
    assertStrictEquals(memory.target, root.handlers[0]);
    assertEquals([own.constructor, own.capacity, own.flushLevel], [OwnHandler, 7, 20]);
    assertStrictEquals(own.target, socket);
  }));

test("fileConfig() takes names of values and classes of the caller", () =>
  bare(() => {
    let text = "";
    apply({
      handler_h: "class=StreamHandler\nargs=(app.out,)\nformatter=json",
      formatters: "keys=json",
      formatter_json: "class=logwire.JSONFormatter",
    }, { externals: { "app.out": { write: (part: string) => text += part } } });
    getLogger("shop").error("no ink");
    assertInstanceOf(getHandlerByName("h")!.formatter, JSONFormatter);
    assertEquals(JSON.parse(text).message, "no ink");
  }));

test("fileConfig() follows no references, in arguments or formats", () =>
  bare(() => {
    const formatter_form1 = "format=ext://sys.stdout %(message)s";
    apply({ ...form1, formatter_form1 });
    assertEquals(stdoutOf(() => root.error("e")), "ext://sys.stdout e\n");
    const stream = (args: string) =>
      thrownBy(() => apply({ handler_h: `class=StreamHandler\nargs=${args}` })).message;
    for (const text of ["ext://sys.stdout", "cfg://handlers"]) {
      assert(stream(`('${text}',)`).includes("[handler_h].stream"), text);
    }
  }));

test("fileConfig() evaluates nothing, and says where an expression stands", () =>
  bare(() => {
    const had = Object.keys(globalThis).length;
    const expressions = [
      "__import__('os').system('x')",
      "(open('/etc/passwd'),)",
      "(lambda: 1)()",
      "(sys.stdout.__class__,)",
      "(f'{1}',)",
      "('a' %% 1,)",
      "(10*1024,)",
      "[x for x in ()]",
      "constructor",
      "(__proto__,)",
      "(toString,)",
    ];
    for (const args of expressions) {
      const place = "Cannot configure logging as '[handler_h].args' must be Python literals";
      assert(
        thrownBy(() => apply({ handler_h: `class=StreamHandler\nargs=${args}` })).message
          .startsWith(place),
        args,
      );
    }
    for (const name of ["constructor", "toString", "__proto__", "eval", "test.List.name"]) {
      assertThrows(() => apply({ handler_h: `class=${name}` }), TypeError, "'[handler_h].class'");
    }
    assertEquals(Object.keys(globalThis).length, had);
  }));

test("an error of fileConfig() names the section and the option", () =>
  bare(() => {
    const h = (options: string) => ({ handler_h: options });
    const cases: [Record<string, string>, string][] = [
      [{ logger_root: "handlers=x" }, "'[logger_root].handlers.0' must be the name of one of the"],
      [
        { logger_root: "level=LOUD\nhandlers=" },
        "'[logger_root].level' must be a level, by number",
      ],
      [{ logger_root: "" }, "the file needs an option 'handlers' in [logger_root]"],
      [{ loggers: "keys=" }, `'[loggers].keys' must be a list with "root"`],
      [{ handlers: "keys=h,i" }, "the file needs a section [handler_i]"],
      [h("level=1"), "the file needs an option 'class' in [handler_h]"],
      [h("class=StreamHandler\nlevel=LOUD"), "'[handler_h].level' must be a level"],
      [h("class=StreamHandler\nformatter=f"), "'[handler_h].formatter' must be the name of one of"],
      [
        h("class=StreamHandler\nargs=1"),
        "'[handler_h].args' must be a tuple such as (sys.stdout,)",
      ],
      [
        h("class=StreamHandler\nargs=(1, 2)"),
        "'[handler_h].args' must be at most 1 values (stream)",
      ],
      [h("class=test.List\nargs=(1,)"), "'[handler_h].args' must be empty, as the order of the"],
      [
        h("class=StreamHandler\nargs=(None,)\nkwargs={'stream': None}"),
        "'[handler_h].kwargs.stream' must be given once, in 'args' or in 'kwargs'",
      ],
      [
        h("class=StreamHandler\nkwargs={'()': 'test.List'}"),
        "'[handler_h].kwargs.()' must be an argument of the class",
      ],
      [
        h("class=handlers.SocketHandler\nargs=('localhost', 'x')"),
        "'[handler_h].port' must be an integer from 1 to 65535",
      ],
      [
        h("class=handlers.SocketHandler\nargs=('h', 1)\nkwargs={'tls': {'path': 'x'}}"),
        "there is no option '[handler_h].tls.path': the options are",
      ],
      [h("class=%(x)s"), "'[handler_h].class' refers to an option that does not exist: \"x\""],
      [h("class=a\nclass=b"), `'[handler_h].class' in line 16, "class=b" exists already`],
    ];
    for (const [sections, message] of cases) {
      const shown = thrownBy(() => apply(sections)).message;
      assertEquals(shown.slice(0, message.length + 28), `Cannot configure logging as ${message}`);
    }
    const marked = thrownBy(() => fileConfig("\ufeff[loggers]")).message;
    assert(marked.endsWith(`there is no section before line 1, "\\ufeff[loggers]"`), marked);
    assertThrows(() => apply({}, { defaults: { a: null } }), TypeError, "'defaults.a'");
    assertThrows(() => apply({}, { colour: 1 } as FileConfigOptions), TypeError, "'colour'");
  }));

test("fileConfig() refuses a few lines whose interpolation would fill the memory", () =>
  bare(() => {
    const grow = (leaf: string) =>
      Array.from({ length: 9 }, (_, at) => `k${at}=${`%(k${at + 1})s`.repeat(20)}`).join("\n") +
      `\nk9=${leaf}`;
    for (const leaf of ["", "x", "%%"]) {
      const error = thrownBy(() => apply({ handler_h: `class=%(k0)s\n${grow(leaf)}` }));
      assertEquals(error.name, "InterpolationDepthError");
    }
  }));

test("fileConfig() replaces what dictConfig() configured, and the other way round", () =>
  bare(() => {
    dictConfig({ version: 1, handlers: { h: { class: "test.List" } }, root: { handlers: ["h"] } }, {
      classes,
    });
    const [list] = root.handlers;
    assertInstanceOf(list, ListHandler);
    apply({});
    assertInstanceOf(root.handlers[0], StreamHandler);
    assertStrictEquals(getHandlerByName("h"), root.handlers[0]);
  }));
