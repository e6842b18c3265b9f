/** The modes of delivery that the fault suite compares: the columns of its table. */
import type { WhileDisconnected } from "../../src/delivery/delivery_options.ts";

/** One mode. */
export interface Mode {
  readonly name: string;
  /** The name of a protocol of protocols.ts. */
  readonly protocol: string;
  readonly whileDisconnected: WhileDisconnected;
  /** Each turn of the event loop is flushed by a connection of its own. */
  readonly isPerFlush: boolean;
  /** Sent means that the server has said so. */
  readonly isAcknowledged: boolean;
  /** The queue is on the disk. */
  readonly isSpooled: boolean;
}

const plain: Mode = {
  name: "drop",
  protocol: "pickle",
  whileDisconnected: "drop",
  isPerFlush: false,
  isAcknowledged: false,
  isSpooled: false,
};

const queue: Mode = { ...plain, name: "queue", whileDisconnected: "queue" };

const acknowledged: Mode = { ...queue, name: "RELP", protocol: "relp", isAcknowledged: true };

/** All modes, in the order of the table. */
export const modes: readonly Mode[] = [
  plain,
  queue,
  { ...queue, name: "per-flush", isPerFlush: true },
  { ...queue, name: "spool", isSpooled: true },
  acknowledged,
  { ...acknowledged, name: "RELP+spool", isSpooled: true },
  { ...acknowledged, name: "Forward", protocol: "forward" },
  { ...acknowledged, name: "Forward+spool", protocol: "forward", isSpooled: true },
  { ...acknowledged, name: "HTTP", protocol: "http" },
  { ...acknowledged, name: "HTTP+spool", protocol: "http", isSpooled: true },
];
