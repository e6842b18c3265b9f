/**
 * The contract between a receiver and the server that listens for it: the receiver gives the server
 * a pipeline for the bytes that arrive, and says when to start and when to stop.
 *
 * Browser compatible.
 *
 * @module
 */

/**
 * A kernel hands over at once what it holds, so a stopping server takes so many milliseconds of
 * silence for the end.
 */
export const QUIET_MS = 200;

/** Listens for senders, and passes their bytes to a pipeline. */
export interface RecordServer {
  /** The address that it listens at; before `open()` the one that it was given. */
  readonly address: { hostname: string; port: number } | { path: string };
  /**
   * Starts listening; rejects with a `ConnectionError`. An error that ends the listening socket
   * later goes to `failed`, unless `stopping` is aborted.
   */
  open(stopping: AbortSignal, failed: (error: unknown) => void): Promise<void>;
  /**
   * Accepts no new sender, handles what has arrived, for `timeoutMs` milliseconds at most, and
   * closes every socket. Never rejects.
   */
  shut(timeoutMs: number): Promise<void>;
}
