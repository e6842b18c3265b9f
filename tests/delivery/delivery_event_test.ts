import { assertEquals } from "@std/assert";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { type DeliveryEvent, printEvents, ProcessEnd } from "../../src/delivery/delivery_event.ts";
import type { Clock } from "../../src/net/connector.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";

test("printEvents() prints the start and end of an outage, and of many only the first", async () => {
  const { lines, end } = catchStderr();
  try {
    const clock = new VirtualClock();
    const tell = printEvents("X", clock, () => false);
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
      "logwire: X: records are not delivered: gone (short outages before: 49, 98 records lost)",
      "logwire: X: the outage is over: 1 record lost",
    ]);
  } finally {
    end();
  }
});

test("printEvents() says which protocol the answer of a server looks like, on one line", () => {
  const lines = printed((tell) => {
    for (
      const answer of [
        "HTTP/1.1 400 Bad Request\r\n",
        "\x15\x03\x01\x00\x02\x02F",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example ESMTP\r\n",
        `\x1b[2J${"?".repeat(100)}`,
      ]
    ) {
      tell({ type: "answered", bytes: Uint8Array.from(answer, (char) => char.charCodeAt(0)) });
    }
  });
  const says = "logwire: X: the server answers, and should only read: is this its port? ";
  assertEquals(lines, [
    `${says}It looks like a web server: "HTTP/1.1 400 Bad Request\\r\\n"`,
    `${says}It looks like TLS (then set 'tls'): "\\u0015\\u0003\\u0001\\u0000\\u0002\\u0002F"`,
    `${says}It looks like SSH: "SSH-2.0-OpenSSH_9.2\\r\\n"`,
    `${says}It looks like a mail or FTP server: "220 mail.example ESMTP\\r\\n"`,
    `${says}"\\u001b[2J${"?".repeat(56)}"`,
  ]);
});

test("printEvents() says how large a record was that a server hangs up on", () => {
  const lines = printed((tell) => tell({ type: "refused", bytes: 17_825_792 }));
  assertEquals(lines, [
    "logwire: X: a record of 17825792 bytes was dropped: the server hangs up on it",
  ]);
});

test("printEvents() is not silent for longer when the clock is set back", () => {
  const start = new VirtualClock(1_000_000);
  const clock = { now: () => now, setTimeout: start.setTimeout, clearTimeout: start.clearTimeout };
  let now = 1_000_000;
  const lines = printed((tell) => {
    tell({ type: "outage", error: "first" });
    tell({ type: "outage-over", lost: 0 });
    now -= 86_400;
    tell({ type: "outage", error: "second" });
  }, { clock });
  assertEquals(lines.at(-1), "logwire: X: records are not delivered: second");
});

test("printEvents() does not say that an outage is over when the handler is closed in it", () => {
  const lines = printed((tell) => {
    tell({ type: "outage", error: "refused" });
    tell({ type: "outage-over", lost: 2 });
  }, { isClosed: true });
  assertEquals(lines.at(-1), "logwire: X: closed during the outage: 2 records lost");
});

test("printEvents() prints one line at the end of the process, also right after an outage", () => {
  const lines = printed((tell) => {
    tell({ type: "outage", error: "refused" });
    tell({ type: "outage-over", lost: 2 });
    tell({ type: "outage", error: "refused" });
    tell({ type: "outage-over", lost: 3 });
    tell({ type: "outage", error: new ProcessEnd("1 record lost if the process ends") });
    tell({ type: "exit", lost: 1 });
  });
  assertEquals(lines.slice(2), [
    "logwire: X: records are not delivered: 1 record lost if the process ends " +
    "(short outages before: 1, 3 records lost)",
    "logwire: X: the process ends: 1 record lost",
  ]);
});

/** The lines that telling these events prints. */
function printed(
  play: (tell: (event: DeliveryEvent) => void) => void,
  { clock = new VirtualClock(), isClosed = false }: { clock?: Clock; isClosed?: boolean } = {},
): string[] {
  const { lines, end } = catchStderr();
  try {
    play(printEvents("X", clock, () => isClosed));
  } finally {
    end();
  }
  return lines;
}
