/** `SyslogReceiver` over RELP, on the in-memory network. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { Logger } from "../../src/logging/logger.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import type { StreamConnection } from "../../src/net/connector.ts";
import {
  type ReceiverFault,
  SyslogReceiver,
  type SyslogStreamReceiverOptions,
} from "../../src/receivers/socket_receiver.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

const at = { transport: "tcp", hostname: "localhost", port: 2514 } as const;
const OPEN = "1 open 14 relp_version=0\n";
const OPENED = "1 rsp 59 200 OK\nrelp_version=0\nrelp_software=logwire\ncommands=syslog\n";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The frame of a message. */
const message = (txnr: number, text: string) => {
  const data = `<14>1 - - app - - - ${text}`;
  return `${txnr} syslog ${data.length} ${data}\n`;
};

/** A sender, and the answers that it got. */
class Sender {
  readonly connection: StreamConnection;
  answers = "";
  isEnded = false;

  constructor(connection: StreamConnection) {
    this.connection = connection;
    void this.#read();
  }

  async #read(): Promise<void> {
    for await (const chunk of this.connection) this.answers += new TextDecoder().decode(chunk);
    this.isEnded = true;
  }

  send(text: string): Promise<void> {
    return this.connection.write(bytes(text));
  }
}

async function setUp(options: Partial<SyslogStreamReceiverOptions> = {}) {
  const network = new MemoryNetwork();
  const { clock } = network;
  const faults: ReceiverFault[] = [];
  const texts: string[] = [];
  const receiver = new SyslogReceiver("localhost", 2514, {
    acceptor: network,
    clock,
    transport: "tcp",
    framing: "relp",
    onError: (fault) => faults.push(fault),
    ...options,
  });
  receiver.handleLogRecord = (record) => void texts.push(record.getMessage());
  await receiver.start();
  const connect = async (opening = OPEN) => {
    const sender = new Sender(await network.connect(at));
    await sender.send(opening);
    await settled();
    return sender;
  };
  /** Between two chunks a receiver has a turn of the real event loop. */
  const settled = async () => {
    for (let i = 0; i < 20; i++) await clock.advance();
  };
  const stop = async () => {
    const stopping = receiver.stop();
    for (let i = 0; i < 60; i++) await clock.advance(100);
    await stopping;
    assertEquals([clock.pendingTimers, network.holding], [0, 0]);
  };
  return { network, clock, receiver, faults, texts, connect, settled, stop };
}

/** Settles when the test says. */
class SlowHandler extends Handler {
  readonly texts: string[] = [];
  #flushes: (() => void)[] = [];

  override emit(record: LogRecord): void {
    this.texts.push(record.getMessage());
  }

  override flush(): Promise<void> {
    return new Promise((resolve) => this.#flushes.push(resolve));
  }

  /** How many flushes wait. */
  get waiting(): number {
    return this.#flushes.length;
  }

  flushed(): void {
    for (const resolve of this.#flushes.splice(0)) resolve();
  }
}

test("SyslogReceiver answers open, each message and close, and then ends the connection", async () => {
  const { receiver, faults, texts, connect, settled, stop } = await setUp();
  const sender = await connect();
  assertEquals(sender.answers, OPENED);
  await sender.send(message(2, "two\nlines") + message(3, "b"));
  await settled();
  assertEquals(texts, ["two\nlines", "b"]);
  assertEquals(sender.answers, `${OPENED}2 rsp 6 200 OK\n3 rsp 6 200 OK\n`);
  sender.answers = "";
  await sender.send(`${message(4, "c")}5 close 0\n`);
  await settled();
  assertEquals(sender.answers, "4 rsp 6 200 OK\n5 rsp 0\n0 serverclose 0\n");
  assert(sender.isEnded);
  await sender.connection.close();
  await stop();
  assertEquals([faults, receiver.stats.received], [[], 3]);
});

test("a message is answered when handleLogRecord() has settled for all that arrived with it", async () => {
  const { receiver, faults, connect, settled, stop } = await setUp();
  const waiting: (() => void)[] = [];
  receiver.handleLogRecord = () => new Promise((resolve) => waiting.push(resolve));
  const sender = await connect();
  sender.answers = "";
  await sender.send(message(2, "a") + message(3, "b"));
  await settled();
  assertEquals([waiting.length, sender.answers], [1, ""]);
  waiting.shift()!();
  await settled();
  assertEquals([waiting.length, sender.answers], [1, ""]);
  waiting.shift()!();
  await settled();
  assertEquals(sender.answers, "2 rsp 6 200 OK\n3 rsp 6 200 OK\n");
  // A record that cannot be handled is lost alone, and reported: to send it again is of no use.
  receiver.handleLogRecord = () => Promise.reject(new Error("scripted"));
  sender.answers = "";
  await sender.send(message(4, "c"));
  await settled();
  assertEquals(sender.answers, "4 rsp 6 200 OK\n");
  assertEquals(faults.map(({ reason }) => reason), ["record"]);
  await sender.connection.close();
  await stop();
});

test("a message is answered when the handlers that it reached have flushed", async () => {
  const { network, clock, faults, connect, settled } = await setUp();
  setRaiseExceptions(false);
  const parent = getLogger("relp_test");
  const logger = getLogger("relp_test.child");
  const handlers = [new SlowHandler(), new SlowHandler(), new SlowHandler()] as const;
  const [own, above, beside] = handlers;
  logger.addHandler(own);
  parent.addHandler(above);
  getLogger("relp_test.other").addHandler(beside);
  parent.propagate = false;
  const receiver = new SyslogReceiver("localhost", 2515, {
    acceptor: network,
    clock,
    transport: "tcp",
    framing: "relp",
    logname: "relp_test.child",
    onError: (fault) => faults.push(fault),
  });
  await receiver.start();
  const sender = new Sender(await network.connect({ ...at, port: 2515 }));
  await sender.send(OPEN);
  await settled();
  assertEquals([sender.answers, own.waiting], [OPENED, 0]);
  sender.answers = "";
  await sender.send(message(2, "a"));
  await settled();
  assertEquals(handlers.map(({ texts }) => texts), [["a"], ["a"], []]);
  assertEquals([...handlers.map(({ waiting }) => waiting), sender.answers], [1, 1, 0, ""]);
  own.flushed();
  await settled();
  assertEquals(sender.answers, "");
  above.flushed();
  await settled();
  assertEquals(sender.answers, "2 rsp 6 200 OK\n");
  own.flush = () => Promise.reject(new Error("a handler of the program's own"));
  above.flush = () => Promise.resolve();
  sender.answers = "";
  await sender.send(message(3, "b"));
  await settled();
  assertEquals(sender.answers, "3 rsp 6 200 OK\n");
  // One that never flushes keeps stop() no longer than any other record.
  own.flush = () => new Promise(() => {});
  await sender.send(message(4, "c"));
  await settled();
  const stopping = receiver.stop();
  for (let i = 0; i < 60; i++) await clock.advance(100);
  await stopping;
  assertEquals([sender.answers, sender.isEnded], ["3 rsp 6 200 OK\n", true]);
  assertEquals(faults.map(({ reason }) => reason), ["connection"]);
  for (const name of ["relp_test", "relp_test.child", "relp_test.other"]) {
    getLogger(name).handlers.length = 0;
  }
  setRaiseExceptions(true);
  assertEquals((await connect()).answers, OPENED);
});

test("what breaks RELP closes its connection alone", async () => {
  const { faults, texts, connect, settled, stop, receiver } = await setUp({ maxFrameBytes: 1000 });
  const good = await connect();
  const bad: [stream: string, message: RegExp][] = [
    ["<14>app: spam\n", /transaction number/],
    ["\x16\x03\x01", /looks like TLS/],
    [message(2, "before open"), /before "open"/],
    [`${OPEN}2 syslog 1001 `, /claims 1001 bytes: the most is 1000/],
    [`${OPEN}2 syslog 999999999 `, /claims 999999999 bytes/],
    [`${OPEN}2 spam 0\n`, /"spam", which is not known/],
    [`${OPEN}2 syslog 1 ab\n`, /must end with a line feed/],
  ];
  for (const [i, [stream, expected]] of bad.entries()) {
    const sender = await connect(stream);
    assert(sender.isEnded, stream);
    assertEquals(faults.length, i + 1, stream);
    assertEquals(faults[i]!.reason, "frame");
    assert(expected.test((faults[i]!.error as Error).message), String(faults[i]!.error));
    await sender.connection.close();
  }
  await good.send(message(2, "a"));
  await settled();
  assertEquals([texts, receiver.stats.rejected, receiver.stats.open], [["a"], 7, 1]);
  await good.connection.close();
  await stop();
});

test("a sender that does not read its answers is closed", async () => {
  const { faults, connect, settled, stop, clock, network } = await setUp();
  const sender = await network.connect(at);
  await sender.write(bytes(OPEN));
  let isOver = false;
  void sender.closed.then(() => isOver = true);
  // Nobody reads `sender`, whose own limit of unread bytes is reached.
  const iterator = sender[Symbol.asyncIterator]();
  await iterator.next();
  let txnr = 2;
  for (let i = 0; i < 100 && faults.length === 0 && !isOver; i++) {
    let chunk = "";
    for (let j = 0; j < 1000; j++) chunk += `${txnr++} syslog 0\n`;
    sender.write(bytes(chunk)).catch(() => {});
    await settled();
    await clock.advance(1000);
  }
  assertEquals(faults.map(({ reason }) => reason), ["idle"]);
  assert(/has not read its answers/.test(String(faults[0]!.error)));
  await sender.close({ signal: AbortSignal.abort() });
  const other = await connect();
  assertEquals(other.answers, OPENED);
  await other.connection.close();
  await stop();
});

test("an open session without messages is not closed for that", async () => {
  const { faults, connect, settled, stop, clock, texts } = await setUp({ frameTimeoutMs: 1000 });
  const sender = await connect();
  await clock.advance(100_000);
  await sender.send(message(2, "late"));
  await settled();
  assertEquals([texts, faults], [["late"], []]);
  await sender.connection.close();
  await stop();
});

test("stop() asks the senders to end their sessions, and still takes what they have sent", async () => {
  const { receiver, faults, texts, connect, settled, clock, network } = await setUp();
  const sender = await connect();
  const silent = await network.connect(at);
  sender.answers = "";
  const stopping = receiver.stop();
  await settled();
  assertEquals([sender.answers, sender.isEnded], ["0 serverclose 0\n", false]);
  await sender.send(message(2, "on its way"));
  await settled();
  assertEquals([texts, sender.answers.slice(16)], [["on its way"], "2 rsp 6 200 OK\n"]);
  await clock.advance(1000);
  await stopping;
  assert(sender.isEnded);
  await silent.close();
  assertEquals(faults, []);
});

test("a stream that ends within a frame is a fault", async () => {
  const { faults, connect, settled, stop } = await setUp();
  const sender = await connect();
  await sender.send("2 syslog 10 abc");
  await sender.connection.close();
  await settled();
  assertEquals(faults.map(({ reason }) => reason), ["frame"]);
  await stop();
});

test("SysLogHandler sends to SyslogReceiver over RELP, which is restarted, and nothing is lost", async () => {
  const network = new MemoryNetwork();
  const { clock } = network;
  const texts: string[] = [];
  const start = async () => {
    const receiver = new SyslogReceiver("localhost", 2514, {
      acceptor: network,
      clock,
      transport: "tcp",
      framing: "relp",
    });
    receiver.handleLogRecord = (record) => void texts.push(record.getMessage());
    await receiver.start();
    return receiver;
  };
  const pass = async (ms: number) => {
    for (let i = 0; i < ms / 10; i++) await clock.advance(10);
  };
  const handler = new SysLogHandler(["localhost", 2514], {
    connector: network,
    clock,
    socktype: "stream",
    framing: "relp",
    format: "rfc5424",
    onEvent: () => {},
  });
  const log = new Logger("shop", 1);
  log.addHandler(handler);
  let receiver = await start();
  let logged = 0;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 300; i++) log.info("two\nlines %d", logged++);
    await clock.advance();
    network.nextConnects(...round === 1 ? ["refused"] as const : []);
    const stopping = receiver.stop();
    for (let i = 0; i < 100; i++) log.info("two\nlines %d", logged++);
    await pass(1000);
    await stopping;
    receiver = await start();
    await pass(5000);
  }
  const closing = handler.close();
  await pass(6000);
  await closing;
  const { sent, droppedTotal } = handler.stats;
  assertEquals([sent, droppedTotal], [logged, 0]);
  const expected = Array.from({ length: logged }, (_, i) => `two\nlines ${i}`);
  // A receiver that stops in order answers all that it has taken.
  assertEquals(texts, expected);
  const stopping = receiver.stop();
  await pass(1000);
  await stopping;
  assertEquals([clock.pendingTimers, network.holding], [0, 0]);
});

test("SyslogReceiver refuses another value of 'framing'", () => {
  const acceptor = new MemoryNetwork();
  const options = { acceptor, transport: "tcp", framing: "beep" as "relp" } as const;
  assertThrows(() => new SyslogReceiver("localhost", 1, options), TypeError, '"relp"');
});
