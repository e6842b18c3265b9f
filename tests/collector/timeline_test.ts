import { assertEquals } from "@std/assert";
import { Timeline } from "../../src/collector/_timeline.ts";
import { test } from "../test.ts";
import { START, storeOf } from "./records.ts";

test("Timeline counts records by time and level", () => {
  const store = storeOf(
    { created: START },
    { created: START + 9.999 },
    { created: START + 5, levelname: "ERROR", levelno: 40 },
    { created: START + 10 },
    { created: START - 1 },
  );
  const timeline = new Timeline(START * 1000, START * 1000 + 10_000, 2);
  for (let id = 1; id <= 5; id++) timeline.add(store.get(id)!);
  assertEquals(timeline.view(), {
    from: START * 1000,
    to: START * 1000 + 10_000,
    step: 5000,
    levels: ["INFO", "ERROR"],
    counts: [[1, 0], [1, 1]],
  });
});

test("Timeline tells sixteen levels apart and counts the others together", () => {
  const timeline = new Timeline(0, 10, 1);
  const kept = storeOf({}).get(1)!;
  for (let i = 0; i < 20; i++) timeline.add({ ...kept, time: 5, level: `L${i}`, levelno: i });
  const { levels, counts } = timeline.view();
  assertEquals([levels.length, levels.includes("other")], [17, true]);
  assertEquals(counts[0]!.reduce((sum, count) => sum + count), 20);
});
