import { assert, assertEquals } from "@std/assert";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { printed, startProgram, terminate } from "../interop/programs.ts";
import { test } from "../test.ts";

test("the HTTP service puts a request's id on each record of that request", async () => {
  const received = new Map<unknown, string[]>();
  await using receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  receiver.handleLogRecord = (record) => {
    const line = `${record.name} ${record.levelname} ${record.getMessage()}`;
    const lines = received.get(record.requestId);
    if (lines === undefined) received.set(record.requestId, [line]);
    else lines.push(line);
  };
  await receiver.start();
  assert(receiver.address.transport === "tcp");

  const service = startProgram(import.meta.resolve("./http_service.ts"), [], {
    env: { PORT: "0", LOG_HOST: "127.0.0.1", LOG_PORT: String(receiver.address.port) },
  });
  const [, port] = await printed(service, /^listening on port (\d+)$/m);
  const ids = Array.from({ length: 20 }, (_, number) => `r-${number}`);
  const items = ids.map((_, number) => number % 5 === 0 ? "tea" : "ink");
  const statuses = await Promise.all(ids.map(async (id, number) => {
    const url = `http://127.0.0.1:${port}/${items[number]}`;
    const response = await fetch(url, { headers: { "X-Request-Id": id, "Connection": "close" } });
    await response.body?.cancel();
    return response.status;
  }));
  assertEquals(statuses, items.map((item) => item === "tea" ? 500 : 200));
  terminate(service);
  assertEquals([await service.ended, service.output.stderr], [0, ""]);
  await receiver.stop();

  assertEquals([...received.keys()].sort(), [...ids].sort());
  ids.forEach((id, number) => {
    assertEquals(received.get(id), [
      `shop.http INFO GET /${items[number]}`,
      ...items[number] === "tea"
        ? ["shop.http ERROR the order failed", "shop.http INFO answered with 500"]
        : ["shop.stock INFO one ink less", "shop.http INFO answered with 200"],
    ]);
  });
});
