/**
 * A shop whose records go to a stream of Redis, through a queue of ten lines: a program of any language
 * reads them there, by `XREADGROUP`.
 *
 *     REDIS_URL=redis://redis.example deno run --allow-net --allow-env redis_shop.ts ink paper
 *
 * or with `bun redis_shop.ts`, or with `node redis_shop.ts` from Node 22.18 on.
 */
import process from "node:process";
import { getLogger, type LogRecord } from "@logwire/logging";
import { type HandlerQueue, QueueFullError, QueueHandler } from "@logwire/logging/queue-handler";
import { createClient } from "redis";

class RedisQueue implements HandlerQueue {
  readonly client = createClient({ url: process.env.REDIS_URL ?? "redis://localhost" });
  readonly adding = new Set<Promise<unknown>>();
  put_nowait(record: LogRecord): Promise<unknown> {
    if (this.adding.size >= 10_000) throw new QueueFullError("Redis is away, or behind");
    const added = this.client.xAdd("logs", "*", { record: JSON.stringify(record) });
    this.adding.add(added);
    return added.finally(() => this.adding.delete(added));
  }
  qsize = (): number => this.adding.size;
  flush = async (): Promise<void> => void await Promise.allSettled(this.adding);
}

const queue = new RedisQueue();
queue.client.on("error", () => {}); // it connects again by itself
await queue.client.connect();
const handler = new QueueHandler(queue);
const log = getLogger("shop.redis");
log.setLevel("INFO");
log.addHandler(handler);

for (const item of process.argv.slice(2)) log.info("sold %s", item, { extra: { item } });
log.error("out of %s", "paper", new Error("the shelf is empty"));

await handler.close();
await queue.client.close();
