/** A worker in real workerd whose handler has two servers. */
import { assertEquals } from "@std/assert";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { freePorts } from "./syslog/free_ports.ts";

test(
  "a flush of a worker goes on at the second server, and the next one returns to the first",
  async () => {
    const { first, second } = await freePorts({ first: "tcp", second: "tcp" });
    const arrived: string[] = [];
    const start = async (port: number) => {
      const receiver = new LogRecordSocketReceiver("127.0.0.1", port, { acceptor: connector });
      receiver.handleLogRecord = (record) => void arrived.push(`${port} ${record.getMessage()}`);
      await receiver.start();
      return { receiver, [Symbol.asyncDispose]: () => receiver.stop() };
    };
    await using _second = await start(second);
    await using workerd = await Workerd.start({
      failover: {
        entry: "tests/edge/failover_worker.ts",
        compatibilityDate: "2026-10-01",
        define: { FIRST_PORT: String(first), SECOND_PORT: String(second) },
      },
    });
    const log = async (text: string): Promise<string[]> =>
      await (await fetch(workerd.url("failover", `/${text}`))).json();
    assertEquals(await log("a"), ["failed 0", `127.0.0.1:${second}`]);
    await using _first = await start(first);
    assertEquals(await log("b"), [`127.0.0.1:${first}`]);
    assertEquals(arrived, [`${second} /a`, `${first} /b`]);
  },
  { skip: withoutWorkerd },
);
