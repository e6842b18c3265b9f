import { assertEquals } from "@std/assert";
import { InflationSlots } from "../../../src/wire/forward/inflation_slots.ts";
import { test } from "../../test.ts";
import { turns } from "../../turns.ts";

test("four slots are taken at once, and the next ones in their order", async () => {
  const slots = new InflationSlots();
  const taken: number[] = [];
  for (let i = 0; i < 7; i++) void slots.take().then(() => taken.push(i));
  await turns(1);
  assertEquals(taken, [0, 1, 2, 3]);
  slots.give();
  slots.give();
  await turns(1);
  assertEquals(taken, [0, 1, 2, 3, 4, 5]);
  for (let i = 0; i < 5; i++) slots.give();
  await turns(1);
  assertEquals(taken.length, 7);
});
