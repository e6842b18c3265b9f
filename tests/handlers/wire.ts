/** What handler tests share: records to emit, and what a peer has received of them. */
import { Deframer } from "../../src/wire/length_prefix_framing.ts";
import { loads } from "../../src/wire/pickle/pickle.ts";
import type { NetworkHandler } from "../../src/delivery/network_handler.ts";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { assertEquals } from "@std/assert";

/** A record of level INFO. */
export function record(msg: unknown, ...args: unknown[]): LogRecord {
  return new LogRecord("myapp", 20, "app.ts", 1, msg, args, null);
}

/**
 * A record that no handler can encode: its message cannot be merged. A mistake of a call is not
 * enough for that, as handlers send such a record.
 */
export function unencodable(): LogRecord {
  return Object.defineProperty(record("bad"), "getMessage", {
    value: () => {
      throw new TypeError("no message");
    },
  });
}

/** The fields of the records whose whole frames are in these bytes. */
export function framesIn(bytes: Uint8Array): Record<string, unknown>[] {
  const deframer = new Deframer();
  deframer.push(bytes);
  const found: Record<string, unknown>[] = [];
  for (let payload = deframer.next(); payload !== undefined; payload = deframer.next()) {
    found.push(loads(payload) as Record<string, unknown>);
  }
  return found;
}

/** The messages of the whole frames in these bytes. */
export function messages(bytes: Uint8Array): string[] {
  return framesIn(bytes).map(({ msg }) => msg as string);
}

/** The handler's account, once it is seen to add up. */
export function account(handler: NetworkHandler): DeliveryStats {
  const { stats } = handler;
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  assertEquals(stats.droppedTotal, dropped);
  assertEquals(stats.emitted + stats.recovered, stats.sent + stats.queued + stats.droppedTotal);
  return stats;
}
