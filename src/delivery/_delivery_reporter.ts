/**
 * What a delivery tells, and when: drops once a turn, an outage at its start and its end, and
 * nothing while a record is on its way into the queue, since who listens may log.
 *
 * Browser compatible.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { ConnectionError } from "../net/connection_error.ts";
import type { DeliveryCounters } from "./_counters.ts";
import { countOf, type DeliveryEvent, type DropReason, ProcessEnd } from "./delivery_event.ts";

/** Who is told; neither may throw. */
export interface DeliveryListener {
  /** Hears of everything. */
  onEvent(event: DeliveryEvent): void;
  /**
   * Hears of what goes wrong with a record, and, without one, of every failure of a connection that
   * is no {@linkcode ConnectionError}.
   */
  onFault(error: unknown, record?: LogRecord): void;
}

/** Whether a listener, of whichever delivery, is being told of something. */
let isTelling = false;

/** The news of one delivery. */
export class DeliveryNews {
  readonly #listener: DeliveryListener;
  readonly #counters: DeliveryCounters;
  readonly #untold = new Map<DropReason, number>();
  /** What is to be told once the record at hand is queued. */
  #held: (() => void)[] | undefined;
  /** Records dropped before the outage that lasts. */
  #outage: number | undefined;
  /** Records that the end of the process was last said to cost; a tenth of the first. */
  #lostAtEnd = 0.1;

  constructor(listener: DeliveryListener, counters: DeliveryCounters) {
    this.#listener = listener;
    this.#counters = counters;
  }

  /** Whether an outage lasts. */
  get isOutage(): boolean {
    return this.#outage !== undefined;
  }

  /** Records dropped since the outage began, if one lasts. */
  get #lost(): number {
    const { droppedTotal } = this.#counters;
    return droppedTotal - (this.#outage ?? droppedTotal);
  }

  /** Counts records as dropped, and tells of them. */
  drop(reason: DropReason, records: number): void {
    if (records === 0) return;
    this.#counters.drop(reason, records);
    // Listeners that log, each to the other's handler too, must not do so in an endless round.
    if (isTelling) return;
    if (this.#untold.size === 0) queueMicrotask(this.#tellDrops);
    this.#untold.set(reason, (this.#untold.get(reason) ?? 0) + records);
  }

  /** Counts records as dropped because the other side refuses them, and tells why if that is given. */
  refused(reason: DropReason, records: number, error: unknown): void {
    this.drop(reason, records);
    if (error !== undefined && !isTelling) queueMicrotask(() => this.#listener.onFault(error));
  }

  /** Drops a record of so many bytes, since connections end upon it. */
  refuse(bytes: number): void {
    this.drop("refused", 1);
    this.tell({ type: "refused", bytes });
  }

  readonly #tellDrops = (): void => {
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const [reason, records] of untold) this.tell({ type: "dropped", reason, records });
  };

  /** An outage begins, unless one lasts, or the process may end: what was dropped since `droppedBefore` belongs to it. */
  beginOutage(error: unknown, droppedBefore: number = this.#counters.droppedTotal): void {
    if (this.#outage !== undefined && !(error instanceof ProcessEnd)) return;
    this.#outage ??= droppedBefore;
    this.tell({ type: "outage", error });
  }

  /** The outage is over, if one lasts. */
  endOutage(): void {
    if (this.#outage === undefined) return;
    const lost = this.#lost;
    this.#outage = undefined;
    this.tell({ type: "outage-over", lost });
  }

  /** An error may end the process with so many records queued. */
  mayEnd(records: number): void {
    const lost = this.#lost + records;
    if (lost === 0) return;
    this.beginOutage(new ProcessEnd(`${countOf(lost)} lost if the process ends`));
  }

  /**
   * The process ends, which costs `records` more. Tells at once what is still to be told, and how many
   * records the outage costs: again when they are ten times as many.
   */
  end(reason: DropReason, records: number): void {
    const lost = this.#lost + records;
    this.drop(reason, records);
    this.#tellHeld();
    this.#tellDrops();
    if (lost < 10 * this.#lostAtEnd) return;
    this.#lostAtEnd = lost;
    this.beginOutage(new ProcessEnd("the process ends"), this.#counters.droppedTotal - lost);
    this.tell({ type: "outage-over", lost });
  }

  /** Tells an event. */
  tell(event: DeliveryEvent): void {
    if (this.#held !== undefined) return void this.#held.push(() => this.tell(event));
    const outer = isTelling;
    isTelling = true;
    this.#listener.onEvent(event);
    isTelling = outer;
  }

  /** Tells an error of a connection, if it is not one of those that are expected. */
  tellFault(error: unknown): void {
    if (error === undefined || error instanceof ConnectionError) return;
    if (this.#held !== undefined) return void this.#held.push(() => this.tellFault(error));
    this.#listener.onFault(error);
  }

  /** Does something, and tells what comes of it after the present turn. */
  tellingLater(action: () => void): void {
    const outer = this.#held;
    this.#held ??= [];
    action();
    if (outer !== undefined) return;
    if (!this.#held?.length) this.#held = undefined;
    else queueMicrotask(this.#tellHeld);
  }

  readonly #tellHeld = (): void => {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) tell();
  };
}
