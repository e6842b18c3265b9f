import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Allowed, configureReceived } from "../../src/config/_received_config.ts";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import type { ConfigKeywords } from "../../src/config/config_factory.ts";
import { manager, root } from "../../src/logging/get_logger.ts";
import { getHandlerByName, type Handler } from "../../src/logging/handler.ts";
import type { StreamHandler } from "../../src/logging/stream_handler.ts";
import { stdoutStream } from "../../src/logging/stdout_stream.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { ListHandler, thrownBy, withBareRoot } from "../logging/helpers.ts";
import { test } from "../test.ts";

/** Notes the paths that it gets instead of opening them. */
class PathHandler extends ListHandler {
  readonly filename: unknown;

  constructor({ filename }: ConfigKeywords) {
    super();
    this.filename = filename;
  }
}

const allowed: Allowed = {
  classes: {
    ...handlerClasses({ connector: new MemoryNetwork() }),
    "logging.FileHandler": PathHandler,
    "logging.handlers.RotatingFileHandler": (keywords: ConfigKeywords) => new PathHandler(keywords),
    "test.Never": () => {
      throw new Error("was called");
    },
  },
  folder: "/var/log/shop",
};

async function bare(fn: () => void): Promise<void> {
  manager.loggerDict.clear();
  await withBareRoot(fn);
  manager.loggerDict.clear();
}

const json = (more: object, options: Allowed = allowed) =>
  configureReceived(JSON.stringify({ version: 1, ...more }), options);

const handler = (entry: object, options: Allowed = allowed) =>
  json({ handlers: { h: entry }, root: { handlers: ["h"] } }, options);

const ini = (options: string, allows: Allowed = allowed, loggers = "root") =>
  configureReceived(
    `[loggers]\nkeys=${loggers}\n` + "[handlers]\nkeys=h\n[formatters]\nkeys=\n" +
      `[logger_root]\nhandlers=h\n[handler_h]\n${options}\n`,
    allows,
  );

/** The message that refuses a configuration; checks that it changed nothing. */
function refusal(configure: () => void): string {
  const kept = new ListHandler();
  root.handlers.splice(0, Infinity, kept);
  const { message } = thrownBy(configure);
  assertEquals([root.handlers.length, root.handlers[0] === kept], [1, true]);
  root.removeHandler(kept);
  return message;
}

test("a received configuration is a dictionary in JSON, or a file", () =>
  bare(() => {
    handler({ class: "logging.StreamHandler", stream: "ext://sys.stdout" });
    assertEquals((getHandlerByName("h") as StreamHandler).stream, stdoutStream);
    ini("class=StreamHandler\nargs=(sys.stdout,)\nlevel=ERROR");
    assertEquals(getHandlerByName("h")!.level, 40);
    configureReceived(' \r\n {"version": 1, "incremental": true, "root": {"level": 7}}', allowed);
    assertEquals(root.level, 7);
  }));

test("a received dictionary calls no factory, sets no attribute and follows no reference", () =>
  bare(() => {
    const stream = { class: "logging.StreamHandler" };
    const circle = JSON.parse(`{"__proto__": {"class": "logging.StreamHandler"}}`);
    const bad: [entry: object, path: string][] = [
      [{ "()": "test.Never" }, "handlers.h.()"],
      [{ ...stream, ".": { emit: 1 } }, "handlers.h.."],
      [{ ...stream, more: [{ "()": "test.Never" }] }, "handlers.h.more.0.()"],
      [circle, "handlers.h.__proto__"],
      [{ ...stream, stream: "ext://process.stdout" }, "handlers.h.stream"],
      [{ ...stream, stream: "ext://socket.SOCK_STREAM" }, "handlers.h.stream"],
      [{ ...stream, stream: "ext://test.Never" }, "handlers.h.stream"],
      [{ ...stream, stream: "ext://constructor" }, "handlers.h.stream"],
      [{ ...stream, stream: "cfg://handlers.h" }, "handlers.h.stream"],
      [{ ...stream, formatter: "cfg://a.b" }, "handlers.h.formatter"],
      [{ class: "ext://test.Never" }, "handlers.h.class"],
      [{ class: "process.exit" }, "handlers.h.class"],
      [{ class: "constructor" }, "handlers.h.class"],
      [{ class: ["test.Never"] }, "handlers.h.class"],
    ];
    for (const [entry, path] of bad) {
      const message = refusal(() => handler(entry));
      assert(message.startsWith(`Cannot configure logging as '${path}' must be`), message);
    }
    assert(
      refusal(() => json({ filters: { f: { "()": "test.Never" } } })).includes("filters.f.()"),
    );
    assert(refusal(() => json({ x: "cfg://x" })).includes("'x'"));
  }));

test("a received dictionary that is nested deeply is refused at once", () =>
  bare(() => {
    for (const depth of [33, 10_000, 300_000]) {
      const text = `{"version": 1, "x": ${"[".repeat(depth)}${"]".repeat(depth)}}`;
      assertThrows(() => configureReceived(text, allowed));
      assertThrows(() => configureReceived(`{"a":`.repeat(depth), allowed));
    }
  }));

test("a received configuration makes no logger for each of thousands of dots", () =>
  bare(() => {
    const name = "a.".repeat(100_000);
    const message = refusal(() => json({ loggers: { [name]: {} } }));
    assert(message.includes("'loggers' must be a dictionary with keys of at most 1024"), message);
    const logger = `class=NullHandler\n[logger_l]\nhandlers=\nqualname=${name}`;
    const file = refusal(() => ini(logger, allowed, "root,l"));
    assert(file.includes("'[logger_l].qualname' must be a name of at most 1024"), file);
    assertEquals([...manager.loggerDict.keys()], []);
    const deep = (dots: number) => "a" + ".a".repeat(dots);
    json({ loggers: { [deep(64)]: {} } });
    const dots = refusal(() => json({ loggers: { [deep(65)]: {} } }));
    assert(dots.includes("keys of at most 1024 characters and 64 dots"), dots);
    const section = `class=NullHandler\n[logger_l]\nhandlers=\nqualname=${deep(65)}`;
    assert(refusal(() => ini(section, allowed, "root,l")).includes("and 64 dots"));
  }));

test("a received configuration has at most a thousand entries of a kind", () =>
  bare(() => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => `l${at}`);
    const loggers = (count: number) =>
      Object.fromEntries(names(count).map((name) => [name, { level: 10 }]));
    json({ loggers: loggers(1000) });
    const most = refusal(() => json({ loggers: loggers(1001) }));
    assert(most.includes("'loggers' must be of at most 1000 entries"), most);
    const list = refusal(() => ini("class=NullHandler", allowed, `root,${names(1000)}`));
    assert(list.includes("'[loggers].keys' must be a list of at most 1000 names"), list);
    // Each may open a file.
    const handlers = (count: number) =>
      Object.fromEntries(names(count).map((name) => [name, { class: "logging.NullHandler" }]));
    json({ handlers: handlers(100) });
    const files = refusal(() => json({ handlers: handlers(101) }));
    assert(files.includes("'handlers' must be of at most 100 entries"), files);
    const keys = refusal(() =>
      configureReceived(`[formatters]\nkeys=\n[handlers]\nkeys=${names(101)}\n`, allowed)
    );
    assert(keys.includes("'[handlers].keys' must be a list of at most 100 names"), keys);
  }));

test("a received file evaluates nothing", () =>
  bare(() => {
    const bad = [
      "class=StreamHandler\nargs=__import__('os').system('x')",
      "class=StreamHandler\nargs=(open('/etc/passwd'),)",
      "class=StreamHandler\nargs=('ext://sys.stdout',)",
      "class=StreamHandler\nkwargs={'()': 'test.Never'}",
      "class=StreamHandler\nkwargs={'.': {'emit': 1}}",
      "class=os.system\nargs=('x',)",
      "class=__import__('os').system\nargs=('x',)",
      "class=constructor",
      "class=%(x)s\nx=process.exit",
      "class=handlers.QueueHandler\nkwargs={'queue': {'()': 'test.Never'}}",
      "class=handlers.QueueHandler\nkwargs={'listener': {'()': 'test.Never'}}",
      "class=handlers.QueueHandler\nkwargs={'queue': [{'.': {'emit': 1}}]}",
    ];
    for (const options of bad) {
      const message = refusal(() => ini(options));
      assert(message.startsWith("Cannot configure logging as '[handler_h]."), message);
    }
  }));

test("a received configuration has its files below the folder", () =>
  bare(() => {
    const inside: [given: string, path: string][] = [
      ["console.com", "/var/log/shop/console.com"],
      ["app.log", "/var/log/shop/app.log"],
      ["a/b..log", "/var/log/shop/a/b..log"],
      ["/var/log/shop/app.log", "/var/log/shop/app.log"],
    ];
    const pathOf = (name: string) => (getHandlerByName(name) as PathHandler).filename;
    for (const [filename, path] of inside) {
      handler({ class: "logging.FileHandler", filename });
      assertEquals(pathOf("h"), path);
      ini(`class=handlers.RotatingFileHandler\nargs=('${filename}', 'a', 10, 1000)`);
      assertEquals(pathOf("h"), path);
    }
    const outside = [
      ...["", "/", ".", "..", "../app.log", "a/../../app.log", "./app.log", "a//b", "a/"],
      ...["/etc/passwd", "/var/log/shopping/app.log", "/var/log/shop", "/var/log/shop/", "C:\\x"],
      ...["..\\app.log", "c:app.log", "app.log\0", "file:///etc/passwd", "app.log\n", "~/x/.."],
      // Windows drops what stands at the end, and has devices of these names in every folder.
      ...[".. /app.log", "app.log.", "app.log ", "a./b", "NUL", "com1.log", "a/aux", "con .x"],
      ...[7, null, ["app.log"], { href: "file:///etc/passwd" }],
    ];
    for (const filename of outside) {
      const message = refusal(() => handler({ class: "logging.FileHandler", filename }));
      const must = "'handlers.h.filename' must be a plain path below /var/log/shop";
      assert(message.includes(must), message);
    }
    const escape = "class=handlers.RotatingFileHandler\nargs=('../app.log',)";
    assert(refusal(() => ini(escape)).includes("'[handler_h].filename' must be a plain path"));
    const without: Allowed = { ...allowed, folder: undefined };
    const absent = () => handler({ class: "logging.FileHandler", filename: "app.log" }, without);
    assert(refusal(absent).includes("must be absent, as the listener has no 'folder'"));
    const many = { class: "logging.FileHandler", filename: "app.log", backupCount: 1e9 };
    assert(refusal(() => handler(many)).includes("'handlers.h.backupCount' must be at most 1000"));
  }));

test("a received configuration reaches Unix sockets below the folder, and the local syslog", () =>
  bare(() => {
    const syslog = "logging.handlers.SysLogHandler";
    handler({ class: syslog, address: "/dev/log" });
    handler({ class: syslog, address: ["logs.example", 514] });
    handler({ class: "logging.handlers.SocketHandler", host: "log.sock", port: null });
    assertEquals((root.handlers[0] as Handler & { host: string }).host, "/var/log/shop/log.sock");
    const docker = "/var/run/docker.sock";
    const bad = [
      { class: syslog, address: docker },
      { class: syslog, address: [docker, null] },
      { class: "logging.handlers.SocketHandler", host: docker, port: null },
    ];
    for (const entry of bad) assert(refusal(() => handler(entry)).includes("a plain path below"));
    const pair = `class=handlers.SysLogHandler\nargs=(('${docker}', None),)`;
    assert(refusal(() => ini(pair)).includes("'[handler_h].address.0' must be a plain path"));
  }));

test("a received configuration gives no settings of fetch(), and no file that Windows loads", () =>
  bare(() => {
    const http = { class: "logging.handlers.HTTPHandler", host: "logs.example", url: "/" };
    const context = { unix: "/var/run/docker.sock" };
    const settings = refusal(() => handler({ ...http, secure: true, context }));
    assert(settings.includes("'handlers.h.context' must be absent in a received"), settings);
    const events = (dllname: string) => `class=NullHandler\nkwargs={'dllname': ${dllname}}`;
    const file = refusal(() => ini(events(String.raw`r'\\evil\share\x.dll'`)));
    assert(file.includes("'[handler_h].dllname' must be absent in a received"), file);
    // Python's documentation has an empty one.
    assert(refusal(() => ini(events("''"))).includes("no option '[handler_h].dllname'"));
  }));

test("a received file of a megabyte is refused or taken within a moment", () =>
  bare(() => {
    const mebibyte = 1_048_576;
    const fill = (part: string) => part.repeat(Math.floor(mebibyte / part.length));
    const files = [
      fill("wrong\n"),
      "[a]\n" + fill("wrong\n"),
      "[a]\n" + fill("=\n").slice(0, 6) + fill("x\n"),
      "[a]\nk=v\n" + fill(" "),
      fill("["),
      `[loggers]\nkeys=root,${fill("l,")}`,
      "[loggers]\nkeys=" + fill("%(keys)s"),
      "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n[logger_root]\nhandlers=h\n" +
      `[handler_h]\nclass=StreamHandler\nargs=${fill("(")}`,
      "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n[logger_root]\nhandlers=h\n" +
      `[handler_h]\nclass=StreamHandler\nargs='${fill("\\'")}`,
    ];
    for (const text of files) assertThrows(() => configureReceived(text, allowed));
    // Each of the formatters has the long format of DEFAULT.
    const names = Array.from({ length: 999 }, (_, at) => `f${at}`);
    const text =
      `[DEFAULT]\nformat=${"%(message)s".repeat(40_000)}\n[formatters]\nkeys=${names}\n` +
      "[handlers]\nkeys=\n[loggers]\nkeys=root\n[logger_root]\nhandlers=\n" +
      names.map((name) => `[formatter_${name}]\n`).join("");
    assertThrows(() => configureReceived(text, allowed), SyntaxError, "more than 2000000");
    assertEquals([...manager.loggerDict.keys()], []);
  }));
