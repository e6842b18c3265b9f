import { assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { lineOf, LogServer } from "./log_server.ts";

const program = fileURLToPath(new URL("./edge_worker.js", import.meta.url));

test("the edge worker's records arrive, also those that it logs after its response", async () => {
  const server = await LogServer.start();
  await using workerd = await Workerd.start({
    edge: {
      entry: program,
      contents: readFileSync(program, "utf8")
        .replace(`"logs.example.com", 9020`, `"127.0.0.1", ${server.env.LOG_PORT}`),
      compatibilityDate: "2026-10-01",
    },
  });
  for (const path of ["/tea", "/ink"]) {
    const response = await fetch(workerd.url("edge", path));
    assertEquals(await response.text(), `hello from ${path}\n`);
  }
  let stats: DeliveryStats | undefined;
  await until(async () => {
    stats = await (await fetch(workerd.url("edge", "/stats"))).json();
    return stats?.sent === 4;
  }, () => `4 records to be sent: ${JSON.stringify(stats)}`);
  await server.stop();
  assertEquals(server.records.map(lineOf).sort(), [
    "shop.edge INFO GET /ink",
    "shop.edge INFO GET /tea",
    "shop.edge WARNING /ink is settled, after its response",
    "shop.edge WARNING /tea is settled, after its response",
  ]);
}, { skip: withoutWorkerd });
