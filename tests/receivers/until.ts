import type { VirtualClock } from "../../src/testing/_virtual_clock.ts";

/** Lets the program go on, on a clock that stands still, until something is so. */
export async function until(clock: VirtualClock, condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 10_000) throw new Error(`never came true: ${condition}`);
    await clock.advance();
  }
}
