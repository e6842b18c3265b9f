import { assertEquals, assertMatch } from "@std/assert";
import { options } from "../interop/pino_runs.ts";
import { printed, startProgram, terminate } from "../interop/programs.ts";
import { test } from "../test.ts";
import { lineOf, LogServer } from "./log_server.ts";

test("the pino service's records arrive with the request's id, the error and no secret", async () => {
  const server = await LogServer.start();
  const service = startProgram(import.meta.resolve("./pino_service.ts"), [], {
    ...options,
    env: { PORT: "0", ...server.env },
  });
  const [, port] = await printed(service, /^listening on port (\d+)$/m);
  for (const [id, item] of [["r-1", "ink"], ["r-2", "tea"]] as const) {
    const headers = { "X-Request-Id": id, "Authorization": "Basic secret", "Connection": "close" };
    const response = await fetch(`http://127.0.0.1:${port}/${item}`, { headers });
    await response.body?.cancel();
  }
  terminate(service);
  assertEquals([await service.ended, service.output.stderr], [0, ""]);
  await server.stop();

  assertEquals(server.records.map((record) => [record.requestId, lineOf(record)]), [
    ["r-1", "shop.http INFO GET /ink"],
    ["r-2", "shop.http INFO GET /tea"],
    ["r-2", "shop.http ERROR the order failed"],
  ]);
  assertEquals(server.records[0]!.authorization, "[Redacted]");
  assertMatch(server.records[2]!.exc_text!, /^Error: out of tea\n/);
});
