/**
 * Rounds of random faults between `ForwardHandler` and `ForwardReceiver`, on the in-memory network, a
 * seed a round: dials fail, connections end at random moments in every way, and the receiver is stopped,
 * in order or at once. A round ends with a receiver that stays, and `close()`.
 */
import { assert, assertEquals } from "@std/assert";
import { ForwardHandler } from "../../src/handlers/forward_handler.ts";
import { ConnectionError } from "../../src/net/connection_error.ts";
import type { StreamConnection, WaitOptions } from "../../src/net/connector.ts";
import { ForwardReceiver } from "../../src/receivers/forward_receiver.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { account, record } from "../handlers/wire.ts";
import { isLong } from "../long_form.ts";
import { test } from "../test.ts";
import { type Connection, Dice, rounds, settleAndClose } from "./scripted_faults.ts";

const STEP_MS = 20;

/** A round takes some thirty milliseconds. */
const ROUNDS = isLong ? 200 : 15;

async function round(seed: number, connection: Connection): Promise<void> {
  const dice = new Dice(seed);
  const network = new MemoryNetwork({ bufferBytes: dice.pick(8000, 65_536) });
  const { clock } = network;
  let isHealthy = false;
  let open: StreamConnection | undefined;
  class FaultyHandler extends ForwardHandler {
    override async makeSocket(options?: WaitOptions): Promise<StreamConnection> {
      if (!isHealthy && dice.once(5)) throw new ConnectionError("refused", "scripted");
      return open = await super.makeSocket(options);
    }
  }
  const handler: ForwardHandler = new FaultyHandler("localhost", 24224, {
    connector: network,
    clock,
    tag: "t",
    connection,
    writeTimeoutMs: 3000,
    closeTimeoutMs: 5000,
    maxQueuedBytes: Infinity,
    onEvent: () => void account(handler),
  });
  handler.retryMax = 1;
  const arrived: number[] = [];
  /** Where in the list each receiver begins: its ids are its own. */
  const lives: number[] = [];
  /** The number of connections that each receiver lost in the middle of a chunk. */
  const cuts: number[] = [];
  const start = async () => {
    const receiver = new ForwardReceiver("localhost", 24224, {
      acceptor: network,
      clock,
      stopTimeoutMs: dice.pick(0, 2000),
      onError: () => {},
    });
    receiver.handleLogRecord = (one) => {
      arrived.push(Number(one.getMessage()));
      // In the middle of a chunk, and before its acknowledgement.
      if (!isHealthy && dice.once(60)) {
        cuts[lives.length - 1]!++;
        void open?.close(dice.once(2) ? { signal: AbortSignal.abort() } : {});
      }
    };
    lives.push(arrived.length);
    cuts.push(0);
    await receiver.start();
    return receiver;
  };
  const flushes: Promise<void>[] = [];
  let logged = 0;
  let sent = 0;
  const step = async () => {
    await clock.advance(STEP_MS);
    const stats = account(handler);
    assert(stats.sent >= sent && stats.unacknowledged <= stats.queued);
    sent = stats.sent;
  };
  const stopped = async (receiver: ForwardReceiver) => {
    let isStopped = false;
    const stopping = receiver.stop().then(() => isStopped = true);
    for (let i = 0; i < 500 && !isStopped; i++) await step();
    await stopping;
  };
  let receiver = await start();
  for (let i = 0; i < 100; i++) {
    if (dice.once(3)) {
      for (let j = dice.pick(1, 3, 100); j > 0; j--) handler.handle(record(String(logged++)));
    }
    if (dice.once(10)) flushes.push(handler.flush());
    if (dice.once(40)) {
      await stopped(receiver);
      receiver = await start();
    }
    await step();
  }
  isHealthy = true;
  await settleAndClose({ handler, connection, clock, flushes, step, closingSteps: 500 });
  await stopped(receiver);
  assertEquals([clock.pendingTimers, network.holding], [0, 0], "what is left");
  assertEquals([account(handler).sent, account(handler).droppedTotal], [logged, 0]);
  for (const [life, first] of lives.entries()) {
    const inLife = arrived.slice(first, lives[life + 1]);
    const once = [...new Set(inLife)];
    assertEquals(once, once.map((_, i) => once[0]! + i), `in order: ${life}`);
    // After two such ends a chunk is written in parts, which have ids of their own.
    if (cuts[life]! < 2) assertEquals(inLife, once, `each once: ${life}`);
  }
  assertEquals(new Set(arrived).size, logged, "each arrived");
}

test("over Forward no record is lost under random faults, and each receiver handles it in order, and once unless its chunk was cut twice", () =>
  rounds(round, "persistent", ROUNDS));

test("over Forward the same holds for a handler that connects per flush", () =>
  rounds(round, "per-flush", ROUNDS));
