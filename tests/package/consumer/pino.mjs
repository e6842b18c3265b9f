/**
 * Logs with pino to a receiver over TCP, in the program and by pino's worker, which finds the
 * target by its name; prints what arrives.
 */
import { SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto";
import { pinoDestination } from "@logwire/logging/pino";
import { LogRecordSocketReceiver } from "@logwire/logging/receiver";
import { once } from "node:events";
import pino from "pino";

const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
const texts = [];
receiver.handleLogRecord = (record) => void texts.push(`${record.name}: ${record.getMessage()}`);
await receiver.start();
const { port } = receiver.address;

const handler = new SocketHandler("127.0.0.1", port, { connector });
pino({ name: "program" }, pinoDestination(handler)).warn("low on %s", "ink");
await handler.close();

const transport = pino.transport({
  target: "@logwire/logging/pino",
  options: {
    // end() blocks this thread, and with it the receiver, which could end the connection.
    handler: { class: "SocketHandler", host: "127.0.0.1", port, closeTimeoutMs: 300 },
  },
});
pino({ name: "worker" }, transport).warn("out of %s", "ink");
transport.end();
await once(transport, "close");
await receiver.stop();
// deno-lint-ignore no-console -- it is the result
console.log(texts.join("\n"));
