/**
 * Counts records and reports delivery events: drops once an event-loop turn, an outage at its start and
 * its end.
 *
 * Browser compatible.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { LogRecord } from "../logging/log_record.ts";
import type { Batch } from "./batch_writer.ts";
import {
  countOf,
  type DeliveryEvent,
  type DeliveryStats,
  type DropReason,
  ProcessEnd,
} from "./delivery_event.ts";
import type { Amount } from "./outbox.ts";

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

/** The counters and the reports of one delivery. */
export class DeliveryReporter {
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
  readonly #listener: DeliveryListener;
  readonly #unreported = new Map<DropReason, number>();
  /** Records dropped before the outage that lasts. */
  #outage: number | undefined;
  /** Records that were last reported as lost by the end of the process; a tenth of the first. */
  #lostAtEnd = 0.1;

  constructor(listener: DeliveryListener) {
    this.#listener = listener;
  }

  /** Says whether an outage lasts. */
  get isOutage(): boolean {
    return this.#outage !== undefined;
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

  /** Counts records as sent. */
  count({ records, bytes }: Amount): void {
    this.counts.sent += records;
    this.counts.sentBytes += bytes;
  }

  /**
   * Counts records of a batch as dropped that was counted as sent, as the other side refuses them, and
   * reports the error, if there is one.
   */
  refuse(
    { lengths }: Batch,
    indices: readonly number[],
    reason: DropReason,
    error?: unknown,
  ): void {
    const sizes = indices.map((index) => lengths[index]).filter((size) => size !== undefined);
    for (const size of sizes) this.count({ records: -1, bytes: -size });
    this.drop(reason, sizes.length);
    if (error !== undefined && !isReporting) queueMicrotask(() => this.#listener.onFault(error));
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

  /** The outage is over, if one lasts. */
  endOutage(): void {
    if (this.#outage === undefined) return;
    const lost = this.#lost;
    this.#outage = undefined;
    this.report({ type: "outage-over", lost });
  }

  /** An error may end the process with so many records queued. */
  mayEnd(records: number): void {
    const lost = this.#lost + records;
    if (lost === 0) return;
    this.beginOutage(new ProcessEnd(`${countOf(lost)} lost if the process ends`));
  }

  /**
   * The process ends, by which `records` more are lost. Reports at once what is unreported, and how
   * many records the outage has lost: again when they are ten times as many.
   */
  end(reason: DropReason, records: number): void {
    const lost = this.#lost + records;
    this.drop(reason, records);
    this.#reportDrops();
    if (lost < 10 * this.#lostAtEnd) return;
    this.#lostAtEnd = lost;
    this.beginOutage(new ProcessEnd("the process ends"), this.counts.droppedTotal - lost);
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
