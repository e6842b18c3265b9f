/**
 * One sender of the demo, on Deno, Bun or Node: `sender.ts NAME PORT RECORDS INTERVAL_MS`. Ends
 * with its handler's account as a line of JSON on stdout.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";

const [name = "", port, records, intervalMs] = process.argv.slice(2);
const handler = new SocketHandler("127.0.0.1", Number(port), {
  connector,
  whileDisconnected: "queue",
});
const log = getLogger(`demo.${name}`);
log.addHandler(handler);
for (let i = 1; i <= Number(records); i++) {
  log.warning("%s says %d of %s", name, i, records);
  await sleep(Number(intervalMs));
}
await handler.close();
process.stdout.write(JSON.stringify(handler.stats) + "\n");
