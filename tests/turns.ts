/** Waits for turns of the event loop. Imports nothing of a runtime, as workers use it too. */

/**
 * Resolves after so many turns of the event loop, each with a timer of a millisecond, the least that
 * every runtime waits. Work that is due runs meanwhile; a longer time guarantees no more.
 */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => void setTimeout(resolve, 1));
}
