/**
 * Rounds of random faults between `SysLogHandler` over RELP and its servers, on the in-memory network, a
 * seed a round: servers that answer in any order, refuse records, break the protocol, end sessions in
 * every way, or fall silent. A round ends with servers that behave, and `close()`.
 */
import { assert, assertEquals } from "@std/assert";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { failover } from "../../src/delivery/failover.ts";
import type { StreamAddress } from "../../src/net/connector.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { RelpPeer } from "./relp_peer.ts";
import { type Connection, Dice, rounds, settleAndClose } from "./scripted_faults.ts";

const STEP_MS = 50;

async function round(
  seed: number,
  connection: Connection,
  others: readonly StreamAddress[] = [],
): Promise<void> {
  const dice = new Dice(seed);
  const network = new MemoryNetwork({ bufferBytes: dice.pick(700, 5000, 65_536) });
  const { clock } = network;
  const handler: SysLogHandler = new SysLogHandler(["localhost", 2514], {
    connector: others.length > 0 ? failover(network, others, { clock }) : network,
    clock,
    socktype: "stream",
    framing: "relp",
    connection,
    writeTimeoutMs: 2000,
    closeTimeoutMs: 5000,
    maxQueuedBytes: Infinity,
    onEvent: () => void account(handler),
  });
  handler.handleError = () => {};
  handler.retryMax = 1;
  const servers: RelpPeer[] = [];
  /** For each record how often it arrived, was answered, and was refused. */
  const counts: { arrived: number; answered: number; refused: number }[] = [];
  const noted = new Map<RelpPeer, number>();
  const flushes: Promise<void>[] = [];
  let isHealthy = false;
  let sent = 0;

  /** Counts what has arrived; nothing that was answered may be among it. */
  const note = (server: RelpPeer) => {
    const { messages } = server.take();
    let last = -1;
    for (const { text } of messages.slice(noted.get(server) ?? 0)) {
      const number = parseInt(text);
      assert(number > last, `#${number} behind #${last}`);
      last = number;
      const count = counts[number]!;
      assertEquals(count.answered, 0, `#${number} comes again, and was answered`);
      count.arrived++;
    }
    noted.set(server, messages.length);
    assert(server.unanswered.length <= 128 || server.closeTxnr !== undefined);
  };
  const answer = async (server: RelpPeer, txnr: number) => {
    const count = counts[parseInt(server.messages[txnr - 2]!.text)]!;
    const isRefused = dice.once(20);
    if (!await server.answered(txnr, isRefused ? "500 no" : "200 OK")) return;
    if (isRefused) count.refused++;
    count.answered++;
  };
  const serve = async (server: RelpPeer, isLast: boolean) => {
    note(server);
    if (!isLast || over.has(server) || server.peer.halfClosed) return;
    if (server.isAsked && server.messages.length === 0 && !opened.has(server)) {
      if (!isHealthy && dice.once(6)) server.answer(1, "500 no");
      else server.open();
      opened.add(server);
    }
    if (server.closeTxnr !== undefined && !left.has(server)) {
      left.add(server);
      server.leave();
    }
    const waiting = server.unanswered.filter(() => isHealthy || !dice.once(3));
    if (!isHealthy && dice.once(2)) waiting.reverse();
    if (isHealthy || !dice.once(3)) { for (const txnr of waiting) await answer(server, txnr); }
    if (isHealthy || !dice.once(8)) return;
    // The answers arrive: else nobody could say which were.
    await clock.advance();
    note(server);
    const { peer } = server;
    const bad = [
      "7777 rsp 6 200 OK\n",
      "x",
      "1 rsp 999999999 ",
      "0 serverclose 0\n",
      "1 rsp 3 200\n",
    ];
    const faults = [() => peer.reset(), () => peer.end(), () => server.send(dice.pick(...bad))];
    dice.pick(...faults)();
    over.add(server);
  };
  /** Sessions that the server has opened, has broken or ended, and has closed. */
  const opened = new Set<RelpPeer>();
  const over = new Set<RelpPeer>();
  const left = new Set<RelpPeer>();
  const step = async () => {
    await clock.advance(STEP_MS);
    for (const peer of network.peers.slice(servers.length)) servers.push(new RelpPeer(peer));
    for (const server of servers.slice(-3)) await serve(server, server === servers.at(-1));
    const stats = account(handler);
    assert(stats.sent >= sent && stats.unacknowledged <= stats.queued);
    sent = stats.sent;
  };

  for (let i = 0; i < 200; i++) {
    if (dice.once(8)) {
      for (let j = dice.pick(1, 10, 300); j > 0; j--) {
        handler.handle(record(`${counts.length} ${"x".repeat(dice.pick(0, 30, 500))}`));
        counts.push({ arrived: 0, answered: 0, refused: 0 });
      }
    }
    if (dice.once(10)) network.nextConnects(dice.pick("refused", "ok", "timeout"));
    if (dice.once(10)) flushes.push(handler.flush());
    await step();
  }
  isHealthy = true;
  await settleAndClose({ handler, connection, clock, flushes, step, closingSteps: 200 });
  assertEquals([clock.pendingTimers, network.holding], [0, 0], "what is left");
  const { sent: settled, dropped, droppedTotal } = account(handler);
  const refused = counts.filter((count) => count.refused > 0).length;
  assertEquals(counts.filter(({ answered }) => answered !== 1), [], "each is answered once");
  assertEquals([settled, dropped.refused, droppedTotal], [
    counts.length - refused,
    refused,
    refused,
  ]);
}

test("over RELP a handler loses and reorders nothing under random faults, and sends nothing again that was answered", () =>
  rounds(round, "persistent", 60));

test("over RELP the same holds for a handler that connects per flush", () =>
  rounds(round, "per-flush", 60));

test("over RELP the same holds for a handler with several servers", async () => {
  const others = [2515, 2516].map((port) =>
    ({ transport: "tcp", hostname: "localhost", port }) as const
  );
  const several = (seed: number, connection: Connection) => round(seed, connection, others);
  await rounds(several, "persistent", 20);
  await rounds(several, "per-flush", 10);
});
