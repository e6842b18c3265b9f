// deno-lint-ignore-file no-console -- a demo prints
/**
 * `npm run demo:page`: the collector with its page, and senders of Python and JavaScript that log until
 * it is interrupted.
 */
import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { run } from "../../src/collector/cli.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Logger } from "../../src/logging/logger.ts";

const PAUSE_MS = 150;

const ended = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => ended.abort());

/** Logs what a shop logs, with an error now and then. */
async function sell(port: number): Promise<void> {
  const handler = new SocketHandler("127.0.0.1", port, { connector });
  const loggers = ["shop", "shop.cart", "shop.payment"].map((name) => new Logger(name, 1));
  for (const logger of loggers) logger.addHandler(handler);
  for (let order = 1; !ended.signal.aborted; order++) {
    const log = loggers[order % loggers.length]!;
    const extra = { order, user: ["anna", "bob", "carla"][order % 3], cents: 100 * (order % 50) };
    if (order % 17 === 0) log.error("order %d failed", order, new TypeError("no card"));
    else if (order % 5 === 0) log.warning("order %d is late", order, { extra });
    else log.info("order %d of %s", order, "ink", { extra });
    await sleep(PAUSE_MS, undefined, { signal: ended.signal }).catch(() => {});
  }
  await handler.close();
}

function python(port: number): void {
  if (spawnSync("python3", ["--version"]).status !== 0) return;
  const script = fileURLToPath(new URL("sender.py", import.meta.url));
  const args = [script, "cpython", String(port), "1000000", String(2 * PAUSE_MS)];
  const child = spawn("python3", args, { stdio: "ignore" });
  ended.signal.addEventListener("abort", () => child.kill());
}

const status = await run(["receive", ...process.argv.slice(2)], {
  signal: ended.signal,
  say(line) {
    console.error(line);
    const port = /pickle +at \S*:(\d+)$/.exec(line)?.[1];
    if (port === undefined) return;
    python(Number(port));
    void sell(Number(port));
  },
});
process.exitCode = status;
