import { assertEquals } from "@std/assert";
import { RecordFilter } from "../../src/collector/_record_filter.ts";
import { recordStream } from "../../src/collector/_record_stream.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { test } from "../test.ts";
import { received, START, storeOf } from "./records.ts";

const origin = { via: "pickle", sender: "" };

interface Event {
  name: string;
  id: number;
  data: { records: { id: number }[]; skipped: number; counts: Record<string, number> };
}

function streamOf(query = "", after = 0) {
  const store = storeOf();
  const clock = new VirtualClock(START);
  const filter = new RecordFilter(new URLSearchParams(query));
  const stream = recordStream({
    store,
    filter,
    after,
    clock,
    status: () => ({ kept: store.kept }),
  });
  const reader = stream.getReader();
  /** The next event, for which the clock goes on. */
  const next = async (): Promise<Event> => {
    const read = reader.read();
    let isRead = false;
    void read.then(() => isRead = true);
    while (!isRead) await clock.advance(50);
    const text = new TextDecoder().decode((await read).value).replace("retry: 1000\n\n", "");
    const [name, id, data] = text.trim().split("\n");
    return { name: name!.slice(7), id: Number(id!.slice(4)), data: JSON.parse(data!.slice(6)) };
  };
  const nextRecords = async () => {
    let event = await next();
    while (event.name !== "records") event = await next();
    return event;
  };
  return { store, clock, reader, next, nextRecords };
}

test("recordStream() sends new records in a batch, and the status each second", async () => {
  const { store, clock, reader, next } = streamOf();
  assertEquals((await next()).name, "status");
  for (const msg of ["a", "b"]) store.add(received({ msg }), origin);
  const { name, id, data } = await next();
  assertEquals([name, id, data.records.length, data.skipped], ["records", 2, 2, 0]);
  assertEquals(data.counts, { INFO: 2 });
  const { name: later, id: same } = await next();
  assertEquals([later, same], ["status", 2]);
  assertEquals(clock.now() - START >= 1, true);
  await reader.cancel();
  assertEquals(clock.pendingTimers, 0);
});

test("recordStream() counts the records of a level with any name", async () => {
  const { store, reader, nextRecords } = streamOf();
  for (const levelname of ["constructor", "__proto__", "constructor"]) {
    store.add(received({ levelname }), origin);
  }
  const { counts } = (await nextRecords()).data;
  assertEquals(Object.entries(counts), [["constructor", 2], ["__proto__", 1]]);
  await reader.cancel();
});

test("recordStream() begins with the time after which a browser dials again", async () => {
  const { reader } = streamOf();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value).startsWith("retry: 1000\n\nevent: status\n"), true);
  await reader.cancel();
});

test("recordStream() sends a batch each 250 milliseconds at most", async () => {
  const { store, clock, reader, nextRecords } = streamOf();
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    store.add(received(), origin);
    await nextRecords();
    times.push(clock.now());
  }
  assertEquals(times.slice(1).every((time, i) => time - times[i]! >= 0.25), true, `${times}`);
  await reader.cancel();
});

test("recordStream() leaves out what a batch has no room for, and counts it", async () => {
  const { store, reader, nextRecords } = streamOf("level=20");
  for (let i = 0; i < 12_000; i++) store.add(received({ levelno: i % 2 ? 20 : 10 }), origin);
  const { id, data } = await nextRecords();
  assertEquals([id, data.records.length, data.skipped], [12_000, 250, 5750]);
  assertEquals(data.records.at(-1)!.id, 12_000);
  await reader.cancel();
});

test("recordStream() makes nothing for a client that does not read", async () => {
  const { store, clock, reader, nextRecords } = streamOf();
  store.add(received(), origin);
  await nextRecords();
  for (let i = 0; i < 1000; i++) store.add(received(), origin);
  await clock.advance(60_000);
  assertEquals(clock.pendingTimers, 0);
  assertEquals((await nextRecords()).data.skipped, 750);
  await reader.cancel();
});
