/**
 * The promise that every handler makes about a logging call whose arguments do not suit its message:
 * the record is sent, with the arguments behind the message; the mistake is reported once, by one
 * of the handlers; and the record counts as sent.
 */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DatagramHandler,
  type Handler,
  HTTPHandler,
  json,
  jsonLines,
  Logger,
  NetworkHandler,
  SocketHandler,
  StreamHandler,
  SysLogHandler,
} from "../../mod.ts";
import * as files from "../../src/files/file_handlers.ts";
import type { HTTPBody } from "../../src/delivery/http_body.ts";
import { loki } from "../../src/handlers/loki_body.ts";
import { otlp } from "../../src/handlers/otlp_body.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { ForwardHandler } from "../../src/handlers/forward_handler.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { NTEventLogHandler } from "../../src/windows/nt_event_log_handler.ts";
import { PortQueue } from "../../src/queue/port_queue.ts";
import { PortReceiver } from "../../src/queue/port_receiver.ts";
import { QueueHandler } from "../../src/queue/queue_handler.ts";
import { QueueListener } from "../../src/queue/queue_listener.ts";
import { RecordQueue } from "../../src/queue/record_queue.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

const decoder = new TextDecoder();

/** A handler, and the text that its target has taken. */
interface Sending {
  handler: Handler;
  taken(): string | Promise<string>;
}

/** The text of a stream handler. */
function stream(): { handler: StreamHandler; taken(): string } {
  const lines: string[] = [];
  return {
    handler: new StreamHandler({ write: (text: string) => lines.push(text) }),
    taken: () => lines.join(""),
  };
}

function file(make: (path: string) => Handler): Sending {
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  folders.push(folder);
  const path = join(folder, "app.log");
  return { handler: make(path), taken: () => readFileSync(path, "utf8") };
}

const folders: string[] = [];

function network(make: (network: MemoryNetwork) => Handler): Sending {
  const net = new MemoryNetwork();
  const handler = make(net);
  const received = () =>
    net.datagrams.length > 0 ? decoder.decode(net.datagrams[0]) : decoder.decode(net.peer.received);
  return { handler, taken: received };
}

function http(options: { body?: "form" | "json" | HTTPBody; method?: "GET" | "POST" }): Sending {
  let taken = "";
  const { clock } = new MemoryNetwork();
  const fetch = (url: unknown, init: { body?: unknown } = {}) => {
    const { body } = init;
    taken = body instanceof Uint8Array && body.length > 0 ? decoder.decode(body) : String(url);
    if (options.body === undefined) taken = decodeURIComponent(taken.replaceAll("+", " "));
    return Promise.resolve(new Response("thanks"));
  };
  const handler = new HTTPHandler("h", "/log", { ...options, clock, fetch, exitNotifier: {} });
  return { handler, taken: () => taken };
}

function mail(): Sending {
  let text = "";
  const { clock } = new MemoryNetwork();
  const sendMail = (sent: { text: string }) => Promise.resolve(text = sent.text);
  const addresses = { fromaddr: "me", toaddrs: "you", subject: "Log" };
  const handler = new SMTPHandler("h", {
    ...addresses,
    clock,
    transport: { sendMail },
    exitNotifier: {},
  });
  return { handler, taken: () => text };
}

function eventLog(): Sending {
  let text = "";
  const handler = new NTEventLogHandler("app", {
    eventLog: {
      addSourceToRegistry() {},
      reportEvent: (_appname, event) => void (text = event.text),
      close() {},
    },
  });
  return { handler, taken: () => text };
}

function queue(): Sending {
  const records = new RecordQueue();
  const behind = stream();
  const listener = new QueueListener(records, behind.handler);
  listener.start();
  return {
    handler: new QueueHandler(records),
    taken: async () => {
      await listener.stop();
      return behind.taken();
    },
  };
}

function port(): Sending {
  const { port1, port2 } = new MessageChannel();
  const behind = stream();
  const listener = new QueueListener(new PortReceiver(port2), behind.handler);
  listener.start();
  return {
    handler: new QueueHandler(new PortQueue(port1), { closeTimeoutMs: 0 }),
    taken: async () => {
      await listener.stop();
      port1.close();
      port2.close();
      return behind.taken();
    },
  };
}

function memory(): Sending {
  const behind = stream();
  return { handler: new MemoryHandler(1, { target: behind.handler }), taken: behind.taken };
}

const tcp = { socktype: "stream" } as const;
const kinds: Record<string, () => Sending> = {
  "StreamHandler": stream,
  "FileHandler": () => file((path) => new files.FileHandler(path)),
  "RotatingFileHandler": () =>
    file((path) => new files.RotatingFileHandler(path, { maxBytes: 999 })),
  "TimedRotatingFileHandler": () => file((path) => new files.TimedRotatingFileHandler(path)),
  "MemoryHandler": memory,
  "QueueHandler": queue,
  "QueueHandler, port": port,
  "SocketHandler": () =>
    network((net) => new SocketHandler("h", 1, { connector: net, clock: net.clock })),
  "SocketHandler, queue": () =>
    network((net) =>
      new SocketHandler("h", 1, {
        connector: net,
        clock: net.clock,
        whileDisconnected: "queue",
      })
    ),
  "SocketHandler, JSON": () =>
    network((net) =>
      new SocketHandler("h", 1, { connector: net, clock: net.clock, serializer: json })
    ),
  "SocketHandler, JSON lines": () =>
    network((net) =>
      new SocketHandler("h", 1, { connector: net, clock: net.clock, serializer: jsonLines })
    ),
  "DatagramHandler": () =>
    network((net) => new DatagramHandler("h", 1, { connector: net, clock: net.clock })),
  "SysLogHandler": () =>
    network((net) => new SysLogHandler(["h", 514], { connector: net, clock: net.clock })),
  "SysLogHandler, TCP": () =>
    network((net) =>
      new SysLogHandler(["h", 601], { connector: net, clock: net.clock, ...tcp, format: "rfc5424" })
    ),
  "ForwardHandler": () =>
    network((net) =>
      new ForwardHandler("h", 1, { connector: net, clock: net.clock, tag: "t", ack: false })
    ),
  "HTTPHandler": () => http({}),
  "HTTPHandler, POST": () => http({ method: "POST" }),
  "HTTPHandler, JSON": () => http({ body: "json" }),
  "HTTPHandler, OTLP JSON": () => http({ body: otlp({ resource: {}, encoding: "json" }) }),
  "HTTPHandler, Loki JSON": () => http({ body: loki({ labels: { app: "a" } }) }),
  "SMTPHandler": mail,
  "NTEventLogHandler": eventLog,
};

/** What a form has: the message and its arguments apart, as CPython's `mapLogRecord()`. */
const formText = "msg=%d left&args=('three',)";
const text = "%d left (arguments: 'three')";

for (const [name, make] of Object.entries(kinds)) {
  test(`${name} sends the record of a call with a mistake, and counts it as sent`, async () => {
    const { handler, taken } = make();
    const reported: unknown[] = [];
    handler.handleError = (_record, error) => void reported.push(error);
    const target = handler instanceof MemoryHandler ? handler.target as Handler : handler;
    target.handleError = handler.handleError;
    const logger = new Logger("mistaken", 1);
    logger.addHandler(handler);
    logger.info("%d left", "three");
    await handler.flush();
    const shown = (await taken()).replaceAll("\\u0027", "'");
    await handler.close();
    const isForm = name.startsWith("HTTPHandler") && !name.includes("JSON");
    assert(shown.includes(isForm ? formText : text), shown);
    assertEquals(reported.length, 1);
    if (handler instanceof QueueHandler) {
      assertEquals([handler.stats.enqueued, handler.stats.droppedTotal], [1, 0]);
    }
    if (!(handler instanceof NetworkHandler)) return;
    const { emitted, sent, droppedTotal } = handler.stats;
    assertEquals([emitted, sent, droppedTotal], [1, 1, 0]);
  });
}

test("a logger with every handler reports a mistake once", async () => {
  const logger = new Logger("every", 1);
  const all = Object.values(kinds).map((make) => make());
  const reported: unknown[] = [];
  for (const { handler } of all) {
    handler.handleError = (_record, error) => void reported.push(error);
    const target = handler instanceof MemoryHandler ? handler.target as Handler : handler;
    target.handleError = handler.handleError;
    logger.addHandler(handler);
  }
  logger.info("%d left", "three");
  for (const { handler, taken } of all) {
    await handler.flush();
    assert((await taken()).includes("three"));
    await handler.close();
  }
  assertEquals(reported.length, 1);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
