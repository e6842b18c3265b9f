/**
 * Accepts connections for a runtime that hands over one at a time.
 *
 * Browser compatible.
 *
 * @module
 */

/** The pause after an accept that failed, so that a lack of file descriptors is no busy loop. */
const RETRY_MS = 100;

/** Calls `accept` until `isOpen` says no; resolves when the last call has ended. */
export async function acceptLoop(
  accept: () => Promise<void>,
  isOpen: () => boolean,
): Promise<void> {
  while (isOpen()) {
    try {
      await accept();
    } catch {
      if (isOpen()) await new Promise<void>((resolve) => void setTimeout(resolve, RETRY_MS));
    }
  }
}
