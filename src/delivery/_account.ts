/**
 * The account of one delivery: whatever happens to a record is done in the outbox, counted, and reported
 * in one place, so that at any moment `emitted + recovered === sent + queued + droppedTotal`. Drops are
 * reported once an event-loop turn, an outage at its start and its end.
 *
 * Browser compatible.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import { callBack } from "../logging/callback.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type { Link } from "./_link.ts";
import { type Batch, PIECE_BYTES, type Progress, type Refusal } from "./batch_writer.ts";
import type { BatchSettings } from "./batcher.ts";
import {
  countOf,
  type DeliveryEvent,
  type DeliveryStats,
  type DropReason,
  ProcessEnd,
} from "./delivery_event.ts";
import type { CheckedDeliveryOptions, WhileDisconnected } from "./delivery_options.ts";
import { type Amount, type Encoder, Outbox } from "./outbox.ts";
import type { DeliveryQueue, Spool } from "./spool.ts";

/** The settings of an {@linkcode Account}. */
export interface AccountSettings
  extends
    Pick<CheckedDeliveryOptions, "maxQueuedBytes" | "maxQueuedRecords" | "overflow">,
    DeliveryListener {
  /** How large batches are. @default as they come, in chunks */
  batch?: BatchSettings | undefined;
  /** Where queued records live. @default in memory */
  spool?: Spool | undefined;
  whileDisconnected?: WhileDisconnected;
  /** The handler, as lines on stderr name it. */
  name: string;
  /** The kind of its records, where one handler may send several. */
  contentType?: string | undefined;
}

/** The receiver of the reports; neither method may throw. */
export interface DeliveryListener {
  /** Called for every event. */
  onEvent(event: DeliveryEvent): void;
  /**
   * Called for an error of a record and, without a record, for every failure of a connection that is
   * no {@linkcode ConnectionError}.
   */
  onFault(error: unknown, record?: LogRecord): void;
}

/** The part of the account that does not depend on the queue. */
type Counts = Pick<
  DeliveryStats,
  "sent" | "sentBytes" | "dropped" | "droppedTotal" | "connects" | "connectFailures"
>;

/** Says whether a listener, of whichever delivery, is running. */
let isReporting = false;

/** The queue, the counters and the reports of one delivery. */
export class Account {
  /** The counters. */
  readonly counts: Counts = {
    sent: 0,
    sentBytes: 0,
    dropped: {
      disconnected: 0,
      overflow: 0,
      tooLarge: 0,
      refused: 0,
      damaged: 0,
      closed: 0,
      error: 0,
    },
    droppedTotal: 0,
    connects: 0,
    connectFailures: 0,
  };
  /** The queue. */
  readonly outbox: DeliveryQueue;
  /** The process ends: what is lost is reported at once. */
  isEnding = false;
  readonly #link: Pick<Link, "yields" | "overflowed">;
  /** Records that were dropped for the one that was queued last. */
  #crowdedOut = 0;
  /** Records that were dropped instead of queued. */
  #turnedAway = 0;
  /** Records that the last write did not take. */
  #leftOver = 0;
  readonly #listener: DeliveryListener;
  readonly #unreported = new Map<DropReason, number>();
  /** Records dropped before the outage that lasts. */
  #outage: number | undefined;
  /** Records that were last reported as lost by the end of the process; a tenth of the first. */
  #lostAtEnd = 0.1;

  /** @param onFull called when a chunk is full, so that waiting for more records gains nothing */
  constructor(
    settings: AccountSettings,
    link: Pick<Link, "yields" | "overflowed">,
    onFull: () => void,
  ) {
    const { maxQueuedBytes, maxQueuedRecords, overflow, batch, spool } = settings;
    this.#listener = settings;
    this.#link = link;
    const options = {
      maxBytes: maxQueuedBytes,
      maxRecords: maxQueuedRecords,
      overflow,
      chunkBytes: batch?.bytes ?? PIECE_BYTES,
      onFull,
      onCrowded: (size: number) => this.#makeRoom(size),
    };
    this.outbox = spool?.makeQueue({ ...settings, ...options }, this) ?? new Outbox(options);
  }

  /** Records that were given to `emit()` so far. */
  get emitted(): number {
    return this.outbox.emitted + this.#turnedAway;
  }

  /** The account of this moment. */
  stats(unacknowledged: number): DeliveryStats {
    const { counts } = this;
    return {
      emitted: this.emitted,
      recovered: this.outbox.recovered,
      ...counts,
      dropped: { ...counts.dropped },
      queued: this.outbox.records,
      queuedBytes: this.outbox.bytes,
      unacknowledged,
    };
  }

  /** Encodes an item to the queue, or drops it; true if older records were dropped for it. */
  append<Item>(item: Item, encoder: Encoder<Item>): boolean {
    const crowding = this.outbox.append(item, encoder);
    if (crowding === undefined) return false;
    if (crowding !== "crowded") this.turnAway(crowding);
    if (crowding === "tooLarge") return false;
    const dropped = this.#crowdedOut + Number(crowding === "overflow");
    if (dropped > 0 && this.#outage === undefined) {
      const error = new Error(`the queue is full (${this.outbox.bytes} bytes)`);
      this.beginOutage(error, this.counts.droppedTotal - dropped);
    }
    return true;
  }

  /** Drops a record instead of queuing it. */
  turnAway(reason: DropReason): void {
    this.#turnedAway++;
    if (this.isEnding) this.#end(reason, 1);
    else this.drop(reason, 1);
  }

  #makeRoom(size: number): void {
    while (!this.outbox.hasRoom(size) && this.#link.yields?.()) this.confirm(1);
    const dropped = this.outbox.makeRoom(size);
    this.drop("overflow", this.#crowdedOut = dropped);
    this.#link.overflowed?.(dropped);
  }

  /** A batch was written so far: that part is sent, and the rest waits again. */
  settle(batch: Batch, { frames, again = [], tooLarge = [] }: Progress): void {
    const bytes = this.outbox.settle(batch, frames, again);
    this.#count(batch, bytes, frames - again.length, tooLarge, "tooLarge");
  }

  /**
   * The other side has acknowledged a batch, but for those records that it refuses, and those that wait
   * `again`; false if it was settled before.
   */
  acknowledge(
    batch: Batch,
    refused: readonly number[] = [],
    { reason, error }: Refusal = { reason: "refused" },
    again: readonly number[] = [],
  ): boolean {
    const records = batch.lengths.length;
    const bytes = this.outbox.settle(batch, records, again);
    this.#count(batch, bytes, records - again.length, new Set(refused), reason);
    if (bytes === undefined) return false;
    if (error !== undefined && !isReporting) queueMicrotask(() => this.#listener.onFault(error));
    return true;
  }

  /** Counts records of a batch as sent, but for those with the numbers `refused`, which are dropped. */
  #count(
    { lengths }: Batch,
    bytes: number | undefined,
    records: number,
    refused: Iterable<number>,
    reason: DropReason,
  ): void {
    if (bytes === undefined) return;
    let lost = 0;
    for (const index of refused) {
      const size = lengths[index];
      if (size === undefined) continue;
      bytes -= size;
      lost++;
    }
    this.#sent({ records: records - lost, bytes });
    this.drop(reason, lost);
  }

  #sent({ records, bytes }: Amount): void {
    this.counts.sent += records;
    this.counts.sentBytes += bytes;
  }

  /** The oldest records that are held, or all of them, are sent. */
  confirm(most: number): void {
    this.#sent(this.outbox.confirm(most));
  }

  /** Drops so many of the oldest records that wait; as a poisonous one, or as those that went twice. */
  discard(records: number, isPoison: boolean): void {
    const bytes = this.outbox.drop(records);
    this.drop(isPoison ? "refused" : "disconnected", records);
    if (isPoison) this.report({ type: "refused", bytes });
  }

  /** Drops all that waits. */
  dropAll(reason: DropReason): void {
    this.drop(reason, this.outbox.clear(reason));
  }

  /** Takes out all that waits, of which `write` takes so many records; the rest is left over. */
  writeLast(write: (batch: Batch) => number): void {
    const batch = this.outbox.drain();
    const { lengths } = batch;
    let records = 0;
    callBack(() => void (records = write(batch)));
    const bytes = lengths.subarray(0, records).reduce((sum, length) => sum + length, 0);
    this.#sent({ records, bytes });
    this.#leftOver = this.outbox.leave(lengths.length - records);
  }

  /** An error may end the process: reports how many records are lost by that. */
  mayEnd(): void {
    const lost = this.#lost + this.outbox.atRisk;
    if (lost > 0) {
      this.beginOutage(new ProcessEnd(`${countOf(lost)} lost if the process ends`));
    }
    if (this.#leftOver > 0) this.#end("closed", this.#leftOver);
  }

  /** The process ends: drops what waits and what is left over. */
  end(): void {
    this.#end("closed", this.#leftOver + this.outbox.clear("closed"));
  }

  /**
   * The process ends, by which `records` more are lost. Reports at once what is unreported, and how
   * many records the outage has lost: again when they are ten times as many.
   */
  #end(reason: DropReason, records: number): void {
    const lost = this.#lost + records;
    this.#leftOver = 0;
    this.drop(reason, records);
    this.#reportDrops();
    if (lost < 10 * this.#lostAtEnd) return;
    this.#lostAtEnd = lost;
    // Nothing is over: what is lost later is added to these.
    this.#outage ??= this.counts.droppedTotal - lost;
    this.report({ type: "exit", lost });
  }

  /** Records dropped since the outage began, if one lasts. */
  get #lost(): number {
    const { droppedTotal } = this.counts;
    return droppedTotal - (this.#outage ?? droppedTotal);
  }

  /** Counts records as dropped, and reports them. */
  drop(reason: DropReason, records: number): void {
    if (records === 0) return;
    this.counts.dropped[reason] += records;
    this.counts.droppedTotal += records;
    // Listeners that log, each to the other's handler too, must not do so in an endless round.
    if (isReporting) return;
    if (this.#unreported.size === 0) queueMicrotask(this.#reportDrops);
    this.#unreported.set(reason, (this.#unreported.get(reason) ?? 0) + records);
  }

  readonly #reportDrops = (): void => {
    const unreported = [...this.#unreported];
    this.#unreported.clear();
    for (const [reason, records] of unreported) this.report({ type: "dropped", reason, records });
  };

  /**
   * An outage begins, unless one lasts; also if one lasts where the process may end. The records
   * dropped since there were `droppedBefore` are counted as lost in it.
   */
  beginOutage(error: unknown, droppedBefore: number = this.counts.droppedTotal): void {
    if (this.#outage !== undefined && !(error instanceof ProcessEnd)) return;
    this.#outage ??= droppedBefore;
    this.report({ type: "outage", error });
  }

  /** The outage is over, if one lasts; one that was reported at the end of the process is not. */
  endOutage(): void {
    if (this.#outage === undefined || this.isEnding) return;
    const lost = this.#lost;
    this.#outage = undefined;
    this.report({ type: "outage-over", lost });
  }

  /** Reports an event. */
  report(event: DeliveryEvent): void {
    const outer = isReporting;
    isReporting = true;
    this.#listener.onEvent(event);
    isReporting = outer;
  }

  /** Reports the end of a connection or a dial, and an error that is not of the expected kind. */
  reportEnd(event: DeliveryEvent & { error: unknown }): void {
    this.report(event);
    const { error } = event;
    if (error !== undefined && !(error instanceof ConnectionError)) this.#listener.onFault(error);
  }
}
