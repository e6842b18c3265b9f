/**
 * A turn of the event loop of Deno, Bun and Node.
 *
 * @module
 */

/** Resolves when timers, sockets and immediates have had their turn. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setImmediate(resolve), 0));
}
