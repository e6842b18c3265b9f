/** The facts that tests of the two machines report with an event. */
import type { LinkFacts } from "../../src/delivery/_link.ts";

/** A stream without acknowledgements. */
export const plain: LinkFacts["writer"] = { acknowledges: false };

/** The facts of a delivery with an empty queue, but for those that are given. */
export function facts(more: Partial<LinkFacts> = {}): LinkFacts {
  return {
    now: 0,
    queued: 0,
    waiting: 0,
    bytes: 0,
    heldBytes: 0,
    unacknowledged: 0,
    flushing: 0,
    sent: 0,
    writing: 0,
    done: 0,
    writer: plain,
    error: undefined,
    dialledAt: 0,
    ...more,
  };
}
