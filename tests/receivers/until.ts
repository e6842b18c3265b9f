import type { VirtualClock } from "../../src/testing/_virtual_clock.ts";

/** Lets the program run, while the clock stands still, until the condition is true. */
export async function until(clock: VirtualClock, condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 10_000) throw new Error(`never came true: ${condition}`);
    await clock.advance();
  }
}
