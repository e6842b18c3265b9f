/** Waits for what nothing tells: a file that another program writes, a handler's state. */
import { setTimeout as sleep } from "node:timers/promises";

/** How long anything that a test waits for may take. */
export const LIMIT_MS = 20_000;
/** How often it is looked at. */
const POLL_MS = 5;

/** Resolves once the condition holds; rejects with what `explain` says if that takes too long. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  explain: () => string,
): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${explain()}`);
    await sleep(POLL_MS);
  }
}
