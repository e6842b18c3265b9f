/**
 * The {@linkcode Clock} of the runtime itself, by the timers that every runtime has.
 * A timer does not hold the process open, where the runtime has timers that can be `unref`ed.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Clock } from "./connector.ts";

/** The runtime's own time and timers. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  setTimeout(callback: () => void, ms: number): unknown {
    const id: unknown = setTimeout(callback, ms);
    (id as { unref?(): void }).unref?.();
    return id;
  },
  clearTimeout(id: unknown): void {
    clearTimeout(id as number);
  },
};
