import { readFileSync } from "node:fs";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import type { ConfigFactory } from "../../src/config/config_factory.ts";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import { dictConfig, type DictConfigOptions } from "../../src/config/dict_config.ts";
import type { LoggingConfig } from "../../src/config/logging_config.ts";
import type { SocketHandler } from "../../src/handlers/socket_handler.ts";
import type { HTTPHandler } from "../../src/handlers/http_handler.ts";
import type { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import type { QueueHandler } from "../../src/queue/queue_handler.ts";
import type { RecordQueue } from "../../src/queue/record_queue.ts";
import type { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { getHandlerByName, type Handler } from "../../src/logging/handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import type { StreamHandler } from "../../src/logging/stream_handler.ts";
import { stdoutStream } from "../../src/logging/stdout_stream.ts";
import { stderrStream } from "../../src/logging/text_stream.ts";
import { ListHandler, stderrOf, thrownBy, withBareRoot } from "../logging/helpers.ts";
import { test } from "../test.ts";

/** Passes records on, as a `MemoryHandler` does, and notes when it is closed. */
class PassingHandler extends ListHandler {
  readonly targets: readonly Handler[];
  isClosed = false;

  constructor(targets: readonly Handler[] = []) {
    super();
    this.targets = targets;
  }

  override emit(record: LogRecord): void {
    for (const target of this.targets) target.handle(record);
  }

  override close(): Promise<void> {
    this.isClosed = true;
    return super.close();
  }
}

const passing: ConfigFactory = (_keywords, { handlers }) => new PassingHandler(handlers("target"));
const list: ConfigFactory = () => new ListHandler();
const classes = { "test.Passing": passing, "test.List": list };

/** Runs `fn` with no logger, no handler and a bare root. */
async function bare(fn: () => void | Promise<void>): Promise<void> {
  manager.loggerDict.clear();
  await withBareRoot(fn);
  root.filters.length = 0;
  manager.loggerDict.clear();
}

/** The message that refuses a configuration; checks that it changed nothing. */
function refusal(config: object, options: DictConfigOptions = { classes }): string {
  const kept = new ListHandler();
  const loggers = manager.loggerDict.size;
  root.addHandler(kept);
  root.setLevel(7);
  const { message } = thrownBy(() => dictConfig({ version: 1, ...config }, options));
  assertEquals([root.level, root.handlers.length, root.handlers[0] === kept], [7, 1, true]);
  assertEquals(manager.loggerDict.size, loggers);
  root.removeHandler(kept);
  return message;
}

function named<Kind extends Handler>(name: string): Kind {
  return getHandlerByName(name) as Kind;
}

test("an error names the path, and changes nothing", async () => {
  const handlers = { h: { class: "test.List" } };
  const own = (entry: object) => ({ handlers: { h: { class: "test.List", ...entry } } });
  const cases: [config: object, message: string][] = [
    [{ version: 2 }, `'version' must be 1: current value is 2`],
    [{ handlers: [] }, `'handlers' must be a dictionary: current value is an array of 0`],
    [{ handlers: { h: 7 } }, `'handlers.h' must be a dictionary: current value is 7`],
    [{ root: 7 }, `'root' must be a dictionary: current value is 7`],
    [
      { handlers: { h: {} } },
      `'handlers.h.class' must be a function or a name in 'classes' ` +
      `(logging.BufferingFormatter, logging.Filter, logging.Formatter, logging.Handler, ` +
      `logging.NullHandler, logging.StreamHandler, logging.handlers.BufferingHandler, ` +
      `logging.handlers.MemoryHandler, logging.handlers.QueueHandler, ` +
      `logging.handlers.QueueListener, logwire.ConsoleFormatter, logwire.JSONFormatter, ` +
      `logwire.PortQueue, logwire.RedactingFilter, multiprocessing.JoinableQueue, ` +
      `multiprocessing.Queue, queue.Queue, queue.SimpleQueue, test.List, test.Passing): ` +
      `current value is undefined`,
    ],
    [
      own({ level: "LOUD" }),
      `'handlers.h.level' must be a level, by number or by a name ` +
      `that is known: current value is "LOUD"`,
    ],
    [
      own({ formatter: "f" }),
      `'handlers.h.formatter' must be the name of one of the formatters: ` +
      `current value is "f"`,
    ],
    [own({ filters: "f" }), `'handlers.h.filters' must be a list: current value is "f"`],
    [
      own({ filters: ["f"] }),
      `'handlers.h.filters.0' must be the name of one of the filters: ` +
      `current value is "f"`,
    ],
    [own({ "a b": 1 }), `'handlers.h.a b' must be an identifier: current value is "a b"`],
    [
      own({ ".": JSON.parse(`{"__proto__": {}}`) }),
      `'handlers.h.__proto__' must be an ` +
      `attribute that may be set: current value is an object`,
    ],
    [
      { handlers: { h: { class: "logging.NullHandler", colour: "red" } } },
      `there is no option ` +
      `'handlers.h.colour': the options are none`,
    ],
    [
      { formatters: { f: { format: 7 } } },
      `'formatters.f.format' must be a string: ` +
      `current value is 7`,
    ],
    [
      { formatters: { f: { format: "no field" } } },
      `'formatters.f' cannot be made: ` +
      `Invalid format 'no field' for '%' style`,
    ],
    [
      { formatters: { f: { "()": () => 7 } } },
      `'formatters.f' must be an object with a method format(record), ` +
      `made by the factory: current value is 7`,
    ],
    [{ filters: { f: { name: 7 } } }, `'filters.f.name' must be a string: current value is 7`],
    [
      { filters: { f: { "()": () => 7 } } },
      `'filters.f' must be a filter, made by the factory: current value is 7`,
    ],
    [
      { handlers: { h: { "()": () => 7 } } },
      `'handlers.h' must be a Handler, made by the factory: current value is 7`,
    ],
    [
      { handlers, loggers: { a: { handlers: ["h", "i"] } } },
      `'loggers.a.handlers.1' must be the ` +
      `name of one of the handlers: current value is "i"`,
    ],
    [
      { root: { level: 1.5 } },
      `'root.level' must be a level, by number or by a name that is ` +
      `known: current value is 1.5`,
    ],
    [
      { incremental: true, handlers },
      `'handlers.h' must be the name of an existing handler: ` +
      `current value is "h"`,
    ],
  ];
  await bare(() => {
    for (const [config, message] of cases) {
      assertEquals(refusal(config), `Cannot configure logging as ${message}`);
    }
    assertThrows(() => dictConfig(null as unknown as LoggingConfig), TypeError, "'config'");
  });
});

test("an error of a constructor names its option in the dictionary", async () => {
  const network = { classes: handlerClasses({ connector: new MemoryNetwork() }) };
  const socket = (entry: object) => ({
    handlers: { h: { class: "logging.handlers.SocketHandler", ...entry } },
  });
  await bare(() => {
    assertEquals(
      refusal(socket({ host: "localhost", port: "9020" }), network),
      "Cannot configure logging as 'handlers.h.port' must be an integer from 1 to 65535: " +
        'current value is "9020"',
    );
    assertEquals(
      refusal(socket({ host: "localhost", port: 9020, prot: 1 }), network).split(":")[0],
      "Cannot configure logging as there is no option 'handlers.h.prot'",
    );
  });
});

test("an ext:// name is refused, unless externals has it", async () => {
  const config: LoggingConfig = {
    version: 1,
    handlers: { h: { class: "logging.StreamHandler", stream: "ext://my.stdout" } },
  };
  const stdout = { write: () => {} };
  await bare(() => {
    assertEquals(
      refusal(config),
      "Cannot configure logging as 'handlers.h.stream' must be an ext:// name that 'externals' has, as " +
        "nothing is imported: " +
        'current value is "ext://my.stdout"',
    );
    dictConfig(config, { externals: { "my.stdout": stdout } });
    assertStrictEquals(named<StreamHandler>("h").stream, stdout);
  });
});

test("circular references, and values that hold themselves, are refused", async () => {
  const loop: unknown[] = [];
  loop.push(loop);
  await bare(() => {
    const circle = { a: "cfg://b", b: "cfg://a", handlers: "cfg://a" };
    assertStringIncludes(
      refusal(circle),
      "'handlers' must be a reference that does not lead back to itself",
    );
    const deep = refusal({ handlers: { h: { class: "test.List", loop } } });
    assertStringIncludes(deep, ".0.0' must be nested less deeply: current value is an array of 1");
    const nowhere = refusal({ handlers: { h: "cfg://configs[0].h" }, configs: [] });
    assertEquals(
      nowhere,
      "Cannot configure logging as 'handlers.h' must be a reference to an existing entry: " +
        'current value is "cfg://configs[0].h"',
    );
  });
});

test("a factory gets keywords by name, with references followed, and the handlers that it names", async () => {
  const given: unknown[] = [];
  const stream = { texts: [] as string[], write: (text: string) => stream.texts.push(text) };
  const config: LoggingConfig = {
    version: 1,
    people: [{ name: "anna" }, "cfg://others.bert"],
    others: { bert: { name: "bert" } },
    handlers: {
      a: {
        "()": (keywords, { handlers }) => {
          given.push(keywords, handlers("target"), handlers("none"), handlers("both"));
          return new ListHandler();
        },
        who: "cfg://people[0].name",
        deep: { list: ["cfg://people[1]", 7, "http://example.com"] },
        target: "b",
        both: ["b", "cfg://handlers.c"],
        stream,
      },
      b: { class: "test.List" },
      c: { class: list },
    },
  };
  const before = JSON.stringify(config);
  await bare(() => {
    dictConfig(config, { classes });
    assertEquals(given, [
      {
        who: "anna",
        deep: { list: [{ name: "bert" }, 7, "http://example.com"] },
        target: "b",
        both: ["b", named("c")],
        stream,
      },
      [named("b")],
      [],
      [named("b"), named("c")],
    ]);
    assertStrictEquals((given[0] as { stream: unknown }).stream, stream);
    assertEquals(JSON.stringify(config), before);
  });
});

test("handlers may refer to each other in any order, but not in a circle", async () => {
  const to = (target: string) => ({ class: "test.Passing", target });
  await bare(() => {
    dictConfig({
      version: 1,
      handlers: { a: to("b"), b: to("c"), c: { class: "test.List" } },
      root: { handlers: ["a"] },
    }, { classes });
    getLogger("x").error("through both");
    assertEquals(named<ListHandler>("c").lines, ["through both"]);
    root.handlers.length = 0;
    assertEquals(
      refusal({ handlers: { a: to("b"), b: to("a") } }),
      `Cannot configure logging as 'handlers.a' must be independent of itself: ` +
        `current value is "a"`,
    );
    assertEquals(
      refusal({ handlers: { a: to("b") } }),
      `Cannot configure logging as 'handlers.a.target' must be the name of one of the handlers: ` +
        `current value is "b"`,
    );
  });
});

test("formatters and filters of the program are given by factory, by class, or as objects", async () => {
  const isLoud = (record: LogRecord) => record.getMessage() === "LOUD";
  const formatters: Record<string, unknown>[] = [];
  const upper: ConfigFactory = (keywords) => {
    formatters.push(keywords);
    return { format: (record: LogRecord) => `${keywords.prefix ?? ""}${record.msg}` };
  };
  await bare(() => {
    dictConfig({
      version: 1,
      formatters: {
        made: { "()": "test.upper", prefix: "> ", ".": { colour: "red" } },
        derived: { class: "test.upper", format: "%(message)s", style: "%", other: "not given" },
        stock: { format: "%(user)s %(message)s", defaults: { user: "nobody" } },
      },
      filters: { loud: { "()": () => isLoud } },
      handlers: {
        a: { class: list, formatter: "made", filters: ["loud"] },
        b: { class: list, formatter: "derived", filters: [isLoud] },
        c: { class: list, formatter: "stock", filters: [{ filter: () => true }] },
      },
      root: { handlers: ["a", "b", "c"], filters: ["loud"] },
    }, { classes: { "test.upper": upper } });
    root.error("LOUD");
    root.error("quiet");
    getLogger("child").error("quiet");
    const lines = ["a", "b", "c"].map((name) => named<ListHandler>(name).lines);
    assertEquals(lines, [["> LOUD"], ["LOUD"], ["nobody LOUD", "nobody quiet"]]);
    assertEquals(formatters, [{ prefix: "> " }, { format: "%(message)s", style: "%" }]);
    assertEquals((named("a").formatter as unknown as { colour: string }).colour, "red");
  });
});

test("handlers are closed if no enabled logger has them any more, and no others", async () => {
  const passing = (target?: string) => ({ class: "test.Passing", ...(target ? { target } : {}) });
  await bare(() => {
    const own = new PassingHandler();
    const elsewhere = new PassingHandler();
    const free = new PassingHandler();
    getLogger("stays").addHandler(own);
    getLogger("goes").addHandler(elsewhere);
    dictConfig({
      version: 1,
      disable_existing_loggers: false,
      handlers: { front: passing("back"), back: passing() },
      loggers: { goes: { handlers: ["front"] } },
    }, { classes });
    const [front, back] = [named<PassingHandler>("front"), named<PassingHandler>("back")];
    const closed = () => [own, elsewhere, free, front, back].map(({ isClosed }) => isClosed);
    assertEquals(closed(), [false, true, false, false, false]);
    dictConfig({
      version: 1,
      handlers: { front: passing() },
      loggers: { goes: { handlers: ["front"] } },
    }, { classes });
    assertEquals(closed(), [true, true, false, true, true]);
    assert(named("front") !== front);
    assertEquals([getHandlerByName("back"), getLogger("stays").disabled], [null, true]);
  });
});

test("handlers of a configuration that is refused are closed", async () => {
  const made: PassingHandler[] = [];
  const make: ConfigFactory = () => {
    made.push(new PassingHandler());
    return made.at(-1);
  };
  await bare(() => {
    refusal({ handlers: { a: { "()": make }, b: { "()": make }, c: { "()": "test.none" } } });
    assertEquals(made.map(({ isClosed }) => isClosed), [true, true]);
  });
});

test("an incremental configuration changes all that it names, or nothing", async () => {
  await bare(() => {
    dictConfig({
      version: 1,
      handlers: { h: { class: "test.List", level: "ERROR" } },
      loggers: { a: { level: "INFO", handlers: ["h"], propagate: false } },
    }, { classes });
    const handlers = { h: { level: "DEBUG" } };
    assertThrows(() =>
      dictConfig({ version: 1, incremental: true, handlers, loggers: { a: { level: "LOUD" } } })
    );
    assertEquals([named("h").level, getLogger("a").level], [40, 20]);
    dictConfig({
      version: 1,
      incremental: true,
      handlers,
      loggers: { a: { level: "WARNING", propagate: true } },
      root: { level: "CRITICAL" },
    });
    assertEquals([named("h").level, getLogger("a").level, root.level], [10, 30, 50]);
    assertEquals([getLogger("a").propagate, getLogger("a").handlers], [true, [named("h")]]);
  });
});

test("handlerClasses() gives handlers over a network its options, and those of the entry win", async () => {
  const network = new MemoryNetwork();
  const streams = { connect: network.connect.bind(network) };
  await bare(() => {
    const config: LoggingConfig = {
      version: 1,
      handlers: {
        s: { class: "logging.handlers.SocketHandler", host: "h", port: 1, maxQueuedRecords: 2 },
      },
    };
    const classes = handlerClasses({ connector: network, whileDisconnected: "queue" });
    dictConfig(config, { classes });
    const handler = named<SocketHandler>("s");
    assertEquals([handler.host, handler.port], ["h", 1]);
    const syslog = { class: "logging.handlers.SysLogHandler", address: ["h", 514] };
    dictConfig({
      version: 1,
      handlers: {
        udp: { ...syslog, facility: "local0", ".": { ident: "shop: " } },
        tcp: { ...syslog, socktype: 1, format: "rfc5424" },
        stock: { class: syslog.class },
        web: {
          class: "logging.handlers.HTTPHandler",
          host: "h:8080",
          url: "/logs",
          method: "POST",
          credentials: ["user", "password"],
        },
      },
    }, { classes });
    const { host, url, method, credentials } = named<HTTPHandler>("web");
    assertEquals([host, url, method, credentials], ["h:8080", "/logs", "POST", [
      ...["user", "password"],
    ]]);
    const [udp, tcp, stock] = ["udp", "tcp", "stock"].map((name) => named<SysLogHandler>(name));
    assertEquals([udp!.facility, udp!.ident, udp!.socktype], ["local0", "shop: ", "datagram"]);
    assertEquals([tcp!.address, tcp!.socktype], [["h", 514], "stream"]);
    assertEquals([stock!.address, stock!.facility], [["localhost", 514], 1]);
    assertEquals(
      refusal({
        handlers: { d: { class: "logging.handlers.DatagramHandler", host: "h", port: 1 } },
      }, { classes: handlerClasses({ connector: streams }) }).split(":")[0],
      "Cannot configure logging as 'handlers.d.connector' must be an object with openDatagram(), " +
        'such as that of "@logwire/logging/auto"',
    );
  });
});

test("dictConfig() gives a MemoryHandler its target, and a QueueHandler a listener", () =>
  bare(() => {
    dictConfig({
      version: 1,
      handlers: {
        memory: {
          class: "logging.handlers.MemoryHandler",
          capacity: 10,
          flushLevel: "ERROR",
          target: "list",
        },
        list: { class: "test.List" },
        queue: {
          class: "logging.handlers.QueueHandler",
          queue: { "()": "queue.Queue", maxsize: 3 },
          handlers: ["list"],
          respect_handler_level: true,
        },
        buffer: { class: "logging.handlers.BufferingHandler", capacity: 2 },
      },
      root: { handlers: ["memory", "queue"] },
    }, { classes });
    const memory = getHandlerByName("memory") as MemoryHandler;
    const queue = getHandlerByName("queue") as QueueHandler;
    const target = getHandlerByName("list");
    assertStrictEquals(memory.target, target);
    assertEquals([memory.capacity, memory.flushLevel], [10, 40]);
    assertEquals((queue.queue as RecordQueue).maxRecords, 3);
    assertStrictEquals(queue.listener?.handlers[0], target);
    assertEquals(queue.listener?.respect_handler_level, true);
  }));

test("the error of dictConfig() names the queue that it cannot make", () =>
  bare(() => {
    const entry = { class: "logging.handlers.QueueHandler", queue: { "()": "mine.Queue" } };
    assertStringIncludes(
      refusal({ handlers: { queue: entry } }),
      `'handlers.queue.queue.()' must be a function or a name in 'classes' (`,
    );
  }));

test("a queue handler has a listener, not started, with the handlers that it names", async () => {
  const classes = handlerClasses({ connector: new MemoryNetwork() });
  await bare(async () => {
    dictConfig({
      version: 1,
      handlers: {
        queue: {
          class: "logging.handlers.QueueHandler",
          handlers: ["slow"],
          respect_handler_level: true,
        },
        slow: { class: "test.List", level: "ERROR" },
      },
      root: { handlers: ["queue"] },
    }, { classes: { ...classes, "test.List": list } });
    const { listener } = named<QueueHandler>("queue");
    const { lines } = named<ListHandler>("slow");
    root.error("queued");
    root.warning("below the level");
    await null;
    assertEquals(lines, []);
    listener!.start();
    await listener!.stop();
    assertEquals(lines, ["queued"]);
  });
});

/** A configuration of a Python program, from its JSON file. */
function configOf(name: string): LoggingConfig {
  const file = new URL(`../testdata/config/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

test("dictConfig() takes gunicorn's own configuration, without a table", () =>
  bare(() => {
    dictConfig(configOf("gunicorn"));
    const [console, errors] = [named<StreamHandler>("console"), named("error_console")];
    assertStrictEquals(console.stream, stdoutStream);
    assertStrictEquals((errors as StreamHandler).stream, stderrStream);
    assertEquals([root.level, root.handlers], [20, [console]]);
    assertEquals(getLogger("gunicorn.error").handlers, [errors]);
    assertMatch(
      console.format(makeLogRecord({ process: 7, levelname: "INFO", msg: "Booting" })),
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[7\] \[INFO\] Booting$/,
    );
  }));

test("dictConfig() takes uvicorn's configuration with a table of its two classes", () =>
  bare(() => {
    const seen: unknown[] = [];
    class Levelled extends Formatter {
      constructor({ fmt, ...own }: Record<string, unknown>) {
        super(fmt as string, null, { validate: false, defaults: { levelprefix: "INFO:" } });
        seen.push(own);
      }
    }
    dictConfig(configOf("uvicorn"), {
      classes: {
        "uvicorn.logging.DefaultFormatter": Levelled,
        "uvicorn.logging.AccessFormatter": Levelled,
      },
    });
    assertEquals(seen, [{ use_colors: null }, {}]);
    const [own, access] = [getLogger("uvicorn"), getLogger("uvicorn.access")];
    assertEquals([own.propagate, own.handlers], [false, [named("default")]]);
    assertEquals([access.propagate, access.handlers], [false, [named("access")]]);
    assertStrictEquals(named<StreamHandler>("access").stream, stdoutStream);
    assertEquals(named("default").format(makeLogRecord({ msg: "up" })), "INFO: up");
  }));

test("dictConfig() takes Django's configuration with a table of its classes", () =>
  bare(() => {
    let isDebug = true;
    class Debug {
      filter(): boolean {
        return isDebug;
      }
    }
    class Quiet {
      filter(): boolean {
        return !isDebug;
      }
    }
    class ServerFormatter extends Formatter {}
    dictConfig(configOf("django"), {
      classes: {
        "django.utils.log.RequireDebugTrue": Debug,
        "django.utils.log.RequireDebugFalse": Quiet,
        "django.utils.log.ServerFormatter": ServerFormatter,
        "django.utils.log.AdminEmailHandler": ListHandler,
      },
    });
    const mail = named<ListHandler>("mail_admins");
    assertEquals(named("django.server").formatter?.constructor, ServerFormatter);
    assertEquals(getLogger("django").handlers, [named("console"), mail]);
    const lines = stderrOf(() => getLogger("django").error("in the console"));
    isDebug = false;
    getLogger("django").error("by mail");
    assertEquals([lines, mail.lines], [["in the console"], ["by mail"]]);
  }));

test("dictConfig() takes a queue handler that is named before the handler it needs", () =>
  bare(async () => {
    dictConfig(configOf("queue"));
    const { listener } = named<QueueHandler>("a_queue");
    assertEquals(listener?.handlers, [named("console")]);
    assertEquals(listener?.respect_handler_level, true);
    root.info("queued");
    listener?.start();
    const lines: string[] = [];
    named<StreamHandler>("console").setStream({ write: (text: string) => lines.push(text) });
    await listener?.stop();
    assertEquals(lines, ["queued\n"]);
  }));

test("dictConfig() reads propagate by Python's truth", () =>
  bare(() => {
    const cases: [unknown, boolean][] = [
      ["true", true],
      ["false", true],
      ["", false],
      [1, true],
      [2, true],
      [0, false],
      [[], false],
      [{}, false],
      [false, false],
    ];
    for (const [propagate, expected] of cases) {
      for (const incremental of [false, true]) {
        const loggers = { a: { propagate } } as LoggingConfig["loggers"] & object;
        getLogger("a").propagate = !expected;
        dictConfig({ version: 1, incremental, loggers });
        assertEquals(getLogger("a").propagate, expected, JSON.stringify(propagate));
      }
    }
    dictConfig({ version: 1, loggers: { a: { propagate: null } } });
    assertEquals(getLogger("a").propagate, false);
  }));

test("dictConfig() makes a SysLogHandler that sends over RELP", () =>
  bare(async () => {
    const connector = new MemoryNetwork();
    const { clock } = connector;
    dictConfig({
      version: 1,
      handlers: {
        log: {
          class: "logging.handlers.SysLogHandler",
          address: ["h", 2514],
          socktype: "ext://socket.SOCK_STREAM",
          framing: "relp",
        },
      },
      loggers: { shop: { handlers: ["log"] } },
    }, { classes: handlerClasses({ connector, clock }) });
    const handler = named<SysLogHandler>("log");
    getLogger("shop").warning("low on ink");
    await clock.advance();
    assertEquals(new TextDecoder().decode(connector.peer.received.subarray(0, 7)), "1 open ");
    assertEquals(handler.stats.queued, 1);
    const closing = handler.close();
    await clock.advance(5000);
    await closing;
  }));

test("dictConfig() knows the ext:// names that are the same in every program", () =>
  bare(() => {
    const entry = (stream: string) => ({ class: "logging.StreamHandler", stream });
    const handlers = { out: entry("ext://sys.stdout"), err: entry("ext://sys.stderr") };
    dictConfig({
      version: 1,
      handlers: {
        ...handlers,
        log: {
          class: "logging.handlers.SysLogHandler",
          address: ["h", 514],
          socktype: "ext://socket.SOCK_STREAM",
        },
      },
    }, { classes: handlerClasses({ connector: new MemoryNetwork() }) });
    assertStrictEquals(named<StreamHandler>("out").stream, stdoutStream);
    assertStrictEquals(named<StreamHandler>("err").stream, stderrStream);
    assertEquals(named<SysLogHandler>("log").socktype, "stream");
    const mine = { write: () => {} };
    dictConfig({ version: 1, handlers }, { externals: { "sys.stdout": mine } });
    assertStrictEquals(named<StreamHandler>("out").stream, mine);
  }));
