/**
 * Waits for a state that no event announces: a file that another program writes, a counter. Imports
 * nothing of a runtime, as workers use it too.
 */
import type { VirtualClock } from "../src/testing/_virtual_clock.ts";
import { turns } from "./turns.ts";

/** The longest wait of a test. */
export const LIMIT_MS = 20_000;

/** Resolves once the condition holds; rejects with what `explain` returns after `LIMIT_MS`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  explain: () => string,
): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${explain()}`);
    await turns(5);
  }
}

/** Lets the program go on, on a clock that stands still, until the condition holds. */
export async function advanceUntil(clock: VirtualClock, condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn > 10_000) throw new Error(`never came true: ${condition}`);
    await clock.advance();
  }
}
