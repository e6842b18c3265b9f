/** `SysLogHandler` over RELP, against a server that a test scripts, on the in-memory network. */
import { assert, assertEquals } from "@std/assert";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { SysLogHandler, type SyslogOptions } from "../../src/handlers/sys_log_handler.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { relpFrame } from "../../src/wire/_relp_frame.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { RelpPeer } from "./relp_peer.ts";

function setUp(options: Partial<SyslogOptions> = {}) {
  const network = new MemoryNetwork({ bufferBytes: 1_000_000 });
  const { clock } = network;
  const events: DeliveryEvent[] = [];
  const faults: Error[] = [];
  const handler = new SysLogHandler(["localhost", 2514], {
    connector: network,
    clock,
    socktype: "stream",
    framing: "relp",
    onEvent: (event) => {
      events.push(event);
      account(handler);
    },
    ...options,
  });
  handler.handleError = (_, error) => void faults.push(error as Error);
  /** Emits each text in a turn of its own, so that it is a batch of its own. */
  const emit = async (...texts: string[]) => {
    for (const text of texts) {
      handler.handle(record(text));
      await clock.advance();
      account(handler);
    }
  };
  /** Lets time pass until so many connections were opened. */
  const dialled = async (count: number) => {
    for (let i = 0; i < 100 && network.peers.length < count; i++) await clock.advance(100);
    assertEquals(network.peers.length, count);
  };
  /** The server's end of the latest connection, which has opened the session. */
  const accept = async () => {
    await clock.advance();
    const server = new RelpPeer(network.peer).open();
    await clock.advance();
    return server.take();
  };
  const errors = () =>
    events.flatMap((event) => "error" in event && event.error !== undefined ? [event.error] : [])
      .map((error) => (error as Error).message);
  return { network, clock, handler, events, faults, errors, emit, dialled, accept };
}

type Run = ReturnType<typeof setUp>;

const numbers = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => String(first + i));

/** The server answers everything, and the handler closes: nothing is left. */
async function finish({ clock, handler, network }: Run, server: RelpPeer): Promise<void> {
  for (let left = server.unanswered; left.length > 0; left = server.unanswered) {
    server.answer(left);
    await clock.advance();
  }
  const closing = handler.close();
  await clock.advance();
  server.leave();
  await clock.advance();
  await closing;
  assertEquals([account(handler).queued, clock.pendingTimers, network.holding], [0, 0, 0]);
}

test("a record counts as sent when the server has answered it, and flush() waits for that", async () => {
  const run = setUp();
  const { handler, emit, accept, clock, events } = run;
  await emit("a", "b");
  const server = await accept();
  assertEquals(server.messages, [{ txnr: 2, text: "a" }, { txnr: 3, text: "b" }]);
  let isFlushed = false;
  const flushing = handler.flush().then(() => isFlushed = true);
  await clock.advance(2000);
  assertEquals([account(handler).sent, account(handler).unacknowledged, isFlushed], [0, 2, false]);
  server.answer([2, 3]);
  await clock.advance();
  assertEquals([account(handler).sent, account(handler).unacknowledged, isFlushed], [2, 0, true]);
  await flushing;
  assertEquals(events.map(({ type }) => type), ["connected"]);
  await finish(run, server);
});

test("a text with line feeds, a NUL and an empty one arrive as they are", async () => {
  const run = setUp();
  await run.emit("two\nlines\r\0", "");
  const server = await run.accept();
  assertEquals(server.texts, ["two\nlines\r\0", ""]);
  await finish(run, server);
});

test("at most 128 transactions wait for an answer, and the rest is written as answers come", async () => {
  const run = setUp();
  const { handler, clock, accept } = run;
  for (const text of numbers(300)) handler.handle(record(text));
  const server = await accept();
  assertEquals(server.texts, numbers(128));
  server.answer(server.unanswered.slice(0, 10));
  await clock.advance();
  assertEquals(server.texts, numbers(138));
  server.answer(server.unanswered);
  await clock.advance();
  assertEquals(server.texts, numbers(266));
  await run.emit("last");
  await finish(run, server);
  assertEquals(server.texts, [...numbers(300), "last"]);
  assertEquals(account(handler).sent, 301);
});

test("after a loss what was not answered goes again, in order, and what was answered does not", async () => {
  const run = setUp();
  const { handler, network, clock, accept } = run;
  for (const text of numbers(200)) handler.handle(record(text));
  const first = await accept();
  // In any order, and none of them a whole batch.
  first.answer([2, 3, 9, 5]);
  await clock.advance();
  await run.emit("behind");
  const { sent, unacknowledged } = account(handler);
  assertEquals([sent, unacknowledged], [0, 200]);
  first.peer.reset();
  await clock.advance();
  assertEquals([account(handler).sent, network.peers.length], [4, 2]);
  const second = await accept();
  const left = numbers(200).filter((text) => !["0", "1", "7", "3"].includes(text));
  assertEquals(second.texts, left.slice(0, 128));
  await finish(run, second);
  assertEquals(second.texts, [...left, "behind"]);
  assertEquals([account(handler).sent, account(handler).droppedTotal], [201, 0]);
});

test("a server that answers in any order, and late, has each record counted once", async () => {
  const run = setUp();
  const { handler, clock, emit, accept } = run;
  await emit(...numbers(20));
  const server = await accept();
  const txnrs = server.unanswered.reverse();
  assertEquals(txnrs.length, 20);
  for (const txnr of txnrs) {
    await clock.advance(10_000);
    server.answer(txnr);
    await clock.advance();
  }
  assertEquals([account(handler).sent, account(handler).connects], [20, 1]);
  await finish(run, server);
});

test("a record that the server refuses is dropped as refused, reported, and not sent again", async () => {
  const run = setUp();
  const { handler, clock, faults, accept, emit } = run;
  for (const text of numbers(3)) handler.handle(record(text));
  const first = await accept();
  first.answer([2, 4]).answer(3, "500 too \x1blong");
  await clock.advance();
  assertEquals([account(handler).sent, account(handler).dropped.refused], [2, 1]);
  assertEquals(faults.map(({ message }) => message), [
    "the server refuses records: 500 too \\x1blong",
  ]);
  for (const text of numbers(3)) handler.handle(record(text));
  await clock.advance();
  first.answer(6, "500 no");
  await clock.advance();
  first.peer.reset();
  await run.dialled(2);
  assertEquals([account(handler).sent, account(handler).dropped.refused], [2, 2]);
  const second = await accept();
  assertEquals(second.texts, ["0", "2"]);
  await emit("more");
  await finish(run, second);
  assertEquals([account(handler).sent, faults.length], [5, 2]);
});

test("a server that breaks RELP loses that session alone, and what it has not answered goes again", async () => {
  const cases: [name: string, answer: string, message: RegExp][] = [
    ["what was never sent", "9 rsp 6 200 OK\n", /answers transaction 9, which was not sent/],
    ["twice", "2 rsp 6 200 OK\n2 rsp 6 200 OK\n", /answers transaction 2, which was not sent/],
    ["open again", "1 rsp 6 200 OK\n", /answers transaction 1/],
    ["an absurd length", "2 rsp 999999999 ", /claims 999999999 bytes: the most is 65536/],
    ["an absurd number", "99999999999", /transaction number of 1 to 9 digits/],
    ["an absurd command", `2 ${"x".repeat(99)} 0\n`, /1 to 32 letters/],
    ["a command of senders", "2 syslog 1 a\n", /the command "syslog"/],
    ["another protocol", "HTTP/1.1 400 Bad Request\r\n", /"H" is in it/],
    ["no code", "2 rsp 2 OK\n", /does not begin with its code/],
  ];
  for (const [name, answer, message] of cases) {
    const run = setUp();
    const { handler, clock, emit, accept, errors } = run;
    await emit("a", "b");
    const bad = await accept();
    bad.send(answer);
    await clock.advance();
    assert(bad.peer.halfClosed, name);
    assert(errors().some((error) => message.test(error)), `${name}: ${errors()}`);
    assert(errors().every((error) => error.startsWith("the server does not speak RELP: ")), name);
    await run.dialled(2);
    const good = await accept();
    assertEquals(good.texts, name === "twice" ? ["b"] : ["a", "b"], name);
    await finish(run, good);
    assertEquals([account(handler).sent, run.faults.length], [2, 0], name);
  }
});

test("a server that answers nothing is given up after writeTimeoutMs, whatever is written meanwhile", async () => {
  const run = setUp({ writeTimeoutMs: 5000 });
  const { clock, emit, accept, errors } = run;
  await emit("a");
  const silent = await accept();
  for (const text of numbers(4)) {
    await clock.advance(1000);
    await emit(text);
  }
  assertEquals([silent.texts.length, silent.peer.halfClosed], [5, false]);
  await clock.advance(1000);
  assert(silent.peer.halfClosed);
  assert(errors().includes("the server has answered nothing for 5000 ms"), `${errors()}`);
  await run.dialled(2);
  const good = await accept();
  assertEquals(good.texts, ["a", ...numbers(4)]);
  await finish(run, good);
});

test("a server that answers all but the oldest record is given up, and that one alone goes again", async () => {
  const run = setUp({ writeTimeoutMs: 5000 });
  const { handler, clock, accept, errors } = run;
  for (const text of numbers(200)) handler.handle(record(text));
  const sly = await accept();
  for (let second = 0; second < 20 && !sly.peer.halfClosed; second++) {
    sly.answer(sly.unanswered.filter((txnr) => txnr > 2).slice(0, 40));
    await clock.advance(1000);
  }
  // The window stays full behind the record without an answer.
  assertEquals([sly.texts.length, sly.peer.halfClosed], [128, true]);
  assert(errors().includes("the server has answered nothing for 5000 ms"), `${errors()}`);
  await run.dialled(2);
  const good = await accept();
  assertEquals(good.texts, ["0", ...numbers(72, 128)]);
  await finish(run, good);
  assertEquals([account(handler).sent, account(handler).droppedTotal], [200, 0]);
});

test("a server that sends one endless answer byte by byte is given up all the same", async () => {
  const run = setUp({ writeTimeoutMs: 5000 });
  const { clock, emit, accept, errors } = run;
  await emit("a");
  const slow = await accept();
  slow.send("2 rsp 60000 200 OK");
  for (let second = 0; second < 6; second++) {
    slow.send(" ");
    await clock.advance(1000);
  }
  assert(slow.peer.halfClosed);
  assert(errors().includes("the server has answered nothing for 5000 ms"), `${errors()}`);
  await run.dialled(2);
  await finish(run, await accept());
});

test("a server that answers nothing, and never reads, holds no more memory than the queue", async () => {
  const run = setUp({ writeTimeoutMs: 5000, maxQueuedRecords: 300 });
  const { handler, clock, accept, network } = run;
  for (let round = 0; round < 3; round++) {
    for (const text of numbers(200, 1000 * round)) handler.handle(record(text));
    await clock.advance(1000);
    await accept();
    await clock.advance(10_000);
  }
  assertEquals([account(handler).queued, account(handler).dropped.overflow], [300, 300]);
  assert(network.peers.length > 2);
  const closing = handler.close();
  await clock.advance(10_000);
  await closing;
  assertEquals([account(handler).queued, clock.pendingTimers, network.holding], [0, 0, 0]);
});

test("a server that does not open the session is a failed dial, and the back-off counts", async () => {
  const cases: [name: string, play: (server: RelpPeer) => void, message: RegExp][] = [
    ["silence", () => {}, /has not opened a RELP session: does it speak RELP at this port\?/],
    ["a FIN", ({ peer }) => peer.end(), /has not opened a RELP session/],
    ["a RST", ({ peer }) => peer.reset(), /reset/],
    ["another protocol", (server) => server.send("220 mail ESMTP\r\n"), /does not speak RELP/],
    ["a refusal", (s) => void s.answer(1, "500 no thanks"), /refuses the RELP .*: 500 no thanks/],
    ["no syslog", (s) => void s.answer(1, "200 OK\ncommands=x"), /not offer the command syslog/],
    ["serverclose", (server) => server.send("0 serverclose 0\n"), /has not opened/],
  ];
  for (const [name, play, message] of cases) {
    const run = setUp();
    const { handler, clock, emit, accept, errors, network, events } = run;
    await emit("a");
    play(new RelpPeer(network.peer));
    await clock.advance(name === "silence" ? 1000 : 0);
    assert(errors().length > 0 && errors().every((error) => message.test(error)), `${errors()}`);
    const types = events.map(({ type }) => type).slice(0, 2);
    assertEquals([types, handler.stats.connectFailures], [["outage", "connect-failed"], 1], name);
    await run.dialled(2);
    const server = await accept();
    assertEquals(server.texts, ["a"], name);
    await finish(run, server);
    assertEquals([account(handler).sent, run.faults.length], [1, 0], name);
  }
});

test("a server that opens each session and ends it before it answers is an outage", async () => {
  const run = setUp();
  const { handler, emit, accept, events } = run;
  await emit("a");
  for (const next of [2, 3, 4]) {
    const server = await accept();
    server.peer.reset();
    await run.dialled(next);
  }
  assertEquals([handler.stats.connectFailures, handler.retryPeriod], [3, 4]);
  assertEquals(events.filter(({ type }) => type === "outage").length, 1);
  const server = await accept();
  // It is probed: nothing is written before the session has stood for a while.
  await run.clock.advance(100);
  await finish(run, server);
  assertEquals([account(handler).sent, account(handler).droppedTotal], [1, 0]);
});

test("close() sends close and waits for its answer, no longer than closeTimeoutMs", async () => {
  const run = setUp({ closeTimeoutMs: 3000 });
  const { handler, clock, emit, accept, network } = run;
  await emit("a");
  const server = await accept();
  server.answer(2);
  await clock.advance();
  let isClosed = false;
  const closing = handler.close().then(() => isClosed = true);
  await clock.advance(2900);
  assertEquals([server.take().closeTxnr, isClosed, server.peer.halfClosed], [3, false, false]);
  await clock.advance(200);
  assertEquals([isClosed, server.peer.halfClosed], [true, true]);
  await closing;
  assertEquals([account(handler).sent, clock.pendingTimers, network.holding], [1, 0, 0]);
});

test("close() drops and counts what the server has not answered in time", async () => {
  const run = setUp({ closeTimeoutMs: 3000 });
  const { handler, clock, accept } = run;
  for (const text of numbers(200)) handler.handle(record(text));
  const server = await accept();
  server.answer([2, 3]);
  await clock.advance();
  const closing = handler.close();
  await clock.advance(3000);
  await closing;
  assertEquals([account(handler).sent, account(handler).dropped.closed], [2, 198]);
  assertEquals(clock.pendingTimers, 0);
});

test("a server that ends an idle session is no outage, and the next record opens another", async () => {
  for (const farewell of ["0 serverclose 0\n", ""]) {
    const run = setUp();
    const { handler, clock, emit, accept, events, network } = run;
    await emit("a");
    const first = await accept();
    first.answer(2);
    first.send(farewell);
    first.peer.end();
    await clock.advance(2000);
    assertEquals(network.peers.length, 1);
    await emit("b");
    const second = await accept();
    assertEquals(second.texts, ["b"]);
    await finish(run, second);
    const types = events.map(({ type }) => type).slice(0, 3);
    assertEquals(types, ["connected", "disconnected", "connected"]);
    assertEquals(account(handler).sent, 2);
  }
});

test("a server that says serverclose is awaited for its answers, and gets no more", async () => {
  const run = setUp();
  const { handler, clock, emit, accept, network } = run;
  await emit("a", "b", "c");
  const first = await accept();
  first.answer(2).send("0 serverclose 0\n");
  await clock.advance();
  await emit("d");
  assertEquals(first.texts, ["a", "b", "c"]);
  first.answer(3);
  first.peer.end();
  await clock.advance();
  assertEquals(account(handler).sent, 2);
  const second = await accept();
  assertEquals([second.texts, network.peers.length], [["c", "d"], 2]);
  await finish(run, second);
  assertEquals([account(handler).sent, account(handler).connectFailures], [4, 0]);
});

test("a session whose server has said serverclose ends when the last answer is there", async () => {
  const run = setUp();
  const { handler, clock, emit, accept, network, errors } = run;
  await emit("a", "b");
  const first = await accept();
  first.send("0 serverclose 0\n");
  await clock.advance();
  first.answer([2, 3]);
  await clock.advance();
  assert(first.peer.halfClosed);
  await clock.advance(2000);
  assertEquals([errors(), account(handler).sent, network.holding], [[], 2, 0]);
  await emit("c");
  await finish(run, await accept());
});

test("per-flush: a flush opens a session, awaits all answers, and closes the session", async () => {
  const run = setUp({ connection: "per-flush" });
  const { handler, clock, accept, network } = run;
  for (const text of numbers(200)) handler.handle(record(text));
  await clock.advance();
  assertEquals(network.peers.length, 0);
  let isFlushed = false;
  const flushing = handler.flush().then(() => isFlushed = true);
  const server = await accept();
  assertEquals(server.texts, numbers(128));
  server.answer(server.unanswered);
  await clock.advance();
  server.answer(server.unanswered);
  await clock.advance();
  assertEquals([account(handler).sent, isFlushed, server.take().closeTxnr], [200, false, 202]);
  server.leave();
  await clock.advance();
  await flushing;
  assertEquals([account(handler).queued, clock.pendingTimers, network.holding], [0, 0, 0]);
  await handler.close();
});

test("per-flush: what a broken session has not answered goes once more", async () => {
  const run = setUp({ connection: "per-flush" });
  const { handler, clock, accept, network } = run;
  for (const text of numbers(3)) handler.handle(record(text));
  const flushing = handler.flush();
  const first = await accept();
  first.answer([2, 4]);
  await clock.advance();
  first.peer.reset();
  await clock.advance(300);
  assertEquals([account(handler).sent, network.peers.length], [2, 2]);
  const second = await accept();
  assertEquals(second.texts, ["1"]);
  second.answer(2);
  await clock.advance();
  second.leave();
  await clock.advance(300);
  await flushing;
  assertEquals([account(handler).sent, clock.pendingTimers], [3, 0]);
  await handler.close();
});

test("at exit what waits is written, and all that was not answered counts as lost", async () => {
  const run = setUp();
  const { handler, clock, accept, network, events } = run;
  for (const text of numbers(130)) handler.handle(record(text));
  const server = await accept();
  server.answer([2, 3]);
  await clock.advance();
  handler.handle(record("last"));
  network.exit();
  const { sent, dropped, queued } = account(handler);
  assertEquals([sent, dropped.closed, queued], [2, 129, 0]);
  assertEquals(events.at(-1), { type: "exit", lost: 129 });
  await clock.advance();
  assertEquals(server.texts, [...numbers(130), "last"]);
  const closing = handler.close();
  await clock.advance(5000);
  await closing;
});

test("an error that may end the process drops nothing that an answer may still come for", async () => {
  const run = setUp();
  const { handler, clock, accept, network } = run;
  for (const text of numbers(130)) handler.handle(record(text));
  const server = await accept();
  await clock.advance();
  handler.handle(record("last"));
  network.exit(true);
  assertEquals([account(handler).sent, account(handler).queued], [0, 131]);
  await finish(run, server);
  assertEquals(account(handler).sent, 131);
});

test("a program whose event loop is empty waits for the answers", async () => {
  const run = setUp();
  const { handler, clock, emit, accept, network } = run;
  await emit("a");
  const server = await accept();
  let isOver = false;
  const ending = network.beforeExit().then(() => isOver = true);
  await clock.advance(1000);
  assertEquals(isOver, false);
  server.answer(2);
  await clock.advance();
  await ending;
  assertEquals(account(handler).sent, 1);
  await finish(run, server);
});

test("whileDisconnected is queue over RELP, unless it is given", async () => {
  for (const [options, queued] of [[{}, 1], [{ whileDisconnected: "drop" }, 0]] as const) {
    const { handler, network, clock, emit } = setUp(options);
    network.nextConnects("refused");
    await emit("a");
    assertEquals(account(handler).queued, queued);
    network.nextConnects("refused", "refused");
    const closing = handler.close();
    await clock.advance(5000);
    await closing;
  }
});

test("what a subclass opens must be a stream", async () => {
  const network = new MemoryNetwork();
  const faults: unknown[] = [];
  class Datagrams extends SysLogHandler {
    override makeSocket() {
      return network.openDatagram({ transport: "udp", hostname: "localhost", port: 1 });
    }
    override handleError(_: unknown, error: unknown) {
      faults.push(error);
    }
  }
  const { clock } = network;
  const options = { connector: network, clock, socktype: "stream", framing: "relp" } as const;
  const handler = new Datagrams(["localhost", 1], { ...options, onEvent: () => {} });
  handler.handle(record("a"));
  await clock.advance();
  assert(faults[0] instanceof TypeError && !(faults[0] instanceof ConnectionError));
  assertEquals(account(handler).queued, 1);
  const closing = handler.close();
  await clock.advance(5000);
  await closing;
});

test("a message of any size is one transaction, and one that is slow to be taken is not given up", async () => {
  const run = setUp({ writeTimeoutMs: 25_000 });
  const { clock, network, emit } = run;
  const large = "x".repeat(300_000);
  network.nextConnects({ peer: { bufferBytes: 1000 } });
  await emit("a");
  const server = await run.accept();
  server.answer(2);
  await emit(large);
  server.peer.stall();
  await emit(large);
  for (let i = 0; i < 100; i++) {
    server.peer.read(3100);
    await clock.advance(1000);
  }
  server.peer.resume();
  await clock.advance();
  assertEquals(server.texts.map((text) => text.length), [1, 300_000, 300_000]);
  assertEquals(relpFrame(3, "syslog", large).length, 300_000 + "3 syslog 300000 \n".length);
  await finish(run, server);
});
