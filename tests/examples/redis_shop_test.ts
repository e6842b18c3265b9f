import { assert, assertEquals } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createClient } from "redis";
import { runProgram } from "../interop/programs.ts";
import { freePorts } from "../interop/syslog/free_ports.ts";
import { test } from "../test.ts";

const skip = spawnSync("redis-server", ["--version"]).status !== 0 &&
  process.env.LOGWIRE_REQUIRE_SERVERS !== "1" &&
  "it needs redis-server: apt-get install redis-server";

/** A redis-server of the test's own, in a folder that is gone with it. */
async function startRedis() {
  const { port } = await freePorts({ port: "tcp" });
  const folder = mkdtempSync(join(tmpdir(), "logwire-redis-"));
  const options = { port, bind: "127.0.0.1", dir: folder, save: "" };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "close");
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
  while (!/Ready to accept connections/.test(output)) {
    const more = once(child.stdout, "data").then(() => true);
    if (!await Promise.race([more, ended.then(() => false)])) throw new Error(output);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

test("the records of the shop are in the stream of Redis, in order", async () => {
  await using redis = await startRedis();
  const program = import.meta.resolve("./redis_shop.ts");
  await runProgram(program, ["ink", "paper"], 0, { env: { REDIS_URL: redis.url } });
  const client = createClient({ url: redis.url });
  await client.connect();
  const entries = await client.xRange("logs", "-", "+");
  await client.close();
  const records = entries!.map(({ message }) =>
    JSON.parse(message.record!) as Record<string, string>
  );
  assertEquals(
    records.slice(0, 2).map(({ name, levelname, msg, item }) => [name, levelname, msg, item]),
    [
      ["shop.redis", "INFO", "sold ink", "ink"],
      ["shop.redis", "INFO", "sold paper", "paper"],
    ],
  );
  assertEquals(records.length, 3);
  assert(records[2]!.msg!.startsWith("out of paper\nError: the shelf is empty\n"), records[2]!.msg);
}, { skip });

test("the guide of ./jetstream shows the queue of the program", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const [shown = "no class"] = read("redis_shop.ts").match(/^class RedisQueue [^]*?^\}$/m) ?? [];
  const guide = read("../../src/queue/jetstream_queue.ts").replace(/^ \* ?/gm, "");
  assert(guide.includes(shown));
});
