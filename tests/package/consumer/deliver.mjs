/** Sends a record to a receiver over TCP, with whatever runtime runs this; prints its text. */
import { getLogger, SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto";
import { LogRecordSocketReceiver } from "@logwire/logging/receiver";

const receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
const received = new Promise((resolve) => receiver.handleLogRecord = resolve);
await receiver.start();
const handler = new SocketHandler("127.0.0.1", receiver.address.port, { connector });
const log = getLogger("shop");
log.propagate = false;
log.addHandler(handler);
log.warning("low on %s", "ink");
// deno-lint-ignore no-console -- it is the result
console.log((await received).getMessage());
await handler.close();
await receiver.stop();
