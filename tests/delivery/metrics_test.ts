import { assert, assertEquals, assertThrows } from "@std/assert";
import { type CountingHandler, metrics } from "../../src/delivery/metrics.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

test("metrics() has the counters of each handler under a name of its own", async () => {
  const connector = new MemoryNetwork();
  const handlers = [1, 2, 3, 4].map(() => new SocketHandler("h", 1, { connector }));
  handlers[2]!.name = 'named "x"';
  handlers[3]!.name = "SocketHandler#2";
  handlers[0]!.handle(makeLogRecord({ msg: "a" }));
  const lines = metrics(...handlers).split("\n");
  const values = lines.filter((line) => line.startsWith("logwire_records_emitted_total"));
  assertEquals(values, [
    'logwire_records_emitted_total{handler="SocketHandler"} 1',
    'logwire_records_emitted_total{handler="SocketHandler#2"} 0',
    'logwire_records_emitted_total{handler="named \\"x\\""} 0',
    'logwire_records_emitted_total{handler="SocketHandler#2#2"} 0',
  ]);
  const dropped = 'logwire_records_dropped_total{handler="SocketHandler",reason="overflow"} 0';
  assert(lines.includes(dropped));
  assertEquals(new Set(lines).size, lines.length);
  const closing = Promise.all(handlers.map((handler) => handler.close()));
  await connector.clock.advance(10_000);
  await closing;
});

test("metrics() without handlers is empty, and an object without counters is refused", () => {
  assertEquals(metrics(), "");
  assertThrows(() => metrics({ name: null } as CountingHandler), TypeError, "with 'stats'");
  assertThrows(() => metrics(null as unknown as CountingHandler), TypeError, "'handler'");
});
