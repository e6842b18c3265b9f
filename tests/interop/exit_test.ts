/** The last records of a program arrive, and logging keeps no program from ending. */
import { assert, assertEquals } from "@std/assert";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { account, record } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";

/** Runs the program to its end; returns its output on stderr. */
async function run(scenario: string, port: number, status?: number): Promise<string> {
  return (await runProgram("ending_program.ts", [scenario, port], status)).stderr;
}

/** The messages that a receiver gets from the program in this scenario. */
async function received(scenario: string, status?: number): Promise<string[]> {
  const messages: string[] = [];
  await using receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  receiver.handleLogRecord = (record) => void messages.push(record.getMessage());
  await receiver.start();
  const { address } = receiver;
  assert(address.transport === "tcp");
  await run(scenario, address.port, status);
  await receiver.stop();
  return messages;
}

const all = Array.from({ length: 1000 }, (_, i) => `#${i}`);

test("a program that returns loses nothing, and its connection does not keep it running", async () => {
  assertEquals(await received("ends"), all);
  assertEquals(await received("idles"), all);
});

test("a program that calls exit() on an open connection loses nothing that fits the kernel", async () => {
  assertEquals(await received("exits"), ["the first dials", ...all]);
});

test("a program that ends by an uncaught error loses nothing that fits the kernel", async () => {
  assertEquals(await received("throws", 1), ["the first dials", ...all]);
});

test("a program that survives an uncaught error loses nothing", async () => {
  assertEquals(await received("survives"), ["the first dials", ...all]);
});

test("a program whose server is absent ends by itself and reports the lost records", async () => {
  const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  await receiver.start();
  const { address } = receiver;
  assert(address.transport === "tcp");
  await receiver.stop();
  const stderr = await run("absent", address.port);
  assert(stderr.includes("1000 records lost"), stderr);
});

test("close() delivers what a program logged while it blocked the event loop during the dial", async () => {
  let count = 0;
  await using receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
  receiver.handleLogRecord = () => void count++;
  await receiver.start();
  const { address } = receiver;
  assert(address.transport === "tcp");
  const handler = new SocketHandler("127.0.0.1", address.port, {
    connector,
    whileDisconnected: "queue",
    connectTimeoutMs: 100,
  });
  handler.emit(record("#0"));
  await new Promise((resolve) => setImmediate(resolve));
  const end = performance.now() + 300;
  for (let i = 1; performance.now() < end; i++) if (i < 1000) handler.emit(record("#%d", i));
  await handler.close();
  const { emitted, sent } = account(handler);
  assertEquals([emitted, sent], [1000, 1000]);
  await receiver.stop();
  assertEquals(count, 1000);
});
