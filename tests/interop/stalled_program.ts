/**
 * Logs half a million records to a receiver that never reads: `stalled_program.ts PORT`. Prints
 * what became of them and by how much its memory grew. Run by outage_test.ts.
 */
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";

const handler = new SocketHandler("127.0.0.1", Number(process.argv[2]), {
  connector,
  maxQueuedBytes: 8 * 1024 * 1024,
  closeTimeoutMs: 100,
  onEvent: () => {},
});
const log = getLogger("stalled");
log.addHandler(handler);
log.warning("the first dials");
await handler.flush();

const before = process.memoryUsage().rss;
let most = 0;
let mostQueued = 0;
for (let i = 1; i <= 500_000; i++) {
  log.warning("Jackdaws love my big sphinx of quartz.");
  if (i % 1000 > 0) continue;
  await setImmediate();
  most = Math.max(most, process.memoryUsage().rss);
  mostQueued = Math.max(mostQueued, handler.stats.queuedBytes);
}
const { stats } = handler;
await handler.close();
process.stdout.write(JSON.stringify({ stats, mostQueued, grown: most - before }) + "\n");
