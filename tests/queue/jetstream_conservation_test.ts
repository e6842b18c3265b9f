/**
 * Random faults between a JetStreamQueue and its server: whatever happens, the account adds up, an id
 * always names the same records, and each record is stored, dropped and counted, or in the spool.
 */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSpool } from "../../src/files/spool/file_spool.ts";
import type { Spool } from "../../src/delivery/spool.ts";
import { JetStreamQueue } from "../../src/queue/jetstream_queue.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { Dice } from "../delivery/scripted_faults.ts";
import { messages as textsIn, record, unencodable } from "../handlers/wire.ts";
import { roundsOf } from "../long_form.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";
import { failure, FakeJetStream } from "./fake_jetstream.ts";

const MAX_PAYLOAD = 3000;

/** A stream that stores each id once, and loses some answers. */
class Stream extends FakeJetStream {
  readonly stored = new Map<string, string[]>();
  /** Every id that was published, and its records. */
  readonly seen = new Map<string, string>();
  /** Ids that have named other records as well. */
  readonly ambiguous: string[] = [];

  constructor() {
    super();
    this.acknowledges = false;
  }

  override publish(subject: string, payload: Uint8Array, options: { msgID: string }) {
    const texts = textsIn(payload);
    const { msgID } = options;
    const first = this.seen.get(msgID);
    if (first === undefined) this.seen.set(msgID, texts.join());
    else if (first !== texts.join()) this.ambiguous.push(msgID);
    return super.publish(subject, payload, options);
  }

  /** Stores a message, unless it is there; an answer may follow. */
  store({ id, payload }: { id: string; payload: Uint8Array }): void {
    if (!this.stored.has(id)) this.stored.set(id, textsIn(payload));
  }
}

/** One process, which ends with the spool closed; returns what it has logged. */
async function runProcess(dice: Dice, js: Stream, first: number, spool?: Spool) {
  const clock = new VirtualClock();
  let checked = 0;
  const queue = new JetStreamQueue(js, {
    ...{ stream: "LOGS", subject: "logs.shop", clock, closeTimeoutMs: 1000 },
    window: dice.pick(1, 2, 5, 32),
    batchBytes: dice.pick(1, 600, 65_536),
    batchMs: dice.pick(0, 0, 20),
    ...dice.once(2) && !spool && { maxQueuedRecords: dice.pick(1, 5, 40) },
    overflow: dice.pick("drop-oldest", "drop-newest"),
    ...spool && { spool },
    onEvent: () => check(),
  });
  const check = () => {
    const { emitted, recovered, sent, queued, droppedTotal, dropped, unacknowledged } = queue.stats;
    assertEquals(emitted + recovered, sent + queued + droppedTotal);
    assertEquals(droppedTotal, Object.values(dropped).reduce((sum, count) => sum + count, 0));
    assert(unacknowledged <= queued, `${unacknowledged} of ${queued}`);
    checked++;
  };
  let logged = 0;
  const open: typeof js.published = [];
  const hung: typeof js.published = [];
  let taken = js.published.length;
  const answer = (isFaulty = true) => {
    open.push(...js.published.slice(taken));
    taken = js.published.length;
    if (open.length === 0) return;
    const [message] = open.splice(dice.roll(open.length), 1);
    const { payload, ack, fail } = message!;
    if (payload.length > MAX_PAYLOAD) {
      fail(failure("payload max_payload size exceeded", { name: "InvalidArgumentError" }));
      return;
    }
    const isStored = !isFaulty || !dice.once(4);
    if (isStored) js.store(message!);
    if (!isFaulty || isStored && !dice.once(4)) return ack();
    // The answer is lost: it hangs, or the client's time is over, and the answer may come after all.
    if (dice.once(6)) return void hung.push(message!);
    fail(failure("timeout", { name: "TimeoutError" }));
    if (dice.once(2)) ack();
  };
  for (let step = 0; step < 120; step++) {
    switch (dice.roll(9)) {
      case 0:
      case 1:
      case 2:
        for (let i = dice.roll(8); i >= 0; i--) {
          const text = `#${first + logged++}`;
          const isLarge = dice.once(25);
          try {
            queue.put_nowait(record(isLarge ? `${text} ${"x".repeat(4000)}` : text));
          } catch { /* it is counted */ }
        }
        break;
      case 3:
        try {
          queue.put_nowait(dice.once(9) ? unencodable() : record(`#${first + logged++}`));
        } catch { /* it is counted */ }
        break;
      case 4:
        js.infoError = dice.once(3) ? failure("stream not found", { code: 10059 }) : undefined;
        break;
      case 5:
        void queue.flush(dice.once(2) ? { signal: AbortSignal.abort() } : {});
        break;
      case 6:
        await clock.advance(dice.pick(0, 1, 500, 40_000));
        break;
      default:
        answer();
    }
    if (dice.once(2)) await clock.advance();
    if (spool && dice.once(8)) await turns(1);
    check();
  }
  const isHealed = dice.once(2);
  if (isHealed) js.infoError = undefined;
  for (let step = 0; isHealed && queue.stats.queued > 0; step++) {
    assert(step < 4000, JSON.stringify(queue.stats));
    answer(dice.once(5));
    await clock.advance(dice.pick(0, 20, 2000));
    if (spool) await turns(1);
    check();
    if (dice.once(20)) { for (const { fail } of hung.splice(0)) fail(failure("timeout")); }
  }
  const closed = queue[Symbol.asyncDispose]();
  for (let step = 0; step < 8; step++) {
    answer();
    await clock.advance(dice.pick(0, 100, 400));
    check();
  }
  await clock.advance(20_000);
  await closed;
  check();
  for (const { ack } of js.published) ack();
  await clock.advance();
  check();
  assert(checked > 0);
  assertEquals(js.ambiguous, []);
  return { logged, stats: queue.stats };
}

const distinct = (js: Stream) =>
  new Set([...js.stored.values()].flat().map((text) => text.split(" ")[0]!));

test("whatever a server does, each record is stored, or dropped and counted", async () => {
  for (let seed = 1; seed <= roundsOf(90); seed++) {
    try {
      const js = new Stream();
      const { stats, logged } = await runProcess(new Dice(seed), js, 0);
      assertEquals(stats.queued, 0);
      const found = distinct(js);
      assert(found.size >= stats.sent, `${found.size} stored, ${stats.sent} sent`);
      assert(logged >= stats.sent);
    } catch (cause) {
      throw new Error(`in the round of seed ${seed}`, { cause });
    }
  }
});

test("whatever a server does, a spool loses nothing over restarts, and each id is stored once", async () => {
  for (let seed = 1; seed <= roundsOf(12); seed++) {
    const folder = mkdtempSync(join(tmpdir(), "logwire-jetstream-"));
    try {
      const dice = new Dice(seed);
      const js = new Stream();
      let first = 0;
      let lost = 0;
      for (let restarts = 0; restarts < 3; restarts++) {
        const spool = fileSpool(join(folder, "spool"));
        const { logged, stats } = await runProcess(dice, js, first, spool);
        first += logged;
        lost += stats.droppedTotal - stats.dropped.error;
      }
      js.infoError = undefined;
      js.acknowledges = true;
      const clock = new VirtualClock();
      const before = js.published.length;
      const queue = new JetStreamQueue(js, {
        ...{ stream: "LOGS", subject: "logs.shop", clock },
        spool: fileSpool(join(folder, "spool")),
      });
      await queue.flush();
      js.published.slice(before).forEach((message) => js.store(message));
      await queue[Symbol.asyncDispose]();
      const { emitted, recovered, sent, queued, droppedTotal } = queue.stats;
      assertEquals([emitted + recovered, queued], [sent + droppedTotal, 0]);
      lost += droppedTotal;
      const found = distinct(js);
      assert(found.size + lost >= first, `${found.size} of ${first}, ${lost} lost`);
    } catch (cause) {
      throw new Error(`in the round of seed ${seed}`, { cause });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});
