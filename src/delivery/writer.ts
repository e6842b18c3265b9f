/**
 * What a delivery writes batches to: one face for byte streams and datagram sockets, so that one
 * link and one pump serve both.
 *
 * Browser compatible.
 *
 * @module
 */
import type { Batch } from "./outbox.ts";
import type { ConnectionError } from "../net/connection_error.ts";
import type { WaitOptions } from "../net/connector.ts";
import type { DropReason } from "./delivery_event.ts";

/**
 * The most bytes of one write to a stream: 64 KiB within 30 s are 17 kbit/s, so what is slower has
 * stopped.
 */
export const PIECE_BYTES = 65536;

/** How far a batch has come. */
export interface Progress {
  /** Frames, counted from the first, that are done with: taken by the kernel or refused by it. */
  frames: number;
  /** The numbers of those among them that failed and are to be sent again. */
  again: readonly number[];
  /** Those among them that were too large to send. */
  tooLarge: number;
  /** The bytes of those. */
  tooLargeBytes: number;
  /** Those among them that the other side refuses for good, if there are any. */
  refused?: Refusal;
  /** The frames that are not done with go again as two batches. */
  splits?: boolean;
}

/** Records that are dropped because the other side refuses them. */
export interface Refusal {
  frames: number;
  bytes: number;
  /** The reason that they are counted under. */
  reason: DropReason;
  /** Why; `undefined` where that is not to be reported. */
  error: unknown;
  /** It refuses whatever comes: all that is queued is dropped with them. */
  all?: boolean;
}

/** A batch that has not come anywhere yet. */
export const NOTHING: Progress = { frames: 0, again: [], tooLarge: 0, tooLargeBytes: 0 };

/** An open way out; one {@linkcode Outlet.write} at a time. */
export interface Outlet {
  /**
   * Resolves when the whole batch is done with; `undefined`: it is already. Rejects, or throws, when
   * the way out is broken.
   */
  write(batch: Batch): Promise<void> | undefined;
  /**
   * Tries a batch that is under way once more; whether that was the last of it. Absent: that is of no
   * use.
   */
  retry?(batch: Batch): boolean;
  /** How far the batch that was last written has come; true after a rejection as well. */
  progress(batch: Batch): Progress;
  /**
   * Writes what fits without waiting, behind a write under way; the number of frames taken. Absent:
   * nothing can be written without waiting.
   */
  writeSync?(batch: Batch): number;
  /**
   * It was opened without asking anybody: only once it has taken something is it known to lead
   * somewhere, and if it breaks before that it was a dial that failed.
   */
  readonly isUnproven?: boolean;
  /**
   * Set when it breaks because the other side wants to be left alone: for so many seconds, from 0, at
   * least, and as long as the back-off says.
   */
  readonly holdSeconds?: number | undefined;
  /** How long a write may take, in milliseconds, where the way out has a bound of its own. */
  readonly writeTimeoutMs?: number;
  /**
   * Settles when the way out is over, with the reason. `undefined` where what was written is settled
   * by that or by an answer: for datagrams, HTTP and mail.
   */
  readonly closed: Promise<ConnectionError | undefined> | undefined;
  /** Called when a part of a write under way was taken. */
  onProgress?: (() => void) | undefined;
  /**
   * The first bytes that the other side sends, or `undefined` if it ends without any; never rejects.
   * Absent: they are read and judged by the way out itself.
   */
  firstBytes?(): Promise<Uint8Array | undefined>;
  /** Releases it; never rejects. */
  close(options?: WaitOptions): Promise<void>;
  /** From now on it does not hold the process open. Absent: it never does. */
  unref?(): void;
}

/** A socket of somebody's own that cannot even be closed is let go all the same. */
export async function released(close: () => Promise<void>): Promise<void> {
  try {
    await close();
  } catch {
    // Contracts say that this does not happen.
  }
}
