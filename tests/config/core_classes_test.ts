import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import type { ConfigContext, ConfigKeywords } from "../../src/config/config_factory.ts";
import { dictConfig, type DictConfigOptions } from "../../src/config/dict_config.ts";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import type { HandlerConfig, LoggingConfig } from "../../src/config/logging_config.ts";
import { FileHandler, fileHandlerClasses } from "../../src/files/file_handlers.ts";
import { BufferingHandler } from "../../src/handlers/buffering_handler.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { BufferingFormatter } from "../../src/logging/buffering_formatter.ts";
import { Filter } from "../../src/logging/filter.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { getHandlerByName, type Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { NullHandler } from "../../src/logging/null_handler.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import type { TextStream } from "../../src/logging/text_stream.ts";
import { mailHandlerClasses, SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { ListHandler, thrownBy, withBareRoot } from "../logging/helpers.ts";
import { test } from "../test.ts";

/** The handler that one entry describes. */
async function made(
  entry: HandlerConfig,
  more: Omit<LoggingConfig, "version"> = {},
  options: DictConfigOptions = {},
): Promise<Handler> {
  await withBareRoot(() => {
    dictConfig(
      { version: 1, ...more, handlers: { ...more.handlers as object, h: entry } },
      options,
    );
  });
  return getHandlerByName("h")!;
}

/** The text that a formatter of a dictionary makes of a record with the message "hi". */
async function formatted(
  entry: Record<string, unknown>,
  options: DictConfigOptions = {},
): Promise<string> {
  const handler = await made(
    { class: "logging.NullHandler", formatter: "f" },
    { formatters: { f: entry } },
    options,
  );
  return handler.format(makeLogRecord({ name: "app", levelname: "INFO", msg: "hi" }));
}

function refused(config: object, options: DictConfigOptions = {}): string {
  return thrownBy(() => dictConfig({ version: 1, ...config }, options)).message;
}

test("dictConfig() makes a formatter by the name logging.Formatter, under class and under ()", async () => {
  assertEquals(
    await formatted({ class: "logging.Formatter", format: "{name} {message}", style: "{" }),
    "app hi",
  );
  for (const key of ["format", "fmt"]) {
    const entry = { "()": "logging.Formatter", [key]: "%(who)s %(message)s" };
    assertEquals(await formatted({ ...entry, defaults: { who: "anna" } }), "anna hi");
  }
  assertEquals(await formatted({ "()": Formatter, format: "%(name)s" }), "app");
  assertEquals(
    await formatted({ "()": "logging.Formatter", format: "no field", validate: false }),
    "no field",
  );
  assertEquals(
    refused({ formatters: { f: { "()": "logging.Formatter", colour: "red" } } }),
    "Cannot configure logging as there is no option 'formatters.f.colour': the options are " +
      "style, defaults, validate",
  );
});

test("dictConfig() makes a filter by the name logging.Filter", async () => {
  for (const own of ["logging.Filter", Filter]) {
    const handler = await made(
      { class: "logging.NullHandler", filters: ["f"] },
      { filters: { f: { "()": own, name: "a.b" } } },
    );
    const passes = (name: string) => handler.filter(makeLogRecord({ name })) !== false;
    assertEquals([passes("a.b.c"), passes("a.bc")], [true, false]);
  }
  assertEquals(
    refused({ filters: { f: { "()": "logging.Filter", nam: "a" } } }),
    "Cannot configure logging as there is no option 'filters.f.nam': the options are none",
  );
});

test("dictConfig() makes every class of the core by its name and by the class itself", async () => {
  const stream: TextStream = { write: () => {} };
  const cases: [string, new (...args: never[]) => Handler, Record<string, unknown>][] = [
    ["logging.NullHandler", NullHandler, {}],
    ["logging.StreamHandler", StreamHandler, { stream }],
    ["logging.handlers.BufferingHandler", BufferingHandler, { capacity: 3 }],
    ["logging.handlers.MemoryHandler", MemoryHandler, { capacity: 3, target: "end" }],
  ];
  const end = { class: "logging.NullHandler" };
  for (const [name, Own, keywords] of cases) {
    for (const entry of [{ class: name }, { "()": name }, { class: Own }, { "()": Own }]) {
      const handler = await made({ ...entry, ...keywords }, { handlers: { end } });
      assertStrictEquals(handler.constructor, Own);
      const { capacity, stream: to, target } = handler as never as Record<string, unknown>;
      assertEquals(capacity, keywords.capacity);
      if (keywords.stream) assertStrictEquals(to, stream);
      if (keywords.target) assertStrictEquals(target, getHandlerByName("end"));
    }
  }
  assertEquals(
    refused({ handlers: { h: { "()": "logging.Handler", colour: 1 } } }),
    "Cannot configure logging as 'handlers.h' cannot be made: " +
      "Level not an integer or a valid string: {'colour': 1}",
  );
});

test("dictConfig() makes a BufferingFormatter with the formatter that its entry refers to", async () => {
  const handler = await made({ class: "logging.NullHandler", formatter: "all" }, {
    formatters: {
      line: { format: "<%(message)s>" },
      all: { "()": "logging.BufferingFormatter", linefmt: "cfg://formatters.line" },
    },
  });
  const formatter: unknown = handler.formatter;
  assertInstanceOf(formatter, BufferingFormatter);
  assertEquals(formatter.format([makeLogRecord({ msg: 1 }), makeLogRecord({ msg: 2 })]), "<1><2>");
});

test("dictConfig() constructs a class under (), under class and in the table, and calls a function", async () => {
  class Upper {
    readonly prefix: unknown;
    constructor({ prefix = "" }: ConfigKeywords, _context: ConfigContext) {
      this.prefix = prefix;
    }
    format(record: LogRecord): string {
      return `${this.prefix}${record.msg}`.toUpperCase();
    }
  }
  const upper = function (this: unknown, keywords: ConfigKeywords) {
    assertEquals(new.target, undefined);
    return new Upper(keywords, null as unknown as ConfigContext);
  };
  const classes = { "my.Upper": Upper, "my.upper": upper };
  for (const own of [Upper, upper, "my.Upper", "my.upper", "ext://my.Upper"]) {
    assertEquals(await formatted({ "()": own, prefix: "> " }, { classes }), "> HI");
    assertEquals(await formatted({ class: own, format: "%(message)s" }, { classes }), "HI");
  }
  class Loud {
    filter({ msg }: LogRecord): boolean {
      return msg === "LOUD";
    }
  }
  const filters = { f: { "()": Loud } };
  const handler = await made({ "()": ListHandler, filters: ["f"], level: 10 }, { filters });
  handler.handle(makeLogRecord({ msg: "quiet" }));
  handler.handle(makeLogRecord({ msg: "LOUD" }));
  assertEquals([(handler as ListHandler).lines, handler.level], [["LOUD"], 10]);
});

test("dictConfig() gives a class that inherits its constructor the arguments of its base class", async () => {
  class Exceptions extends Formatter {
    override formatException(error: unknown): string {
      return `Got a [${(error as Error).name}]`;
    }
  }
  class Long extends Formatter {
    constructor(fmt: string | null, datefmt: string | null, options: object) {
      super(`${fmt}!`, datefmt, options);
    }
  }
  for (const key of ["()", "class"]) {
    assertEquals(await formatted({ [key]: Exceptions, format: "{name}", style: "{" }), "app");
    assertEquals(await formatted({ [key]: Long, format: "{name}", style: "{" }), "app!");
  }
  class Own extends StreamHandler {}
  const stream: TextStream = { write: () => {} };
  const handler = await made({ class: Own, stream, ".": { terminator: "!\n", foo: "bar" } });
  assertInstanceOf(handler, Own);
  assertStrictEquals(handler.stream, stream);
  assertEquals([handler.terminator, (handler as { foo?: unknown }).foo], ["!\n", "bar"]);
});

test("dictConfig() gives a class with its own parameters the keywords and the context", async () => {
  const seen: ConfigKeywords[] = [];
  class Passing extends ListHandler {
    readonly targets: Handler[];
    constructor(keywords: ConfigKeywords, context: ConfigContext) {
      super();
      seen.push(keywords);
      this.targets = context.handlers("to");
    }
  }
  class Coloured extends StreamHandler {
    readonly colour: unknown;
    constructor({ stream, colour }: ConfigKeywords) {
      super(stream as TextStream);
      this.colour = colour;
    }
  }
  const end = { "()": Coloured, stream: { write: () => {} }, colour: "red" };
  const handler = await made({ "()": Passing, to: "end", more: 1 }, { handlers: { end } });
  assertEquals(seen, [{ to: "end", more: 1 }]);
  assertStrictEquals((handler as Passing).targets[0], getHandlerByName("end"));
  assertEquals((getHandlerByName("end") as Coloured).colour, "red");
});

test("handlerClasses() makes derived classes of its handlers with its options", async () => {
  class Own extends SocketHandler {}
  const classes = handlerClasses({ connector: new MemoryNetwork(), whileDisconnected: "queue" });
  for (const own of [Own, SocketHandler]) {
    const handler = await made({ "()": own, host: "h", port: 9020 }, {}, { classes });
    assertStrictEquals(handler.constructor, own);
    assertEquals((handler as SocketHandler).port, 9020);
  }
});

test("fileHandlerClasses and mailHandlerClasses make derived classes of their handlers", async () => {
  class Mail extends SMTPHandler {}
  const mail = { mailhost: ["h", 25], fromaddr: "a@h", toaddrs: ["b@h"], subject: "s" };
  const folder = mkdtempSync(join(tmpdir(), "logwire-config-"));
  const filename = join(folder, "app.log");
  class Own extends FileHandler {}
  const classes = { ...fileHandlerClasses, ...mailHandlerClasses };
  for (const [own, keywords] of [[Mail, mail], [Own, { filename, encoding: "utf8" }]] as const) {
    const handler = await made({ "()": own, ...keywords }, {}, { classes });
    assertStrictEquals(handler.constructor, own);
    await handler.close();
  }
  rmSync(folder, { recursive: true });
});

test("dictConfig() refuses the name of a stream without ext://, at once", () => {
  for (const stream of ["sys.stdout", "stdout", ""]) {
    assertEquals(
      refused({ handlers: { h: { class: "logging.StreamHandler", stream } } }),
      `Cannot configure logging as 'handlers.h.stream' must be a stream, such as "ext://sys.stdout": ` +
        `current value is ${JSON.stringify(stream)}`,
    );
  }
});

test("dictConfig() refuses an unknown option", () => {
  const options = { clases: {} } as DictConfigOptions;
  const message = thrownBy(() => dictConfig({ version: 1 }, options)).message;
  assert(message.includes("there is no option 'clases'"), message);
});

test("dictConfig() makes JSONFormatter and ConsoleFormatter with their own keys, under class and ()", async () => {
  for (const key of ["class", "()"]) {
    const keys = { message: "msg" };
    const line = JSON.parse(await formatted({ [key]: "logwire.JSONFormatter", keys }));
    assertEquals([line.msg, line.logger, line.level], ["hi", "app", "info"]);
    const entry = { [key]: "logwire.ConsoleFormatter", colors: false, datefmt: "at" };
    assertEquals(await formatted(entry), "at INFO     app: hi");
  }
});

test("dictConfig() refuses keys that JSONFormatter and ConsoleFormatter do not have", () => {
  for (const name of ["logwire.JSONFormatter", "logwire.ConsoleFormatter"]) {
    const message = refused({ formatters: { f: { class: name, format: "%(message)s" } } });
    assert(message.includes("no option 'formatters.f.format'"), message);
  }
});

test("dictConfig() makes a RedactingFilter of its paths", async () => {
  const filters = {
    f: { "()": "logwire.RedactingFilter", paths: ["**.pin", ["a.b"]], replacement: "-" },
  };
  const handler = await made({ class: "logging.NullHandler", filters: ["f"] }, { filters });
  const record = makeLogRecord({ msg: "x", user: { pin: 1 }, "a.b": 2, c: 3 });
  const { user, c, ...rest } = handler.filter(record) as LogRecord;
  assertEquals([user, rest["a.b"], c], [{ pin: "-" }, "-", 3]);
  const message = refused({ filters: { f: { "()": "logwire.RedactingFilter" } } });
  assert(message.includes("'filters.f.paths' must be an array"), message);
});
