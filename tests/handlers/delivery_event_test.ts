// deno-lint-ignore-file no-console -- what goes to stderr is caught here
import { assertEquals } from "@std/assert";
import { VirtualClock } from "../../src/adapters/virtual_clock.ts";
import { printEvents } from "../../src/handlers/delivery_event.ts";
import { test } from "../test.ts";

test("printEvents() prints the start and end of an outage, and of many only the first", async () => {
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => lines.push(line);
  try {
    const clock = new VirtualClock();
    const tell = printEvents("X", clock);
    for (let i = 0; i < 50; i++) {
      tell({ type: "outage", error: new Error("refused") });
      tell({ type: "outage-over", lost: 2 });
    }
    tell({ type: "dropped", reason: "tooLarge", records: 1 });
    tell({ type: "dropped", reason: "tooLarge", records: 1 });
    tell({ type: "dropped", reason: "overflow", records: 1 });
    tell({ type: "connected" });
    await clock.advance(10_000);
    tell({ type: "outage", error: "gone" });
    tell({ type: "outage-over", lost: 1 });
    assertEquals(lines, [
      "logwire: X: records are not delivered: refused",
      "logwire: X: the outage is over: 2 records lost",
      "logwire: X: a record was too large to send and was dropped",
      "logwire: X: records are not delivered: gone (49 short outages before, 98 records lost)",
      "logwire: X: the outage is over: 1 record lost",
    ]);
  } finally {
    console.error = error;
  }
});
