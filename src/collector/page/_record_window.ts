/**
 * The records that the page holds: a part of all that match, in their order, with a gap where
 * records between two others are not loaded. It is bounded: what is added at one end removes from
 * the other one.
 */
import type { Entry } from "./_collector_api.ts";

/** Records that are not loaded, between two that are. */
export interface Gap {
  /** Unlike the key of any record. */
  key: string;
  /** Their number; null if it is not known. */
  count: number | null;
}

/** A row of the list. */
export type Row = Entry | Gap;

/** True for a gap. */
export function isGap(row: Row): row is Gap {
  return "key" in row;
}

/** The key of a row, which no other one of a window has. */
export function keyOf(row: Row): string {
  if (isGap(row)) return row.key;
  return row.id === undefined ? `file ${row.cursor}` : String(row.id);
}

/** The numbers of rows added and removed at an end, so that a view can stay where it is. */
export interface WindowChange {
  added: number;
  removed: number;
}

/** A bounded list of rows. */
export class RecordWindow {
  #rows: Row[] = [];
  #gaps = 0;
  readonly #most: number;

  /** False if there is no older record that matches. */
  moreBefore = false;
  /** False if every newer record that matches reaches the window by `append()`. */
  moreAfter = false;

  /** @param most The most rows that it holds: as many entries fit into the memory of a phone. */
  constructor(most = 5000) {
    this.#most = most;
  }

  /** The rows, oldest first. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The most rows that it holds. */
  get most(): number {
    return this.#most;
  }

  /** The number of records that are known to be missing in gaps. */
  get leftOut(): number {
    return this.#rows.reduce((sum, row) => sum + (isGap(row) ? row.count ?? 0 : 0), 0);
  }

  /** The number of records that it holds. */
  get size(): number {
    return this.#rows.reduce((sum, row) => sum + (isGap(row) ? 0 : 1), 0);
  }

  /** The first record's id. */
  get firstId(): number | undefined {
    return this.#rows.find((row): row is Entry => !isGap(row) && row.id !== undefined)?.id;
  }

  /** The last record's id. */
  get lastId(): number | undefined {
    return this.#rows.findLast((row): row is Entry => !isGap(row) && row.id !== undefined)?.id;
  }

  /** The place of the row with this key; -1 if there is none. */
  indexOf(key: string): number {
    return this.#rows.findIndex((row) => keyOf(row) === key);
  }

  /** Replaces all rows. */
  reset(entries: readonly Entry[], more: { before: boolean; after: boolean }): void {
    this.#rows = entries.slice(-this.#most);
    this.moreBefore = more.before || entries.length > this.#most;
    this.moreAfter = more.after;
  }

  /** Adds newer records; those that it has are left out. A gap of `skipped` lies before them. */
  append(entries: readonly Entry[], skipped: number | null = 0): WindowChange {
    const last = this.lastId ?? -Infinity;
    const fresh: Row[] = entries.filter(({ id }) => id === undefined || id > last);
    if (skipped !== 0) fresh.unshift(this.#gap(skipped));
    const rows = [...this.#rows, ...fresh];
    let from = Math.max(rows.length - this.#most, 0);
    // A gap at the start says no more than `moreBefore`.
    while (from < rows.length && isGap(rows[from]!)) from++;
    this.#rows = rows.slice(from);
    if (from > 0) this.moreBefore = true;
    return { added: fresh.length, removed: from };
  }

  /** Adds older records. */
  prepend(entries: readonly Entry[], more: boolean): WindowChange {
    const first = this.firstId ?? Infinity;
    const fresh = entries.filter(({ id }) => id === undefined || id < first).slice(-this.#most);
    this.#rows.unshift(...fresh);
    this.moreBefore = more;
    const removed = Math.max(this.#rows.length - this.#most, 0);
    if (removed > 0) {
      this.#rows.splice(this.#most);
      this.moreAfter = true;
    }
    return { added: fresh.length, removed };
  }

  /** The id after which the records of a gap lie. */
  beforeGap(key: string): number | undefined {
    const place = this.indexOf(key);
    const previous = this.#rows[place - 1];
    return previous === undefined || isGap(previous) ? undefined : previous.id;
  }

  /** Puts the first records of a gap into it. The gap goes once no more records are in it. */
  fill(key: string, entries: readonly Entry[], more: boolean): WindowChange {
    const place = this.indexOf(key);
    const gap = this.#rows[place];
    if (gap === undefined || !isGap(gap)) return { added: 0, removed: 0 };
    const next = this.#rows[place + 1];
    const end = next === undefined || isGap(next) ? Infinity : next.id ?? Infinity;
    const fresh: Row[] = entries.filter(({ id }) => id !== undefined && id < end);
    const isFilled = !more || fresh.length < entries.length;
    const rest = gap.count === null ? null : Math.max(gap.count - fresh.length, 0) || null;
    if (!isFilled) fresh.push({ key, count: rest });
    this.#rows.splice(place, 1, ...fresh);
    const removed = Math.max(this.#rows.length - this.#most, 0);
    if (removed > 0) {
      this.#rows.splice(this.#most);
      this.moreAfter = true;
    }
    return { added: fresh.length - 1, removed };
  }

  #gap(count: number | null): Gap {
    return { key: `gap ${++this.#gaps}`, count };
  }
}
