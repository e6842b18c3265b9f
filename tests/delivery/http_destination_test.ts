import { assertEquals } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { HttpDestination } from "../../src/delivery/http_destination.ts";
import { test } from "../test.ts";

function setUp() {
  const clock = new VirtualClock(1_000_000);
  let ids = 0;
  const destination = new HttpDestination(clock, () => `id${++ids}`);
  return { clock, destination, ids: () => ids };
}

test("HttpDestination.keyOf() is the same for the same batch, and asks for randomness at first use", () => {
  const { destination, ids } = setUp();
  assertEquals(ids(), 0);
  assertEquals([7, 8, 7].map((id) => destination.keyOf(id)), ['"id1-7"', '"id1-8"', '"id1-7"']);
});

test("HttpDestination.refusedCompression() gives batches other keys", () => {
  const { destination } = setUp();
  assertEquals([destination.isPlain, destination.keyOf(1)], [false, '"id1-1"']);
  destination.refusedCompression();
  assertEquals([destination.isPlain, destination.keyOf(1)], [true, '"id2-1"']);
});

test("HttpDestination.refusedAll() counts the time between such answers alone", async () => {
  const { clock, destination } = setUp();
  assertEquals(destination.refusedAll(), 0);
  await clock.advance(5000);
  assertEquals(destination.refusedAll(), 5);
  destination.wasAway();
  await clock.advance(60_000);
  assertEquals(destination.refusedAll(), 5);
  await clock.advance(2000);
  assertEquals(destination.refusedAll(), 7);
  destination.answered();
  assertEquals(destination.refusedAll(), 0);
});

test("HttpDestination.refusedAll() never decreases when the clock is set back", () => {
  let now = 1000;
  const clock = { now: () => now, setTimeout: () => {}, clearTimeout: () => {} };
  const destination = new HttpDestination(clock, () => "id");
  destination.refusedAll();
  now = 1010;
  assertEquals(destination.refusedAll(), 10);
  now = -86_400;
  assertEquals(destination.refusedAll(), 10);
  now += 5;
  assertEquals(destination.refusedAll(), 15);
});

test("HttpDestination.report() gives ten texts a minute, and counts the others", async () => {
  const { clock, destination } = setUp();
  const texts = Array.from({ length: 25 }, () => destination.report("no"));
  assertEquals(texts.filter((text) => text === "no").length, 10);
  assertEquals(texts.filter((text) => text === undefined).length, 15);
  await clock.advance(60_000);
  assertEquals(destination.report("no"), "no (15 refusals before were not reported)");
  assertEquals(destination.report("no"), "no");
});

test("HttpDestination.tookTooLong() halves the size of requests, and answers raise it again", () => {
  const { destination } = setUp();
  destination.answered();
  assertEquals(destination.mostBytes, Infinity);
  destination.tookTooLong(524_288);
  assertEquals(destination.mostBytes, 262_144);
  for (let i = 0; i < 10; i++) destination.tookTooLong(70_000);
  assertEquals(destination.mostBytes, 65_536);
  for (let i = 0; i < 56; i++) destination.answered();
  assertEquals(destination.mostBytes, 524_288);
  destination.refusedSize(200_000);
  destination.answered();
  assertEquals(destination.mostBytes, 100_000, "a limit of the server stays");
});

test("HttpDestination.refusedSize() halves the size of requests, and never below 64 KiB", () => {
  const { destination } = setUp();
  destination.refusedSize(524_288);
  assertEquals(destination.mostBytes, 262_144);
  destination.refusedSize(5_000_000);
  assertEquals(
    destination.mostBytes,
    262_144,
    "a large record alone says nothing of smaller requests",
  );
  destination.refusedSize(100_000);
  assertEquals(destination.mostBytes, 65_536);
});
