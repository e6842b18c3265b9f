import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Outbox } from "../../src/delivery/outbox.ts";
import type { Spool } from "../../src/delivery/spool.ts";
import { MemoryNetwork, type MemoryOutcome } from "../../src/testing/memory.ts";
import { SyslogFrameReader } from "../../src/wire/syslog/syslog_framing.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import {
  type SyslogAddress,
  SysLogHandler,
  type SysLogHandlerOptions,
} from "../../src/handlers/sys_log_handler.ts";
import { addLevelName } from "../../src/logging/level_names.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { dag } from "../text/dag.ts";
import { test } from "../test.ts";
import { account, record, unencodable } from "./wire.ts";

const encoder = new TextEncoder();

function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The messages in what a peer has received of a stream. */
function frames(received: Uint8Array): string[] {
  const reader = new SyslogFrameReader();
  reader.push(received);
  const found: string[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(text(next));
  return found;
}

type Options = Partial<SysLogHandlerOptions> & Record<string, unknown>;

/** A handler on a network of its own, with the events and the faults that it told. */
const local: SyslogAddress = ["localhost", 514];

function setUp(address: SyslogAddress = local, options: Options = {}) {
  const network = new MemoryNetwork();
  network.machineName = "box";
  const events: DeliveryEvent[] = [];
  const faults: [msg: unknown, error: Error][] = [];
  const handler = new SysLogHandler(address, {
    connector: network,
    clock: network.clock,
    onEvent: (event: DeliveryEvent) => events.push(event),
    ...options,
  } as SysLogHandlerOptions);
  handler.handleError = (of, error) => faults.push([of.msg, error as Error]);
  return { network, clock: network.clock, handler, events, faults };
}

const tcp = { socktype: "stream" } as const;
const created = Date.UTC(2026, 1, 3, 4, 5, 6, 789) / 1000;

/** A record at a known time, of a known process. */
function known(fields: Record<string, unknown> = {}): LogRecord {
  const { created: _now, ...rest } = { ...record("spam") };
  return makeLogRecord({ ...rest, name: "myapp.area1", process: 42, created, ...fields });
}

test("SysLogHandler sends <PRI>, text and a NUL in each datagram, and opens nothing before", async () => {
  const { network, handler } = setUp();
  assertEquals(network.log, []);
  handler.emit(new LogRecord("myapp", 40, "app.ts", 1, "späm", [], null));
  handler.append_nul = false;
  handler.ident = "häm-";
  handler.emit(record("%d eggs", 2));
  await handler.flush();
  assertEquals(network.datagrams.map(text), ["<11>späm\0", "<14>häm-2 eggs"]);
  assertEquals(network.log[0]?.to, { transport: "udp", hostname: "localhost", port: 514 });
  assertEquals(account(handler).sentBytes, network.datagrams.reduce((n, b) => n + b.length, 0));
  await handler.close();
});

test("SysLogHandler has CPython's attributes, on the class and on the handler", () => {
  const { handler } = setUp();
  const { address, facility, socktype, unixsocket, ident, append_nul } = handler;
  assertEquals({ address, facility, socktype, unixsocket, ident, append_nul }, {
    address: ["localhost", 514],
    facility: 1,
    socktype: "datagram",
    unixsocket: false,
    ident: "",
    append_nul: true,
  });
  assertEquals([SysLogHandler.LOG_USER, handler.LOG_LOCAL7, handler.LOG_SOLCRON], [1, 23, 15]);
  assertEquals(SysLogHandler.facility_names["solaris-cron"], handler.facility_names["ntp"]! + 3);
  assertEquals(SysLogHandler.priority_names["panic"], handler.priority_names["emerg"]);
  const names = Object.getOwnPropertyNames(SysLogHandler)
    .filter((name) => name.startsWith("LOG_")) as "LOG_USER"[];
  assertEquals(names.length, 32);
  for (const name of names) assertEquals(handler[name], SysLogHandler[name]);
  const local = setUp("/dev/log").handler;
  assertEquals([local.unixsocket, local.address, local.socktype], [true, "/dev/log", null]);
});

test("SysLogHandler.encodePriority() takes names of its tables and numbers of any range", () => {
  const { handler } = setUp();
  assertEquals(handler.encodePriority("local0", "err"), 131);
  assertEquals(handler.encodePriority(handler.LOG_KERN, handler.LOG_EMERG), 0);
  assertEquals(handler.encodePriority(100, 9), 809);
  for (const name of ["USER", "toString", "__proto__"]) {
    assertThrows(() => handler.encodePriority(name, 0), TypeError, JSON.stringify(name));
    assertThrows(() => handler.encodePriority(0, name), TypeError, "'priority'");
  }
  class Mine extends SysLogHandler {
    override readonly facility_names = { ...SysLogHandler.facility_names, mine: 20 };
  }
  const mine = new Mine(local, { connector: new MemoryNetwork() });
  assertEquals(mine.encodePriority("mine", 0), 160);
});

test("SysLogHandler.mapPriority() makes a warning of any level that priority_map lacks", async () => {
  const { network, handler } = setUp();
  const levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "NOTICE", "info", "toString"];
  assertEquals(levels.map((level) => handler.mapPriority(level)), [
    ...["debug", "info", "warning", "error", "critical", "warning", "warning", "warning"],
  ]);
  assertEquals(handler.mapPriority(dag() as string), "warning", "a stranger's");
  handler.priority_map["NOTICE"] = "notice";
  addLevelName(25, "NOTICE");
  handler.emit(new LogRecord("myapp", 25, "app.ts", 1, "a", [], null));
  handler.emit(new LogRecord("myapp", 35, "app.ts", 1, "b", [], null));
  await handler.flush();
  assertEquals(network.datagrams.map(text), ["<13>a\0", "<12>b\0"]);
  assertEquals(setUp().handler.mapPriority("NOTICE"), "warning", "of this handler alone");
  await handler.close();
});

test("SysLogHandler sends a record whose logger is a list without end as the program of its text", async () => {
  const { network, handler } = setUp(undefined, { format: "rfc5424", hostname: null });
  handler.emit(makeLogRecord({ msg: "spam", levelname: dag(), name: dag(), created: 0 }));
  await handler.flush();
  const [sent] = network.datagrams.map(text);
  assert(/^<12>1 1970-01-01T00:00:00.000000Z - _{32} /.test(sent!), sent);
  await handler.close();
});

test("SysLogHandler sends the text of an error, as its formatter makes it", async () => {
  const { network, handler } = setUp();
  handler.setFormatter(new Formatter("%(name)s: %(message)s"));
  const error = new Error("boom");
  handler.emit(new LogRecord("myapp", 40, "app.ts", 1, "failed", [], error));
  await handler.flush();
  const [message = ""] = network.datagrams.map(text);
  assert(message.startsWith("<11>myapp: failed\n") && message.includes("boom"), message);
  await handler.close();
});

test("SysLogHandler drops a record that cannot be a message, and that one alone", async () => {
  const { network, handler, faults } = setUp();
  handler.emit(record("lone \ud800 surrogate"));
  handler.emit(unencodable());
  assertEquals(network.log, [], "what cannot be encoded dials nothing");
  handler.emit(record("good"));
  await handler.flush();
  handler.emit(record("lone \udc00 surrogate"));
  handler.facility = "nope";
  handler.emit(record("facility"));
  handler.facility = "user";
  handler.priority_map["INFO"] = "chatty";
  handler.emit(record("priority"));
  handler.priority_map = { INFO: "notice" };
  handler.emit(record("better"));
  await handler.flush();
  assertEquals(network.datagrams.map(text), ["<14>good\0", "<13>better\0"]);
  const messages = faults.map(([msg, { message }]) => `${String(msg).slice(-9)}: ${message}`);
  assertEquals(faults.length, 5);
  assert(messages[0]?.includes("\\ud800") && messages[2]?.includes("\\udc00"));
  assert(messages[3]?.includes('"nope"') && messages[4]?.includes('"chatty"'));
  const { emitted, sent, dropped } = account(handler);
  assertEquals([emitted, sent, dropped.error], [7, 2, 5]);
  await handler.close();
});

test("SysLogHandler over TCP ends messages with a NUL, or as append_nul says, as CPython", async () => {
  const { network, handler } = setUp(["h", 601], tcp);
  assertEquals(handler.socktype, "stream");
  handler.emit(record("a\nb"));
  handler.append_nul = false;
  handler.emit(record("c"));
  handler.emit(record("d"));
  await handler.flush();
  assertEquals(text(network.peer.received), "<14>a\nb\0<14>c<14>d");
  await handler.close();
});

test("SysLogHandler recovers from a FIN, a RST and a refused dial, as SocketHandler", async () => {
  for (const whileDisconnected of ["drop", "queue"] as const) {
    const { network, clock, handler, events } = setUp(["h", 601], { ...tcp, whileDisconnected });
    network.nextConnects("refused");
    handler.emit(record("a"));
    await clock.advance();
    assertEquals([handler.retryTime, account(handler).connectFailures], [1, 1]);
    await clock.advance(1100);
    handler.emit(record("b"));
    // A connection that ends within its first second is a fault of another kind.
    await clock.advance(1000);
    for (const fault of ["end", "reset"] as const) {
      network.peer[fault]();
      await clock.advance();
      assertEquals(events.at(-1)?.type, "disconnected");
      handler.emit(record(fault));
      await clock.advance(2000);
    }
    const received = network.peers.map((peer) => text(peer.received));
    const first = whileDisconnected === "drop" ? "" : "<14>a\0";
    assertEquals(received, [`${first}<14>b\0`, "<14>end\0", "<14>reset\0"]);
    const { sent, dropped, connects } = account(handler);
    assertEquals([sent, dropped.disconnected, connects], first === "" ? [3, 1, 3] : [4, 0, 3]);
    await handler.close();
    assertEquals([network.holding, network.exitHooks, clock.pendingTimers], [0, 0, 0]);
  }
});

test("SysLogHandler in queue mode dials from a timer and drains in order", async () => {
  const { network, clock, handler } = setUp(["h", 601], {
    ...tcp,
    framing: "octet-counting",
    whileDisconnected: "queue",
  });
  network.whenNobodyListens = "refused";
  for (let i = 0; i < 5; i++) handler.emit(record("m%d", i));
  await clock.advance(8000);
  assertEquals(network.dialTimes.map((at) => Math.floor(at)), [0, 1, 3, 7]);
  assertEquals(account(handler).queued, 5);
  network.whenNobodyListens = "ok";
  await clock.advance(9000);
  assertEquals(frames(network.peer.received), [0, 1, 2, 3, 4].map((i) => `<14>m${i}`));
  await handler.close();
});

test("SysLogHandler sends a message that a failure cut again, whole and with its frame", async () => {
  const head = "<14>1 2026-02-03T04:05:06.789000Z box myapp 42 - - ";
  for (
    const [framing, sent] of [
      ["octet-counting", [`${head}b\nc`, `${head}d`]],
      ["lf", [`${head}b#012c`, `${head}d`]],
      ["nul", [`${head}b#012c`, `${head}d`]],
    ] as const
  ) {
    const options = { ...tcp, format: "rfc5424", framing, whileDisconnected: "queue" } as const;
    const { network, clock, handler } = setUp(["h", 601], options);
    network.nextConnects({ peer: { bufferBytes: 70, stalled: true } });
    for (const msg of ["a", "b\nc", "d"]) handler.emit(known({ msg }));
    await clock.advance(1000);
    // The kernel has the first and the beginning of the second.
    network.peer.reset();
    await clock.advance();
    assertEquals(frames(network.peer.received), [...sent]);
    await clock.advance(1000);
    assertEquals([account(handler).sent, account(handler).connects], [3, 2]);
    await handler.close();
  }
});

test("SysLogHandler over TLS asks the connector for it", () => {
  const ca = ["pem"];
  const targets: unknown[] = [];
  const connector = {
    connect: (to: unknown) => {
      targets.push(to);
      return Promise.reject(new ConnectionError("refused", "scripted"));
    },
  };
  for (const tls of [true, { ca }] as const) {
    const handler = new SysLogHandler(["h", 6514], {
      ...tcp,
      connector,
      tls,
      format: "rfc5424",
      onEvent: () => {},
    });
    handler.emit(record("a"));
  }
  assertEquals(targets, [
    { transport: "tcp", hostname: "h", port: 6514, tls: {} },
    { transport: "tcp", hostname: "h", port: 6514, tls: { ca } },
  ]);
});

test("SysLogHandler tries a Unix socket with datagrams, then as a stream, and remembers", async () => {
  {
    const { network, handler } = setUp("/dev/log");
    handler.emit(record("a"));
    await handler.flush();
    assertEquals([handler.socktype, network.datagrams.map(text).join()], ["datagram", "<14>a\0"]);
    await handler.close();
  }
  const { network, clock, handler } = setUp("/dev/log", { whileDisconnected: "queue" });
  network.nextConnects("refused");
  handler.emit(record("b"));
  await handler.flush();
  assertEquals([handler.socktype, text(network.peer.received)], ["stream", "<14>b\0"]);
  await clock.advance(1000);
  network.peer.end();
  await clock.advance();
  handler.emit(record("c"));
  await handler.flush();
  assertEquals(network.log.filter(({ what }) => what === "dial").map(({ to }) => to.transport), [
    ...["unixgram", "unix", "unix"],
  ]);
  await handler.close();
});

test("SysLogHandler reports both attempts where neither works, and backs off once", async () => {
  const { network, clock, handler, events } = setUp("/dev/log");
  network.nextConnects("unsupported", "not-found");
  handler.emit(record("a"));
  await clock.advance();
  const failed = events.find(({ type }) => type === "connect-failed");
  assert(failed?.type === "connect-failed" && failed.error instanceof ConnectionError);
  assertEquals(failed.error.code, "not-found");
  assert(/log: unsupported; .*log: not-found/.test(failed.error.message), failed.error.message);
  assertEquals([handler.socktype, handler.retryTime], [null, 1]);
  await clock.advance(1000);
  handler.emit(record("b"));
  await handler.flush();
  assertEquals(handler.socktype, "datagram");
  await handler.close();
});

test("SysLogHandler does not fall back from a socktype that was given, nor after a bug", async () => {
  const bug = { throws: new TypeError("bug") };
  const scripts: [Options, MemoryOutcome[]][] = [
    [{ socktype: "datagram" }, ["refused"]],
    [{ socktype: "stream" }, ["refused"]],
    [{}, [bug]],
    [{}, ["refused", bug]],
  ];
  for (const [options, script] of scripts) {
    const { network, clock, handler, faults } = setUp("/dev/log", options);
    network.nextConnects(...script);
    handler.emit(record("a"));
    await clock.advance();
    assertEquals(network.dialTimes.length, script.length);
    assertEquals(faults.length, script.includes(bug) ? 1 : 0);
    assertEquals(account(handler).dropped.disconnected, 1);
    await handler.close();
  }
});

test("SysLogHandler gives up a dial in time although it tries twice", async () => {
  const { network, clock, handler } = setUp("/dev/log", { connectTimeoutMs: 250 });
  network.nextConnects("hang", "ok");
  handler.emit(record("a"));
  await clock.advance(250);
  assertEquals([network.dialTimes.length, account(handler).dropped.disconnected], [1, 1]);
  assertEquals(handler.socktype, null);
  await handler.close();
});

test("SysLogHandler frames messages on a stream alone, whatever they were queued for", async () => {
  for (const framing of ["octet-counting", "lf", "nul"] as const) {
    for (const kind of ["refused", "ok"] as const) {
      const { network, handler } = setUp("/dev/log", { format: "rfc3164", framing });
      network.nextConnects(kind);
      handler.emit(known({ msg: "a\nb" }));
      handler.emit(known({ msg: "c" }));
      await handler.flush();
      const sent = kind === "ok" ? network.datagrams.map(text) : frames(network.peer.received);
      const isEscaped = kind === "refused" && framing !== "octet-counting";
      assertEquals(sent.map((found) => found.split(": ")[1]), [isEscaped ? "a#012b" : "a\nb", "c"]);
      await handler.close();
      assertEquals(account(handler).sent, 2);
    }
  }
});

test("SysLogHandler takes a stream from a makeSocket() of its user's where it had datagrams in mind", async () => {
  const network = new MemoryNetwork();
  class Tunnelled extends SysLogHandler {
    override makeSocket() {
      return network.connect({ transport: "tcp", hostname: "tunnel", port: 1 });
    }
  }
  const handler = new Tunnelled(["h", 514], { connector: network, format: "rfc5424" });
  for (const msg of ["a", "b"]) handler.emit(known({ msg, name: "root" }));
  await handler.flush();
  const time = "2026-02-03T04:05:06.789000Z";
  const host = network.machineName ?? "-";
  assertEquals(frames(network.peer.received), [
    `<14>1 ${time} ${host} root 42 - - a`,
    `<14>1 ${time} ${host} root 42 - - b`,
  ]);
  await handler.close();
});

test("SysLogHandler frames what send() is given once, also where send() is overridden", async () => {
  const network = new MemoryNetwork();
  const sent: string[] = [];
  class Watched extends SysLogHandler {
    override send(message: Uint8Array) {
      sent.push(text(message));
      super.send(message);
    }
  }
  const options = { connector: network, ...tcp, format: "rfc5424" } as const;
  const handler = new Watched(["h", 601], options);
  handler.emit(known({ name: "root" }));
  // One that needs more digits, and one that needs fewer, than most.
  for (const message of ["<14>x", `<14>${"y".repeat(1000)}`]) handler.send(encoder.encode(message));
  await handler.flush();
  assertEquals(frames(network.peer.received), sent);
  assertEquals(sent.length, 3);
  await handler.close();
  assertEquals(account(handler).sentBytes, network.peer.received.length);
});

test("SysLogHandler writes RFC 5424 with its fields from the record and the connector", async () => {
  const { network, handler } = setUp(undefined, {
    format: "rfc5424",
    structuredDataId: "app@32473",
    facility: "local0",
  });
  handler.emit(known({ user: 'anna "]', order: 7, asctime: "now", message: "spam" }));
  handler.emit(known({ name: "root", process: 0 }));
  handler.emit(known({ name: "my app/ä.x", process: null }));
  await handler.flush();
  const time = "<134>1 2026-02-03T04:05:06.789000Z";
  assertEquals(network.datagrams.map(text), [
    `${time} box myapp 42 - [app@32473 user="anna \\"\\]" order="7"] spam`,
    `${time} box root - - - spam`,
    `${time} box my_app__ - - - spam`,
  ]);
  await handler.close();
});

test("a spool keeps messages with octet counts apart from those without", async () => {
  const kinds: (string | undefined)[] = [];
  const spool: Spool = {
    makeQueue(settings) {
      kinds.push(settings.contentType);
      return new Outbox(settings);
    },
    sync: () => Promise.resolve(),
  };
  class Dialling extends SysLogHandler {
    override makeSocket() {
      return super.makeSocket();
    }
  }
  const common = { connector: new MemoryNetwork(), format: "rfc5424", spool } as const;
  const stream = { ...common, whileDisconnected: "queue", socktype: "stream" } as const;
  const handlers = [
    new SysLogHandler(["h", 601], stream),
    new SysLogHandler(["h", 514], { ...common, whileDisconnected: "queue", socktype: "datagram" }),
    // It may open datagrams, so that messages are framed when they are written.
    new Dialling(["h", 601], stream),
  ];
  const [counted, bare, dialled] = kinds;
  assertEquals(counted === bare, false);
  assertEquals(bare, dialled);
  for (const handler of handlers) await handler.close();
});

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("", '"]\\', "\ud83d", "\ude00", "ä", "x".repeat(70), "y".repeat(5000)),
);
const anyScalar = fc.oneof(
  anyText,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, 2 ** 31, -1.2345678901234567e-308),
);
const anyKey = fc.oneof(
  fc.constantFrom("user", "user name", "ä", "x".repeat(40), "asctime", "b"),
  fc.string({ minLength: 1, maxLength: 5 }),
).filter((key) => key !== "message" && !Object.hasOwn(record(""), key));
const anyCall = fc.oneof(
  fc.tuple(anyText),
  fc.tuple(fc.constantFrom("%s", "a %s b %d c", "\ud83d%s%s", "ä%d%s"), anyScalar, anyScalar),
);

test("SysLogHandler writes a plain record byte for byte as it writes a formatted one", () => {
  const connector = new MemoryNetwork();
  const clock = connector.clock;
  for (
    const options of [
      { format: "rfc3164" },
      { format: "rfc5424", structuredDataId: "app@32473" },
      { format: "rfc5424", bom: true, maxDatagramBytes: 120, structuredDataId: "app@32473" },
      { format: "rfc5424" },
    ] as const
  ) {
    const plain = new SysLogHandler(local, { connector, clock, ...options });
    const formatted = new SysLogHandler(local, { connector, clock, ...options });
    formatted.setFormatter(new Formatter());
    const outcome = (handler: SysLogHandler, [msg, ...args]: unknown[], fields: object) => {
      try {
        const made = known({ msg, args, ...fields, message: undefined });
        return text(handler.makeMessage(made));
      } catch (error) {
        return String(error);
      }
    };
    const property = fc.property(
      anyCall,
      fc.dictionary(anyKey, anyScalar, { maxKeys: 5 }),
      (call, fields) => {
        assertEquals(outcome(plain, call, fields), outcome(formatted, call, fields));
      },
    );
    fc.assert(property, { seed: 14, numRuns: 250 });
    assertEquals(plain.truncated, formatted.truncated);
  }
});

test("SysLogHandler writes the fields that it is given", async () => {
  const { network, handler } = setUp(undefined, {
    format: "rfc5424",
    hostname: "www1.example.com",
    appName: "shop",
    procid: 7,
    msgid: "ID47",
    bom: true,
  });
  handler.ident = "> ";
  handler.emit(known({ user: "anna" }));
  await handler.flush();
  assertEquals(network.datagrams.map(text), [
    "<14>1 2026-02-03T04:05:06.789000Z www1.example.com shop 7 ID47 - \ufeff> spam",
  ]);
  await handler.close();
});

test("SysLogHandler writes RFC 3164 with the local time, and no host name on a Unix socket", async () => {
  const date = new Date(created * 1000);
  const time = `${String(date).slice(4, 7)} ${String(date.getDate()).padStart(2)} ` +
    String(date).slice(16, 24);
  for (
    const [address, options, expected] of [
      [["h", 514], {}, `<14>${time} box myapp[42]: spam`],
      [["h", 514], { hostname: null, procid: null }, `<14>${time} myapp: spam`],
      ["/dev/log", {}, `<14>${time} myapp[42]: spam`],
      ["/dev/log", { hostname: "www1", appName: "shop" }, `<14>${time} shop[42]: spam`],
    ] as const
  ) {
    const { network, handler } = setUp(address, { format: "rfc3164", ...options });
    handler.emit(known());
    await handler.flush();
    assertEquals(network.datagrams.map(text), [expected]);
    await handler.close();
  }
});

test("SysLogHandler does without a host name that the connector does not know, or gives badly", async () => {
  for (const hostName of [undefined, () => undefined, () => "", () => "my host"]) {
    const network = new MemoryNetwork();
    const connector = {
      openDatagram: network.openDatagram.bind(network),
      ...(hostName && { hostName }),
    };
    const options = { socktype: "datagram", connector, format: "rfc5424" } as const;
    const handler = new SysLogHandler(local, options);
    handler.emit(known());
    await handler.flush();
    assertEquals(text(network.datagrams[0]!).split(" ")[2], "-");
    await handler.close();
  }
});

test("SysLogHandler drops a record whose fields cannot be written, and that one alone", async () => {
  const { network, handler, faults } = setUp(["h", 601], {
    ...tcp,
    format: "rfc5424",
    structuredDataId: "app@32473",
  });
  handler.emit(known({ created: NaN }));
  handler.emit(known());
  await handler.flush();
  handler.facility = 24;
  handler.emit(known());
  await handler.flush();
  assertEquals(frames(network.peer.received).length, 1);
  assertEquals([account(handler).queued, account(handler).dropped.error], [1, 2]);
  for (const [i, named] of ["NaN", "198"].entries()) {
    assert(faults[i]?.[1].message.includes(named), faults[i]?.[1].message);
  }
  await handler.close();
});

test("SysLogHandler sends a record whose extra fields have names that RFC 5424 does not allow", async () => {
  const { network, handler, faults } = setUp(["h", 601], {
    ...tcp,
    format: "rfc5424",
    structuredDataId: "shop@32473",
  });
  const long = "a".repeat(33);
  for (const extra of [{ "user name": "x" }, { [long]: 1 }, { größe: 3 }, { "": 4, "_": 5 }]) {
    handler.emit(known(extra));
  }
  await handler.flush();
  const data = frames(network.peer.received).map((frame) => /\[.*\]/.exec(frame)?.[0]);
  assertEquals(data, [
    '[shop@32473 user_name="x"]',
    `[shop@32473 ${long.slice(1)}="1"]`,
    '[shop@32473 gr__e="3"]',
    '[shop@32473 __2="4" _="5"]',
  ]);
  await handler.close();
  assertEquals([account(handler).sent, faults.length], [4, 0]);
});

test("SysLogHandler sends two records whole where a field of one logs the other", async () => {
  const { network, handler } = setUp(["h", 601], {
    ...tcp,
    format: "rfc5424",
    structuredDataId: "app@32473",
  });
  const inner = (user: string) => known({ name: "inner", user, order: 8, message: user });
  const outer = known({ order: 7, message: "outer" });
  Object.defineProperty(outer, "getter", {
    enumerable: true,
    get: () => {
      handler.emit(inner("a"));
      return "x";
    },
  });
  outer.json = { toJSON: () => handler.emit(inner("b")) ?? "y" };
  outer.last = 9;
  handler.emit(outer);
  handler.emit(inner("c"));
  await handler.flush();
  const data = frames(network.peer.received).map((frame) =>
    / (\S+) 42 - (\[.*)/.exec(frame)?.slice(1)
  );
  assertEquals(data, [
    // The getter runs again after `json` has shown that the record is not plain.
    ["inner", '[app@32473 user="a" order="8"] spam'],
    ["inner", '[app@32473 user="a" order="8"] spam'],
    ["inner", '[app@32473 user="b" order="8"] spam'],
    ["myapp", '[app@32473 order="7" getter="x" json="y" last="9"] spam'],
    ["inner", '[app@32473 user="c" order="8"] spam'],
  ]);
  await handler.close();
});

test("SysLogHandler cuts a message longer than maxDatagramBytes between characters, and counts it", async () => {
  const cpython = setUp(undefined, { maxDatagramBytes: 12 });
  cpython.handler.emit(record("äöüß"));
  cpython.handler.emit(record("abcdefg"));
  cpython.handler.emit(record("abcdefgh"));
  cpython.handler.append_nul = false;
  cpython.handler.emit(record("abcdefgä"));
  cpython.handler.emit(record("abcdefghi"));
  await cpython.handler.flush();
  assertEquals(cpython.network.datagrams.map(text), [
    ...["<14>äöü\0", "<14>abcdefg\0", "<14>abcdefg\0", "<14>abcdefg", "<14>abcdefgh"],
  ]);
  assertEquals([cpython.handler.truncated, account(cpython.handler).sent], [4, 5]);
  await cpython.handler.close();
  const rfc = setUp(undefined, { format: "rfc5424", maxDatagramBytes: 100 });
  rfc.handler.emit(known({ msg: "€".repeat(50) }));
  rfc.handler.emit(known());
  await rfc.handler.flush();
  assertEquals(rfc.network.datagrams.map((bytes) => text(bytes).split(" - - ")[1]), [
    ...["€".repeat(16), "spam"],
  ]);
  assert(rfc.network.datagrams[0]!.length <= 100);
  assertEquals(rfc.handler.truncated, 1);
  await rfc.handler.close();
});

test("SysLogHandler by default cuts an RFC's message to the limit of UDP, and drops CPython's", async () => {
  const long = "ä".repeat(40_000);
  const rfc = setUp(undefined, { format: "rfc5424" });
  rfc.handler.emit(known({ msg: long }));
  await rfc.handler.flush();
  assert([65_506, 65_507].includes(rfc.network.datagrams[0]!.length));
  assertEquals(rfc.handler.truncated, 1);
  const cpython = setUp();
  cpython.handler.emit(record(long));
  cpython.handler.emit(record("a"));
  await cpython.handler.flush();
  assertEquals(cpython.network.datagrams.map(text), ["<14>a\0"]);
  assertEquals([cpython.handler.truncated, account(cpython.handler).dropped.tooLarge], [0, 1]);
  const stream = setUp(["h", 601], { ...tcp, format: "rfc5424" });
  stream.handler.emit(known({ msg: long }));
  await stream.handler.flush();
  assertEquals([stream.handler.truncated, frames(stream.network.peer.received).length], [0, 1]);
  for (const { handler } of [rfc, cpython, stream]) await handler.close();
});

test("SysLogHandler writes the same bytes straight and by makeMessage()", async () => {
  const texts = ["", "a", "spam ".repeat(20), "späm ✓ 𝄞", "x".repeat(5000), "ä".repeat(30_000)];
  for (const options of [{}, { format: "rfc3164" }, { format: "rfc5424" }] as const) {
    const { network, clock, handler } = setUp(["h", 601], { ...tcp, ...options, framing: "nul" });
    const expected = texts.map((msg) => text(handler.makeMessage(known({ msg }))));
    handler.emit(known({ msg: "the dial" }));
    await clock.advance();
    for (const msg of texts) handler.emit(known({ msg }));
    await handler.flush();
    const end = options.format === undefined ? "" : "\0";
    const all = texts.length;
    const received = text(network.peer.received).split("\0").slice(1, all + 1);
    assertEquals(received.map((found) => found + "\0"), expected.map((found) => found + end));
    await handler.close();
  }
});

test("SysLogHandler.close() sends the queued records and is final", async () => {
  const { network, clock, handler } = setUp(["h", 601], { ...tcp, framing: "lf" });
  handler.emit(record("a"));
  const closed = handler.close();
  handler.emit(record("late"));
  await closed;
  assertEquals(text(network.peer.received), "<14>a\n");
  assert(network.peer.halfClosed);
  handler.emit(record("later"));
  assertEquals(account(handler).dropped.closed, 2);
  assertEquals([network.holding, network.exitHooks, clock.pendingTimers], [0, 0, 0]);
});

test("SysLogHandler frames the records that are left at exit", async () => {
  const { network, clock, handler } = setUp(["h", 601], { ...tcp, framing: "octet-counting" });
  handler.emit(record("a"));
  await clock.advance();
  handler.emit(record("b"));
  handler.emit(record("c"));
  network.exit();
  await clock.advance();
  assertEquals(text(network.peer.received), "5 <14>a5 <14>b5 <14>c");
  assertEquals(account(handler).sent, 3);
  await handler.close();
});

test("SysLogHandler lets a subclass change the message, the socket and the sending", async () => {
  const { network } = setUp();
  class Shouting extends SysLogHandler {
    override makeMessage(of: LogRecord): Uint8Array {
      return encoder.encode(text(super.makeMessage(of)).toUpperCase());
    }
    override send(message: Uint8Array): void {
      super.send(message);
      super.send(encoder.encode("<14>echo\0"));
    }
  }
  const handler = new Shouting(local, { connector: network });
  handler.emit(record("a"));
  await handler.flush();
  handler.emit(record("b"));
  await handler.flush();
  const echo = "<14>echo\0";
  assertEquals(network.datagrams.map(text), ["<14>A\0", echo, "<14>B\0", echo]);
  await handler.close();
});

test("SysLogHandler refuses bad values, naming each and its range", () => {
  const connector = new MemoryNetwork();
  const long = "h".repeat(256);
  const bad: [unknown, unknown, string][] = [
    [["h"], { connector }, "'address' must be [host, port] or the path of a Unix socket"],
    [7, { connector }, "current value is 7"],
    [undefined, { connector }, "'address' must be [host, port] or the path of a Unix socket"],
    ["", { connector }, "'host' must be a string that is not empty"],
    [["", 514], { connector }, "'host' must be a string that is not empty"],
    [["h", 0], { connector }, "'port' must be an integer from 1 to 65535: current value is 0"],
    [["h", 70_000], { connector, ...tcp }, "current value is 70000"],
    [undefined, undefined, "'options' must be an object"],
    [local, {}, "'connector' must be an object with openDatagram()"],
    [["h", 1], { ...tcp, connector: {} }, "'connector' must be an object with connect()"],
    ["/dev/log", { connector: {} }, "an object with openDatagram() and connect()"],
    [local, { connector, retries: 3 }, "there is no option 'retries'"],
    [local, { connector, serializer: {} }, "there is no option 'serializer'"],
    [local, { connector, socktype: 2 }, `'socktype' must be "datagram" or "stream"`],
    [local, { connector, tls: true }, `'tls' needs 'socktype' to be "stream"`],
    [local, { connector, framing: "relp" }, `'framing' "relp" needs 'socktype' to be "stream"`],
    ["/dev/log", { ...tcp, connector, tls: true }, "'tls' needs a port"],
    [["h", 1], { ...tcp, connector, tls: { ca: "pem" } }, "'tls.ca' must be"],
    [local, { connector, facility: "USER" }, "auth, authpriv, console"],
    [local, { connector, facility: 24 }, "'facility' must be an integer from 0 to 23"],
    [local, { connector, format: "rfc3195" }, `"cpython" or "rfc3164" or "rfc5424"`],
    [local, { connector, framing: "crlf" }, `"octet-counting" or "lf" or "nul"`],
    [local, { connector, hostname: "h" }, `'hostname' has no place in the format "cpython"`],
    [local, { connector, format: "rfc3164", msgid: "m" }, "'msgid' has no place"],
    [local, { connector, format: "rfc5424", hostname: long }, "'hostname' must be 1 to 255"],
    [local, { connector, format: "rfc3164", hostname: "my host" }, '"my host"'],
    ["/dev/log", { connector, format: "rfc3164", hostname: long }, "'hostname' must be 1 to 255"],
    [local, { connector, format: "rfc5424", appName: "a b" }, "'appName' must be"],
    [local, { connector, format: "rfc3164", appName: "a:b" }, "'appName' must be"],
    [local, { connector, format: "rfc5424", procid: "a b" }, "'procid' must be"],
    [local, { connector, format: "rfc5424", msgid: "ä" }, "'msgid' must be"],
    [local, { connector, format: "rfc5424", structuredDataId: "a b" }, "'structuredDataId'"],
    [local, { connector, format: "rfc5424", bom: 1 }, "'bom' must be true or false"],
    [local, { connector, maxDatagramBytes: 0 }, "'maxDatagramBytes' must be"],
    [local, { connector, connectTimeoutMs: 0 }, "'connectTimeoutMs'"],
    [local, { connector, timeout: -1 }, "'timeout' must be a number from 0.001 to"],
    [local, { connector, timeout: "2" }, "'timeout' must be a number from 0.001 to"],
  ];
  for (const [address, options, message] of bad) {
    const make = () =>
      new SysLogHandler(address as SyslogAddress, options as unknown as SysLogHandlerOptions);
    assertThrows(make, Error, message, message);
  }
});

test("SysLogHandler.timeout bounds the wait for a connection, in seconds", async () => {
  const cases: [options: object, timeout: number | null, ms: number][] = [
    [{ timeout: 0.25 }, 0.25, 250],
    [{ timeout: 2 }, 2, 2000],
    [{ timeout: 2, connectTimeoutMs: 300 }, 2, 300],
    [{ timeout: null }, null, 1000],
    [{ timeout: 0 }, 0, 1000],
    [{}, null, 1000],
  ];
  for (const [options, timeout, ms] of cases) {
    const { network, clock, handler } = setUp(["h", 514], { ...tcp, ...options } as Options);
    assertEquals(handler.timeout, timeout);
    network.nextConnects("hang");
    handler.emit(record("a"));
    await clock.advance(ms - 1);
    assertEquals(handler.stats.connectFailures, 0);
    await clock.advance(1);
    assertEquals(handler.stats.connectFailures, 1);
    await handler.close();
  }
});

test("SysLogHandler.timeout bounds a write that makes no progress", async () => {
  const { network, clock, handler, events } = setUp(["h", 514], { ...tcp, timeout: 2 } as Options);
  network.nextConnects({ peer: { stalled: true, bufferBytes: 1 } });
  handler.emit(record("a"));
  await clock.advance(1999);
  const lost = () => events.filter(({ type }) => type === "disconnected").length;
  assertEquals(lost(), 0);
  await clock.advance(1);
  assertEquals(lost(), 1);
  const closed = handler.close();
  await clock.advance(10_000);
  await closed;
});
