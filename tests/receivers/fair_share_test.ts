import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";
import { advanceUntil } from "../until.ts";
import { Collector, record, setting } from "./setting.ts";

const SENDERS = 500;
const CHUNKS = 6;
const RECORDS_A_CHUNK = 20;
const HALF = SENDERS * CHUNKS * RECORDS_A_CHUNK / 2;

/** Notes how many records of each sender were handled when half of all were. */
class Counter extends Collector {
  readonly counts = new Map<string, number>();
  readonly atHalf: number[] = [];
  #handled = 0;

  override handleLogRecord({ name }: LogRecord): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (++this.#handled === HALF) this.atHalf.push(...this.counts.values());
  }
}

test("a receiver hears each of 500 senders at the same time, and equally often", async () => {
  const s = await setting({}, Counter);
  const counter = s.receiver as Counter;
  const connections = await Promise.all(Array.from({ length: SENDERS }, () => s.connect()));
  const writing = connections.flatMap((connection, i) => {
    const one = record({ name: `app${i}` });
    const chunk = concat(Array.from({ length: RECORDS_A_CHUNK }, () => one));
    return Array.from({ length: CHUNKS }, () => connection.write(chunk));
  });
  await advanceUntil(s.network.clock, () => s.receiver.stats.received === 2 * HALF);
  await Promise.all(writing);
  await s.stop(...connections);
  assertEquals(counter.atHalf.length, SENDERS, "every sender is heard before one is heard out");
  const fair = HALF / SENDERS;
  const unfair = counter.atHalf.filter((count) => Math.abs(count - fair) > RECORDS_A_CHUNK);
  assertEquals(unfair, [], `each has ${fair} records, a chunk more, or a chunk less`);
  assertEquals(s.faults, []);
});
