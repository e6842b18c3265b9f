/** The back-off: what every record asks it while a server is away, and an outage from end to end. */
import { assertEquals } from "@std/assert";
import { Backoff } from "../../src/delivery/_backoff.ts";

const waiting = new Backoff();
waiting.failed(1000);
assertEquals([waiting.permits(1000.5), waiting.permits(1001)], [false, true]);
Deno.bench("permits() within a wait", { group: "back-off" }, () => {
  waiting.permits(1000.5);
});

const open = new Backoff();
assertEquals(open.permits(1000), true);
Deno.bench("permits() while connected", { group: "back-off" }, () => {
  open.permits(1000);
});

/** Dials of one outage, each as soon as it is allowed; the waits between them in seconds. */
function outage(failures: number): number[] {
  const backoff = new Backoff();
  const waits: number[] = [];
  let now = 1000;
  for (let i = 0; i < failures; i++) {
    backoff.failed(now);
    waits.push(backoff.delayMs(now, 0) / 1000);
    now = backoff.retryTime ?? now;
    if (!backoff.permits(now)) {
      throw new Error("a dial was not allowed when it was due");
    }
  }
  backoff.succeeded();
  return waits;
}

assertEquals(outage(8), [1, 2, 4, 8, 16, 30, 30, 30]);
Deno.bench("an outage of eight failed dials", { group: "outage" }, () => {
  outage(8);
});
