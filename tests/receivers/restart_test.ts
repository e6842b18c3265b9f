/** Tests that a receiver can be stopped and replaced under load, on the runtime's own sockets. */
import { assert, assertEquals } from "@std/assert";
import { connector } from "../../src/adapters/auto.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { INFO } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import {
  LogRecordSocketReceiver,
  type ReceiverFault,
} from "../../src/receivers/socket_receiver.ts";
import { turn } from "../../src/net/fair_turn.ts";
import { test } from "../test.ts";

test("a receiver that is stopped and replaced under load loses no record, and keeps their order", async () => {
  const messages: unknown[] = [];
  const faults: ReceiverFault[] = [];
  const start = async (port: number) => {
    const receiver = new LogRecordSocketReceiver("127.0.0.1", port, {
      acceptor: connector,
      onError: (fault) => faults.push(fault),
    });
    receiver.handleLogRecord = (record) => void messages.push(record.msg);
    await receiver.start();
    assert("port" in receiver.address);
    return { receiver, port: receiver.address.port };
  };
  const first = await start(0);
  const handler = new SocketHandler("127.0.0.1", first.port, {
    connector,
    whileDisconnected: "queue",
    onEvent: () => {},
  });
  handler.retryStart = 0.01;
  const logger = new Logger("app", INFO);
  logger.addHandler(handler);
  let current = first.receiver;
  let replaced = 0;
  let replacing = Promise.resolve();
  const total = 6000;
  for (let i = 0; i < total; i++) {
    logger.info("%d", i);
    if (i % 10 === 0) await turn();
    if (i % 1500 === 749) {
      replacing = replacing.then(async () => {
        await current.stop();
        current = (await start(first.port)).receiver;
        replaced++;
      });
      if (i < 3000) await replacing;
    }
  }
  await replacing;
  await handler.flush();
  await handler.close();
  await current.stop();
  // The records of the first second of a connection are sent again if the receiver stops then.
  assertEquals([...new Set(messages)], Array.from({ length: total }, (_, i) => String(i)));
  assertEquals([replaced, faults], [4, []]);
  assertEquals(handler.stats.droppedTotal, 0);
});
