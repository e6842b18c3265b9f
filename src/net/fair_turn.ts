/**
 * Waits for a turn of the event loop, so that timers and sockets get theirs: after a promise that is
 * resolved already only other promises go on.
 *
 * Browser compatible: `setImmediate` is taken where there is one, as it does not wait a millisecond.
 *
 * @module
 */
const { setImmediate: immediately } = globalThis as {
  setImmediate?: (callback: () => void) => unknown;
};

/**
 * The waits, in the order of the calls. One ends in a turn: between two turns a runtime accepts one
 * connection and runs timers, which must not wait for hundreds of senders.
 */
const waiting: (() => void)[] = [];

/** Resolves in a turn of the event loop to come: the next one, unless others wait already. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) schedule();
  });
}

function schedule(): void {
  if (immediately === undefined) setTimeout(release, 0);
  else immediately(release);
}

function release(): void {
  const next = waiting.shift();
  if (waiting.length > 0) schedule();
  next?.();
}
