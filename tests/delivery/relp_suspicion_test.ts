/** Sessions over RELP that end before records are answered: when a record is to blame, and when not. */
import { assert, assertEquals } from "@std/assert";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { SysLogHandler, type SyslogOptions } from "../../src/handlers/sys_log_handler.ts";
import { MemoryNetwork, type MemoryPeer } from "../../src/testing/memory.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { RelpPeer } from "./relp_peer.ts";

const isPoison = (text: string) => text.startsWith("poison");

/** A handler, and a server that a test has play with the latest session, every 20 ms. */
function setUp(options: Partial<SyslogOptions> = {}) {
  const network = new MemoryNetwork({ bufferBytes: 1_000_000 });
  const { clock } = network;
  const events: DeliveryEvent[] = [];
  const handler = new SysLogHandler(["localhost", 2514], {
    connector: network,
    clock,
    socktype: "stream",
    framing: "relp",
    onEvent: (event) => events.push(event),
    ...options,
  });
  const servers = new Map<MemoryPeer, RelpPeer>();
  /** Texts that were answered. */
  const taken = new Set<string>();
  const play = async (
    seconds: number,
    act: (server: RelpPeer, steps: number) => void,
    until: () => boolean = () => false,
  ) => {
    let steps = 0;
    for (let step = 0; step < seconds * 50 && !until(); step++) {
      await clock.advance(20);
      account(handler);
      const peer = network.peers.at(-1);
      if (peer === undefined || peer.halfClosed) continue;
      if (!servers.has(peer)) {
        servers.set(peer, new RelpPeer(peer).open());
        steps = 0;
      }
      act(servers.get(peer)!.take(), steps++);
    }
  };
  /** The server answers all that has come. */
  const answer = (server: RelpPeer) => {
    const open = new Set(server.unanswered);
    for (const { txnr, text } of server.messages) if (open.has(txnr)) taken.add(text);
    server.answer([...open]);
    if (server.closeTxnr !== undefined) server.leave();
  };
  /** The server hangs up at a poisonous record, before it answers any of those that came with it. */
  const choke = (server: RelpPeer) => {
    const open = new Set(server.unanswered);
    const isBad = server.messages.some(({ txnr, text }) => open.has(txnr) && isPoison(text));
    if (isBad) server.peer.reset();
    else answer(server);
  };
  const close = async () => {
    let isClosed = false;
    void handler.close().then(() => isClosed = true);
    await play(10, answer, () => isClosed);
    assertEquals([isClosed, account(handler).queued, clock.pendingTimers], [true, 0, 0]);
  };
  return { network, clock, handler, events, taken, play, answer, choke, close };
}

test("a RELP server that hangs up on one record gets all others, and the record is reported", async () => {
  for (const at of [0, 70, 299]) {
    const run = setUp();
    const { handler, events, taken } = run;
    const texts = Array.from({ length: 300 }, (_, i) => i === at ? "poison" : `m${i}`);
    for (const text of texts) handler.handle(record(text));
    const { queuedBytes } = handler.stats;
    await run.play(120, run.choke, () => account(handler).queued === 0);
    const { sent, dropped, queued, droppedTotal } = account(handler);
    assertEquals([sent, dropped.refused, droppedTotal, queued], [299, 1, 1, 0], `at ${at}`);
    assertEquals([...taken], texts.toSpliced(at, 1), `at ${at}`);
    const refused = events.filter(({ type }) => type === "refused") as { bytes: number }[];
    assertEquals(refused.length, 1);
    assert(refused[0]!.bytes < queuedBytes / 100, "the size of the record alone");
    await run.close();
  }
});

test("two poisonous records, one behind the other, are both found", async () => {
  const run = setUp();
  const { handler, taken } = run;
  for (const text of ["a", "poison 1", "poison 2", "b"]) handler.handle(record(text));
  await run.play(120, run.choke, () => account(handler).queued === 0);
  assertEquals([account(handler).sent, account(handler).dropped.refused], [2, 2]);
  assertEquals([...taken], ["a", "b"]);
  // Once all is through, records go together again.
  for (let i = 0; i < 50; i++) handler.handle(record(`m${i}`));
  await run.play(1, run.choke);
  assertEquals(account(handler).sent, 52);
  await run.close();
});

test("a server that ends its sessions for another reason has no record blamed", async () => {
  const cases: [
    name: string,
    act: (run: ReturnType<typeof setUp>) => Parameters<typeof run.play>[1],
  ][] = [
    ["each at once", () => ({ peer }) => peer.reset()],
    ["each after half a second", () => ({ peer }, steps) => steps === 25 && peer.reset()],
    ["each two seconds after a record", () => (server, steps) => {
      if (steps > 100 && server.messages.length > 0) server.peer.reset();
    }],
    ["each in silence", () => () => {}],
  ];
  for (const [name, act] of cases) {
    const run = setUp({ writeTimeoutMs: 3000 });
    const { handler } = run;
    for (let i = 0; i < 20; i++) handler.handle(record(`m${i}`));
    await run.play(120, act(run));
    assertEquals([account(handler).queued, account(handler).droppedTotal], [20, 0], name);
    assert(run.network.peers.length > 5, name);
    await run.play(60, run.answer, () => account(handler).queued === 0);
    assertEquals([account(handler).sent, account(handler).droppedTotal], [20, 0], name);
    await run.close();
  }
});

test("after one session that ended without answers all goes again at once", async () => {
  const run = setUp();
  const { handler, network } = run;
  for (let i = 0; i < 50; i++) handler.handle(record(`m${i}`));
  const reset = ({ peer }: RelpPeer, steps: number) => steps > 2 && peer.reset();
  await run.play(5, reset, () => network.peers.length === 2);
  await run.play(1, () => {});
  assertEquals(new RelpPeer(network.peer).texts.length, 50);
  await run.close();
});

test("per-flush: a RELP server that hangs up on one record gets all others in later flushes", async () => {
  const run = setUp({ connection: "per-flush" });
  const { handler, taken } = run;
  const texts = Array.from({ length: 40 }, (_, i) => i === 20 ? "poison" : `m${i}`);
  for (const text of texts) handler.handle(record(text));
  for (let flush = 0; flush < 60 && account(handler).queued > 0; flush++) {
    let isOver = false;
    void handler.flush().then(() => isOver = true);
    await run.play(60, run.choke, () => isOver);
    await run.clock.advance(30_000);
  }
  const { sent, dropped, queued, droppedTotal } = account(handler);
  assertEquals([sent, dropped.refused, droppedTotal, queued], [39, 1, 1, 0]);
  assertEquals([...taken], texts.toSpliced(20, 1));
  await run.close();
});
