import { assertEquals } from "@std/assert";
import { printed, startProgram, terminate } from "../interop/programs.ts";
import { test } from "../test.ts";
import { lineOf, LogServer } from "./log_server.ts";

test("the HTTP service puts a request's id on each record of that request", async () => {
  const server = await LogServer.start();
  const service = startProgram(import.meta.resolve("./http_service.ts"), [], {
    env: { PORT: "0", ...server.env },
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
  await server.stop();

  const received = ids.map((id) =>
    server.records.filter(({ requestId }) => requestId === id).map(lineOf)
  );
  assertEquals(
    received,
    items.map((item) => [
      `shop.http INFO GET /${item}`,
      ...item === "tea"
        ? ["shop.http ERROR the order failed", "shop.http INFO answered with 500"]
        : [`shop.stock INFO one ${item} less`, "shop.http INFO answered with 200"],
    ]),
  );
  assertEquals(server.records.length, 3 * ids.length, "each record has an id");
});
