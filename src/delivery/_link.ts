/**
 * The language between a delivery's driver and the machine that decides for it: the driver reports
 * events with the facts of the moment, and does the actions that the machine answers with.
 *
 * Browser compatible: no clock, no I/O.
 *
 * @module
 */
import type { Backoff } from "./_backoff.ts";
import type { DetailedWriter } from "./batch_writer.ts";
import type { DropReason } from "./delivery_event.ts";

/**
 * The events that the driver reports.
 *
 * - `wanted`: a connection is wanted: a record was queued that may dial, or a flush began
 * - `opened`, `failed`: a dial succeeded, or failed
 * - `written`: a batch was written; `progress`: a part of a pending write was taken
 * - `settled`: the other side acknowledged a batch
 * - `ended`: the connection ended
 * - `late`: a write is still pending, long after the other side's end was seen
 * - `closed`: the connection is closed, which this side began
 * - `due`, `tick`: the retry timer or the probation timer fired
 * - `disconnect`: the program wants the connection closed
 * - `cut`: the signal of the flush that dialled was aborted
 * - `lastFlush`, `lastFlushOver`: the last flush begins, and ends
 * - `emptied`: all that waited was dropped
 * - `close`: the handler is closed for good
 * - `loopEmpty`: the event loop is empty, for the first time since a record came; `loopEmptyAgain`:
 *   again and again, so nothing may be begun
 * - `exit`, `mayExit`: the process ends, or may end; `exit` again behind each record that comes then
 */
export type LinkEvent =
  | "wanted"
  | "opened"
  | "failed"
  | "written"
  | "progress"
  | "settled"
  | "ended"
  | "late"
  | "closed"
  | "due"
  | "tick"
  | "disconnect"
  | "cut"
  | "lastFlush"
  | "lastFlushOver"
  | "emptied"
  | "close"
  | "loopEmpty"
  | "loopEmptyAgain"
  | "exit"
  | "mayExit";

/** The facts of the moment. */
export interface LinkFacts {
  /** Seconds since the epoch. */
  now: number;
  /** Records queued, in flight included; of them those that wait to be written; and their bytes. */
  queued: number;
  waiting: number;
  bytes: number;
  /** Bytes that a young stream has carried, those of the batch at hand included. */
  heldBytes: number;
  /** Records that were written and are not acknowledged. */
  unacknowledged: number;
  /** Flushes that wait. */
  flushing: number;
  /** Records sent, ever. */
  sent: number;
  /** Records of the batch that is being written, or was written last; and how many of it are done. */
  writing: number;
  done: number;
  /** The connection, if there is one. */
  writer: Pick<
    DetailedWriter,
    | "acknowledges"
    | "isConnectionless"
    | "isUnproven"
    | "writeTimeoutMs"
    | "holdSeconds"
    | "writeSync"
  >;
  /** The error that ended the dial or the connection. */
  error: unknown;
  /** `failed`: when the dial began. */
  dialledAt: number;
}

/** The actions of the driver, with their parameters. */
export interface LinkActions {
  /** Begins one dial. */
  dial(): void;
  /** Writes the next batch, of as many records as are allowed. */
  write(): void;
  /** Sets the time-out of the pending write anew. */
  watch(): void;
  /** Sets the retry timer, by the back-off. */
  retry(): void;
  /** Sets the probation timer. */
  tick(ms: number): void;
  /** Sets the time-out of a pending write whose other side has ended. */
  grace(): void;
  /** Accounts for the batch as far as it was taken. */
  settle(): void;
  /** Holds the batch that was written. */
  hold(): void;
  /** So many of the oldest held records count as sent. */
  confirm(records: number): void;
  /** Everything that was written and is not settled waits again. */
  restore(): void;
  /** Drops so many of the oldest waiting records; as a poisonous one, or as those that went twice. */
  discard(records: number, isPoison: boolean): void;
  /** Drops all that waits. */
  drop(reason: DropReason): void;
  /** Parts with the connection, or the dial: closes it in order or at once. */
  part(isAtOnce: boolean): void;
  /** Closes the connection in order, and reports `closed` when that is done or its time is up. */
  halfClose(): void;
  /** Parts with a connection whose request is dead, without touching it. */
  forget(): void;
  /** Parts with the connection as the handler closes: in order, unless a write is pending. */
  release(): void;
  /** Counts and reports that the other side is there. */
  connected(): void;
  /** Records got through: an outage may be over. */
  progress(): void;
  /** An outage begins, unless one lasts; with the records that this very event has dropped, or without. */
  outage(isWithDrops: boolean): void;
  /** Reports that a dial failed. */
  failed(): void;
  /** Reports that the connection ended, with so many records that had been written to it. */
  disconnected(unconfirmed: number): void;
  /** Resolves the flushes that are done, or all of them. */
  wake(isAll: boolean): void;
  /** Begins no request until the next turn of the event loop. */
  rest(): void;
  /** Flushes, within `closeTimeoutMs`. */
  flush(): void;
  /** Writes without waiting what it can, and drops the rest of what waits. */
  writeLast(): void;
  /** Reports how many records are lost if the process ends. */
  mayEnd(): void;
  /** Drops all that is queued, and reports it, as the process ends. */
  end(): void;
}

/** The name of an action, and its parameters. */
export type LinkAction = {
  [Name in keyof LinkActions]: readonly [Name, ...Parameters<LinkActions[Name]>];
}[keyof LinkActions];

/** The actions that an event leads to, in this order. */
export type Answer = readonly LinkAction[];

/** The answers of a machine; an event that is not there leads to nothing. */
export type Answers = { readonly [Event in LinkEvent]?: (facts: LinkFacts) => Answer };

/**
 * The next step of a flush.
 *
 * - `wait`: waits until its records are done with
 * - `dial`: dials, and asks again when that connection is over
 * - `pause`: asks again after a pause
 * - `again`: asks again
 * - `stop`: gives up
 */
export type FlushStep = "wait" | "dial" | "pause" | "again" | "stop";

/** A flush, as its machine knows it. */
export interface Asking {
  /** No later flush follows, so the back-off does not count. */
  readonly isLast: boolean;
  /** Failed dials when the flush began; the machine sets it. */
  failures?: number;
}

/** Decides what happens to a delivery's connections and records. */
export interface Link {
  readonly backoff: Backoff;
  /**
   * The consequence of a queued record: it is written at the end of the turn (`write`), it waits
   * (`wait`), or that depends (`ask`): {@linkcode refusal} says whether it is queued at all.
   */
  readonly whenQueued: "write" | "wait" | "ask";
  /** The answer to `written` while it is the same each time, so that the facts need not be looked at. */
  readonly whenWritten?: Answer | undefined;
  /** How many records may be written now. */
  readonly allowed: number;
  /** The time-out of a write, in milliseconds; `undefined`: it has one of its own. */
  readonly writeMs: number | undefined;
  /** Why a record is not queued now; `dials`: it may lead to a dial. */
  refusal?(now: number, dials: boolean): DropReason | undefined;
  /** Says whether one of the held records may be counted as sent, so that there is room for another. */
  yields?(): boolean;
  /** So many of the oldest records that wait were dropped for room. */
  overflowed?(records: number): void;
  /** Decides upon an event. */
  on(event: LinkEvent, facts: LinkFacts): Answer;
  /** Decides for a flush: the next step, behind some actions. */
  flush(asking: Asking, facts: LinkFacts): readonly [FlushStep, Answer];
}

/** An answer without actions. */
export const NOTHING: Answer = [];

/** A record is poison after so many connections that ended upon it; fewer could be chance. */
export const POISON_STREAMS = 3;
