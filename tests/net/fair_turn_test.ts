import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { turn } from "../../src/net/fair_turn.ts";
import { test } from "../test.ts";

test("turn() resolves in the order of the calls, one in a turn of the event loop", async () => {
  const order: number[] = [];
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 500 }, async (_, i) => {
    await turn();
    order.push(i);
  }));
  isOver = true;
  assertEquals(order, Array.from({ length: 500 }, (_, i) => i));
  assert(turns > 100, "the event loop had its turns in between");
  await new Promise((resolve) => setImmediate(resolve));
});

test("turn() that is called within a turn resolves in a later one", async () => {
  const order: string[] = [];
  await Promise.all([
    turn().then(async () => {
      order.push("first");
      await turn();
      order.push("again");
    }),
    turn().then(() => order.push("second")),
  ]);
  assertEquals(order, ["first", "second", "again"]);
});
