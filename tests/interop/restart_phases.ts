/**
 * A program that logs before, during and after an outage of its receiver, and then ends: the part
 * that programs with different loggers share. `restarted_receiver.ts` is its other side.
 */
import process from "node:process";
import { connector } from "../../src/adapters/auto.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { until } from "../until.ts";

/** The number of records in each of the three phases. */
export const PHASE = 300;

/** A handler whose connections are watched. */
export interface WatchedHandler {
  readonly handler: SocketHandler;
  /** The kinds of events so far. */
  readonly events: DeliveryEvent["type"][];
}

/** Returns a handler that queues while the receiver is away. */
export function watchedHandler(port: number): WatchedHandler {
  const events: DeliveryEvent["type"][] = [];
  const handler = new SocketHandler("127.0.0.1", port, {
    connector,
    whileDisconnected: "queue",
    onEvent: ({ type }) => events.push(type),
  });
  handler.retryStart = 0.05;
  handler.retryMax = 0.1;
  return { handler, events };
}

/** Logs the numbers from 0 on: a third before the outage, one within, one after. */
export async function logThroughRestart(
  { handler, events }: WatchedHandler,
  log: (number: number) => void,
  settle: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let number = 0;
  const phase = async () => {
    for (const last = number + PHASE; number < last; number++) log(number);
    await settle();
  };
  const event = (type: DeliveryEvent["type"]) => until(() => events.includes(type), () => type);
  await phase();
  await until(() => handler.stats.sent === PHASE, () => "the first records to be sent");
  process.stdout.write("delivered\n");
  await event("disconnected");
  await phase();
  await event("connect-failed");
  process.stdout.write("queued\n");
  await handler.flush();
  await phase();
}
