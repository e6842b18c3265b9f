/**
 * The promise that every handler makes: `emit()` and `handle()` never throw, return nothing to
 * wait for, and count what they lose, whatever a record, a formatter, a filter, a hook, a stream,
 * a serializer or a connector does.
 */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import * as logwire from "../../mod.ts";
import {
  DatagramHandler,
  Handler,
  HTTPHandler,
  LogRecord,
  SocketHandler,
  StreamHandler,
  SysLogHandler,
} from "../../mod.ts";
import { BufferingHandler, MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { PortQueue, QueueHandler, RecordQueue } from "../../src/queue/queue_handler.ts";
import type {
  Connector,
  DatagramConnector,
  DeliveryEvent,
  HTTPHandlerOptions,
  StreamConnection,
} from "../../mod.ts";
import { elasticsearchBulk, type HTTPBody, loki, otlp } from "../../src/handlers/http_bodies.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { json } from "../../src/wire/json.ts";
import * as files from "../../src/files/file_handlers.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { ForwardHandler } from "../../src/handlers/forward_handler.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { NTEventLogHandler } from "../../src/windows/nt_event_log_handler.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

const boom = (): never => {
  throw new Error("boom");
};

class Recursive {
  self = this;
  get getter(): never {
    return boom();
  }
}

/** A function that is asynchronous where it must not be, and fails. */
// deno-lint-ignore no-explicit-any -- it stands for functions of every kind
const rejecting = (): any => Promise.reject(new Error("boom later"));

/** Values that throw when they are read. */
const hostile: Record<string, unknown> = {
  "a throwing getter": {
    get field(): never {
      return boom();
    },
  },
  "a throwing toJSON": { toJSON: boom },
  "a throwing toString": { toString: boom, [Symbol.toPrimitive]: boom },
  "a throwing proxy": new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom, has: boom }),
  "a revoked proxy": (() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  })(),
  "a value inside itself": new Recursive(),
  "a symbol": Symbol("boom"),
  "an error with a throwing stack": Object.defineProperty(new Error("x"), "stack", { get: boom }),
  "a lone surrogate": "\ud800",
  "nothing": undefined,
};

function records(): [string, LogRecord][] {
  const make = (msg: unknown, args: unknown[] = [], error: unknown = null) =>
    Object.assign(new LogRecord("app", 30, "app.ts", 1, msg, [], error), { args });
  return Object.entries(hostile).flatMap(([what, value]): [string, LogRecord][] => [
    [`${what} as the message`, make(value)],
    [`${what} as an argument`, make("%s and %r", [value, value])],
    [`${what} as a number`, make("%d", [value])],
    [`${what} as the error`, make("failed", [], value)],
    [`${what} in extra`, Object.assign(make("extra"), { extra: value })],
    [`${what} as the name`, Object.assign(make("name"), { name: value, levelno: value })],
  ]);
}

const throwing: Connector & DatagramConnector = {
  connect: boom,
  openDatagram: boom,
  atExit: () => () => {},
};
const garbage = {
  connect: () => Promise.resolve(null),
  openDatagram: () => "no promise",
} as unknown as Connector & DatagramConnector;

/** Rejects with an error that is no `ConnectionError`, some time later. */
const late: Connector & DatagramConnector = { connect: rejecting, openDatagram: rejecting };

/** Opens a connection whose every method fails, some time later. */
const lateConnection: Connector = {
  connect: () =>
    Promise.resolve({
      write: rejecting,
      close: rejecting,
      closed: rejecting(),
      [Symbol.asyncDispose]: rejecting,
    } as unknown as StreamConnection),
};

class Sending extends SocketHandler {
  // deno-lint-ignore require-await -- asynchronous by mistake
  override async send(frame: Uint8Array): Promise<void> {
    super.send(frame);
    throw new Error("sends later");
  }
}

class Buffering extends BufferingHandler {
  override shouldFlush(): boolean {
    return true;
  }
}

/** A handler that rolls a file over at each record. */
function rotating(options: files.RotatingFileHandlerOptions, method?: () => unknown): Handler {
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  folders.push(folder);
  const handler = new files.RotatingFileHandler(`${folder}/app.log`, {
    maxBytes: 1,
    backupCount: 1,
    ...options,
  });
  if (method !== undefined) {
    Object.assign(handler, { shouldRollover: () => true, doRollover: method, rotate: method });
  }
  return handler;
}

const folders: string[] = [];

/** A port whose other end has no listener. */
const silentPort = { postMessage: () => {}, addEventListener: () => {} };

/** Runs every kind of handler with every kind of failing part. */
function handlers(): [string, Handler][] {
  const network = new MemoryNetwork();
  const { clock } = network;
  const quiet = { clock, onEvent: () => {}, closeTimeoutMs: 0 };
  const good = () => ({ connector: network, ...quiet });
  const serializer = { dumps: boom, loads: boom };
  const onEvent: (event: DeliveryEvent) => void = boom;
  const answer = () => Promise.resolve(new Response("thanks"));
  const http = (body: HTTPBody) => new HTTPHandler("h", "/", { ...quiet, fetch: answer, body });
  // The clock stands still, so nothing may wait for it.
  const mail = {
    ...quiet,
    ...{ fromaddr: "me", toaddrs: "you", subject: "Log", maxMailsPerMinute: Infinity },
  };
  const transport = { sendMail: () => Promise.resolve() };
  const eventLog = { addSourceToRegistry() {}, reportEvent() {}, close() {} };
  return [
    ["NullHandler", new logwire.NullHandler()],
    ["StreamHandler", new StreamHandler({ write: () => {} })],
    ["FileHandler", new files.FileHandler("/dev/null")],
    ["FileHandler, full disk", new files.FileHandler("/dev/full")],
    ["FileHandler, no folder", new files.FileHandler("/dev/null/app.log", { delay: true })],
    ["WatchedFileHandler", new files.WatchedFileHandler("/dev/null")],
    ["RotatingFileHandler", new files.RotatingFileHandler("/dev/null", { maxBytes: 1 })],
    ["TimedRotatingFileHandler", new files.TimedRotatingFileHandler("/dev/null", { clock })],
    ["StreamHandler, throwing stream", new StreamHandler({ write: boom, flush: boom })],
    ["BufferingHandler", new BufferingHandler(3)],
    ["MemoryHandler", new MemoryHandler(3, { target: new StreamHandler({ write: () => {} }) })],
    ["MemoryHandler, no target", new MemoryHandler(3)],
    [
      "MemoryHandler, throwing target",
      new MemoryHandler(3, { target: { handle: boom, flush: boom } as unknown as Handler }),
    ],
    ["QueueHandler", new QueueHandler(new RecordQueue())],
    ["QueueHandler, full queue", new QueueHandler(new RecordQueue({ maxRecords: 1 }))],
    ["QueueHandler, throwing queue", new QueueHandler({ put_nowait: boom, flush: boom })],
    ["QueueHandler, port", new QueueHandler(new PortQueue(silentPort), { closeTimeoutMs: 0 })],
    [
      "QueueHandler, throwing port",
      new QueueHandler(new PortQueue({ ...silentPort, postMessage: boom }), { closeTimeoutMs: 0 }),
    ],
    ["SocketHandler", new SocketHandler("h", 1, good())],
    [
      "SocketHandler, throwing connector",
      new SocketHandler("h", 1, { ...quiet, connector: throwing }),
    ],
    [
      "SocketHandler, garbage connector",
      new SocketHandler("h", 1, { ...quiet, connector: garbage }),
    ],
    ["SocketHandler, throwing serializer", new SocketHandler("h", 1, { ...good(), serializer })],
    ["SocketHandler, throwing onEvent", new SocketHandler("h", 1, { ...good(), onEvent })],
    [
      "SocketHandler, a spool without a folder",
      new SocketHandler("h", 1, { ...good(), spool: fileSpool("/dev/null/spool") }),
    ],
    [
      "SocketHandler, a spool without a folder and a throwing onEvent",
      new SocketHandler("h", 1, { ...good(), spool: fileSpool("/dev/null/spool"), onEvent }),
    ],
    ["SocketHandler, JSON", new SocketHandler("h", 1, { ...good(), serializer: json })],
    ["DatagramHandler", new DatagramHandler("h", 1, good())],
    [
      "DatagramHandler, throwing connector",
      new DatagramHandler("h", 1, { ...quiet, connector: throwing }),
    ],
    [
      "DatagramHandler, garbage connector",
      new DatagramHandler("h", 1, { ...quiet, connector: garbage }),
    ],
    ["SysLogHandler", new SysLogHandler(["localhost", 514], good())],
    ["SysLogHandler, TCP", new SysLogHandler(["h", 1], { ...good(), socktype: "stream" })],
    [
      "SysLogHandler, RFC 5424",
      new SysLogHandler("/dev/log", {
        ...good(),
        format: "rfc5424",
        structuredDataId: "app@32473",
      }),
    ],
    ["SysLogHandler, RFC 3164", new SysLogHandler(["h", 1], { ...good(), format: "rfc3164" })],
    [
      "SysLogHandler, throwing connector",
      new SysLogHandler("/dev/log", { ...quiet, connector: throwing }),
    ],
    [
      "SysLogHandler, garbage connector",
      new SysLogHandler("/dev/log", { ...quiet, connector: garbage }),
    ],
    ["HTTPHandler", new HTTPHandler("h", "/", { ...quiet, fetch: answer })],
    ["HTTPHandler, JSON", new HTTPHandler("h", "/", { ...quiet, fetch: answer, body: "json" })],
    ["HTTPHandler, OTLP", http(otlp({ resource: {} }))],
    ["HTTPHandler, OTLP in JSON", http(otlp({ resource: {}, encoding: "json" }))],
    ["HTTPHandler, Loki", http(loki({ labels: { job: "x", logger: ({ name }) => name } }))],
    ["HTTPHandler, Loki, throwing label", http(loki({ labels: { job: boom } }))],
    ["HTTPHandler, Loki, rejecting label", http(loki({ labels: { job: rejecting } }))],
    ["HTTPHandler, Elasticsearch", http(elasticsearchBulk({ index: "logs" }))],
    ["HTTPHandler, Elasticsearch, rejecting index", http(elasticsearchBulk({ index: rejecting }))],
    ["HTTPHandler, throwing body", http({ contentType: "a/b", encode: boom })],
    [
      "HTTPHandler, body that throws later",
      http({ contentType: "a/b", encode: () => "x", compose: boom, judge: boom }),
    ],
    ["HTTPHandler, rejecting body", http({ contentType: "a/b", encode: rejecting })],
    [
      "HTTPHandler, body that rejects later",
      http({ contentType: "a/b", encode: () => "x", compose: rejecting }),
    ],
    [
      "HTTPHandler, body with a rejecting judge",
      http({ contentType: "a/b", encode: () => "x", judge: rejecting }),
    ],
    ["HTTPHandler, throwing fetch", new HTTPHandler("h", "/", { ...quiet, fetch: boom })],
    [
      "HTTPHandler, garbage fetch",
      new HTTPHandler("h", "/", { ...quiet, fetch: () => null } as unknown as HTTPHandlerOptions),
    ],
    ["ForwardHandler", new ForwardHandler("h", 1, { ...good(), tag: "t", ack: false })],
    [
      "ForwardHandler, rejecting map",
      Object.assign(new ForwardHandler("h", 1, { ...good(), tag: "t", ack: false }), {
        mapLogRecord: rejecting,
      }),
    ],
    ["SMTPHandler", new SMTPHandler("h", { ...mail, transport })],
    [
      "SMTPHandler, throwing transport",
      new SMTPHandler("h", { ...mail, transport: { sendMail: boom } }),
    ],
    [
      "SMTPHandler, throwing subject",
      Object.assign(new SMTPHandler("h", { ...mail, transport }), { getSubject: boom }),
    ],
    [
      "StreamHandler, rejecting stream",
      new StreamHandler({ write: rejecting, flush: rejecting }),
    ],
    [
      "MemoryHandler, rejecting target",
      new MemoryHandler(3, {
        target: { handle: rejecting, flush: rejecting } as unknown as Handler,
      }),
    ],
    [
      "QueueHandler, rejecting queue",
      new QueueHandler({ put_nowait: rejecting, flush: rejecting }),
    ],
    [
      "QueueHandler, rejecting port",
      new QueueHandler(new PortQueue({ ...silentPort, postMessage: rejecting }), {
        closeTimeoutMs: 0,
      }),
    ],
    [
      "SocketHandler, rejecting connector",
      new SocketHandler("h", 1, { ...quiet, connector: late }),
    ],
    [
      "SocketHandler, rejecting connection",
      new SocketHandler("h", 1, { ...quiet, connector: lateConnection }),
    ],
    [
      "DatagramHandler, rejecting socket",
      new DatagramHandler("h", 1, { ...quiet, connector: late }),
    ],
    [
      "SocketHandler, rejecting serializer",
      new SocketHandler("h", 1, { ...good(), serializer: { dumps: rejecting, loads: rejecting } }),
    ],
    [
      "SocketHandler, rejecting onEvent",
      new SocketHandler("h", 1, { ...good(), onEvent: rejecting }),
    ],
    [
      "SocketHandler, rejecting methods",
      Object.assign(new SocketHandler("h", 1, good()), {
        makePickle: rejecting,
        createSocket: rejecting,
        makeSocket: rejecting,
      }),
    ],
    [
      "SocketHandler, rejecting send",
      Object.assign(new Sending("h", 1, good()), { createSocket: rejecting }),
    ],
    [
      "SysLogHandler, rejecting methods",
      Object.assign(new SysLogHandler(["localhost", 514], good()), { encodePriority: rejecting }),
    ],
    [
      "SysLogHandler, rejecting message",
      Object.assign(new SysLogHandler(["localhost", 514], good()), { makeMessage: rejecting }),
    ],
    [
      "HTTPHandler, rejecting fetch and onEvent",
      new HTTPHandler("h", "/", { ...quiet, fetch: rejecting, onEvent: rejecting }),
    ],
    [
      "HTTPHandler, rejecting map",
      Object.assign(new HTTPHandler("h", "/", quiet), { mapLogRecord: rejecting }),
    ],
    [
      "HTTPHandler, failing exit notifier",
      new HTTPHandler("h", "/", { ...quiet, fetch: answer, exitNotifier: { atExit: boom } }),
    ],
    [
      "HTTPHandler, rejecting exit notifier",
      new HTTPHandler("h", "/", { ...quiet, fetch: answer, exitNotifier: { atExit: rejecting } }),
    ],
    [
      "SMTPHandler, rejecting transport and subject",
      Object.assign(new SMTPHandler("h", { ...mail, transport: { sendMail: rejecting } }), {
        getSubject: rejecting,
      }),
    ],
    ["NTEventLogHandler, no Windows", new NTEventLogHandler("app")],
    ["NTEventLogHandler", new NTEventLogHandler("app", { eventLog })],
    [
      "NTEventLogHandler, throwing event log",
      new NTEventLogHandler("app", { eventLog: { ...eventLog, reportEvent: boom, close: boom } }),
    ],
    [
      "NTEventLogHandler, rejecting event log and methods",
      Object.assign(
        new NTEventLogHandler("app", {
          eventLog: {
            addSourceToRegistry: rejecting,
            reportEvent: rejecting,
            close: rejecting,
          },
        }),
        { getEventCategory: rejecting },
      ),
    ],
    [
      "RotatingFileHandler, rejecting namer",
      rotating({ namer: rejecting }),
    ],
    ["RotatingFileHandler, rejecting rotator", rotating({ rotator: rejecting })],
    ["RotatingFileHandler, rejecting methods", rotating({}, rejecting)],
    ["BufferingHandler, rejecting flush", Object.assign(new Buffering(3), { flush: rejecting })],
    [
      "BufferingHandler, rejecting shouldFlush",
      Object.assign(new BufferingHandler(3), {
        shouldFlush: rejecting,
      }),
    ],
    ["HTTPHandler, throwing map", Object.assign(new HTTPHandler("h", "/"), { mapLogRecord: boom })],
  ];
}

/** The methods of any handler that a user may break. */
const vandals: Record<string, (handler: Handler) => void> = {
  "as it is": () => {},
  "with a throwing formatter": (handler) => {
    handler.setFormatter({ format: boom } as unknown as logwire.Formatter);
  },
  "with a throwing filter": (handler) => handler.addFilter(boom),
  "with hostile properties": (handler) => {
    const hostileNumber = { toString: boom, [Symbol.toPrimitive]: boom };
    Object.assign(handler, { facility: hostileNumber, ident: hostileNumber, priority_map: null });
    Object.assign(handler, { subject: hostileNumber, typemap: null, deftype: hostileNumber });
  },
  "with a rejecting formatter": (handler) => {
    handler.setFormatter({ format: rejecting } as unknown as logwire.Formatter);
  },
  "with a rejecting format()": (handler) => void (handler.format = rejecting),
  "with rejecting parts of a formatter": (handler) => {
    handler.setFormatter(
      Object.assign(new logwire.Formatter("%(asctime)s %(message)s"), {
        formatTime: rejecting,
        formatException: rejecting,
        formatStack: rejecting,
      }),
    );
  },
  "with a rejecting filter": (handler) => handler.addFilter(rejecting),
  "with a rejecting handleError": (handler) => {
    handler.handleError = rejecting;
    handler.setFormatter({ format: boom } as unknown as logwire.Formatter);
  },
  "with a rejecting handleError and filter": (handler) => {
    handler.handleError = rejecting;
    handler.addFilter(rejecting);
  },
  "with a throwing handleError": (handler) => {
    handler.handleError = boom;
    handler.setFormatter({ format: boom } as unknown as logwire.Formatter);
  },
};

test("no handler throws, waits or loses count, whatever it is given", async () => {
  setRaiseExceptions(false);
  // Deno's own tests fail at such a rejection by themselves.
  const unhandled: unknown[] = [];
  const hear = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", hear);
  try {
    for (const [vandal, spoil] of Object.entries(vandals)) {
      for (const [name, handler] of handlers()) {
        spoil(handler);
        let emitted = 0;
        for (const [what, record] of records()) {
          const context = `${name} ${vandal}, ${what}`;
          try {
            assertEquals(typeof handler.handle(record), "boolean", context);
            assertEquals(handler.emit(record), undefined, context);
          } catch (error) {
            throw new Error(`${context}: threw`, { cause: error });
          }
          // handle() counts a record whose filter throws, too.
          emitted += 2;
          if (handler instanceof QueueHandler) {
            const { stats } = handler;
            assertEquals(stats.emitted, emitted, context);
            assertEquals(stats.emitted, stats.enqueued + stats.droppedTotal, context);
          }
          if (handler instanceof NTEventLogHandler) {
            const { stats } = handler;
            assertEquals(stats.emitted, emitted, context);
            assertEquals(stats.emitted, stats.sent + stats.droppedTotal, context);
          }
          if (!(handler instanceof logwire.NetworkHandler)) continue;
          const { stats } = handler;
          assertEquals(stats.emitted, emitted, context);
          assertEquals(stats.emitted, stats.sent + stats.queued + stats.droppedTotal, context);
        }
        await handler.close();
        await handler.close();
        if (handler instanceof logwire.NetworkHandler) assertEquals(handler.stats.queued, 0, name);
        await turns(1);
        assertEquals(unhandled, [], `${name} ${vandal}: a rejection ends the program`);
      }
    }
  } finally {
    process.off("unhandledRejection", hear);
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
    setRaiseExceptions(true);
  }
});

test("every handler of the module stands in the test above", () => {
  const exported = Object.entries({ ...logwire, ...files }).filter(([, value]) =>
    typeof value === "function" && value.prototype instanceof Handler
  ).map(([name]) => name);
  const tested = new Set(handlers().map(([name]) => name.split(",")[0]));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  const bases = ["BaseRotatingHandler", "NetworkHandler"];
  for (const name of exported) assert(tested.has(name) || bases.includes(name), name);
});
