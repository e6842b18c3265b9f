/**
 * The records that the page can show, in memory, in the order of their arrival. Their bytes are
 * bounded: for a new record the oldest ones are forgotten, and counted.
 *
 * @module
 */
import type { LogRecord } from "../logging/log_record.ts";
import { keepRecord, type KeptRecord, type RecordOrigin, SharedNames } from "./_kept_record.ts";
import type { RecordFilter } from "./_record_filter.ts";

/** 64 MiB: two hundred thousand records of usual size. */
export const DEFAULT_MAX_BYTES: number = 64 * 1024 * 1024;

/** Forgotten records leave gaps in the list, which is packed when it has so many. */
const MAX_GAP = 16_384;

/** The names that kept records have, each with how many have it. */
export interface NameCount {
  readonly name: string;
  readonly count: number;
}

/** The names that kept records have, the most frequent first. */
export interface KeptNames {
  readonly loggers: NameCount[];
  readonly hosts: NameCount[];
  readonly levels: (NameCount & { readonly levelno: number })[];
  readonly fields: string[];
  /** True: there are more names than the answer has. */
  readonly more?: true;
}

/** A search through the kept records. */
export interface Scan {
  readonly filter: RecordFilter;
  /** The id of the first record that is looked at. */
  readonly from: number;
  /** 1: to newer ones; -1: to older ones. */
  readonly step: 1 | -1;
  /** The most records that are looked at. */
  readonly maxScanned: number;
  /** The most records that are found. */
  readonly limit: number;
}

/** The result of a part of a search. */
export interface Scanned {
  /** The records that were found, in the order of the search. */
  readonly records: KeptRecord[];
  /** The id of the record to go on with. */
  readonly next: number;
  /** The number of records that were looked at. */
  readonly scanned: number;
  /** True: there is no record to go on with. */
  readonly isOver: boolean;
}

/** Keeps records; see the module. */
export class RecordStore {
  /** The records that were added so far. */
  added = 0;
  /** The records that were forgotten so far. */
  forgotten = 0;
  /** The bytes of the kept records, about. */
  bytes = 0;
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #names = new SharedNames();
  /** The kept records, from `#head` on. */
  #records: (KeptRecord | undefined)[] = [];
  #head = 0;
  readonly #loggers = new Map<string, number>();
  readonly #hosts = new Map<string, number>();
  readonly #levels = new Map<string, { levelno: number; count: number }>();

  /**
   * Keeps records of at most `maxBytes`.
   *
   * @param now returns milliseconds since the epoch
   */
  constructor(maxBytes: number = DEFAULT_MAX_BYTES, now: () => number = Date.now) {
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /** Keeps a record, and forgets old ones for it. Returns its id. Never throws. */
  add(record: LogRecord, origin: RecordOrigin): number {
    const kept = keepRecord(record, origin, this.#now(), this.#names);
    kept.id = ++this.added;
    this.bytes += kept.size;
    this.#records.push(kept);
    count(this.#loggers, kept.logger, 1);
    count(this.#hosts, kept.host, 1);
    this.#countLevel(kept, 1);
    // The newest record stays, even if it is larger than all that may be kept.
    while (this.bytes > this.#maxBytes && this.kept > 1) this.#forget();
    return kept.id;
  }

  /** The number of kept records. */
  get kept(): number {
    return this.#records.length - this.#head;
  }

  /** The id of the oldest kept record; null if there is none. */
  get oldest(): number | null {
    return this.kept === 0 ? null : this.added - this.kept + 1;
  }

  /** The id of the newest kept record; null if there is none. */
  get newest(): number | null {
    return this.kept === 0 ? null : this.added;
  }

  /** The record with this id; `undefined` if it is not kept. */
  get(id: number): KeptRecord | undefined {
    const at = id - (this.added - this.kept + 1);
    return at >= 0 ? this.#records[this.#head + at] : undefined;
  }

  /** Searches a part of the records; the caller goes on from `next` when others had their turn. */
  scan({ filter, from, step, maxScanned, limit }: Scan): Scanned {
    const records: KeptRecord[] = [];
    // A search begins at a record that is kept.
    let next = step > 0 ? Math.max(from, this.oldest ?? from) : Math.min(from, this.added);
    let scanned = 0;
    while (scanned < maxScanned && records.length < limit) {
      const kept = this.get(next);
      if (kept === undefined) return { records, next, scanned, isOver: true };
      scanned++;
      next += step;
      if (filter.matches(kept)) records.push(kept);
    }
    return { records, next, scanned, isOver: this.get(next) === undefined };
  }

  /** Returns the names that kept records have, at most `max` of a kind. */
  names(max = 1000): KeptNames {
    const listed = (counts: ReadonlyMap<string, number>) =>
      [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
    const loggers = listed(this.#loggers);
    const hosts = listed(this.#hosts);
    const levels = [...this.#levels].map(([name, { levelno, count }]) => ({ name, levelno, count }))
      .sort((a, b) => a.levelno - b.levelno);
    const isCut = [loggers, hosts, levels].some(({ length }) => length > max) ||
      this.#names.hasMoreFields;
    return {
      loggers: loggers.slice(0, max),
      hosts: hosts.slice(0, max),
      levels: levels.slice(0, max),
      fields: [...this.#names.fields].sort(),
      ...isCut && { more: true },
    };
  }

  #forget(): void {
    const oldest = this.#records[this.#head]!;
    this.#records[this.#head++] = undefined;
    this.bytes -= oldest.size;
    this.forgotten++;
    count(this.#loggers, oldest.logger, -1);
    count(this.#hosts, oldest.host, -1);
    this.#countLevel(oldest, -1);
    if (this.#head > MAX_GAP && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }

  #countLevel({ level, levelno }: KeptRecord, by: 1 | -1): void {
    const known = this.#levels.get(level);
    if (known === undefined) this.#levels.set(level, { levelno, count: by });
    else if (known.count + by === 0) this.#levels.delete(level);
    else known.count += by;
  }
}

function count(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const now = (counts.get(name) ?? 0) + by;
  if (now === 0) counts.delete(name);
  else counts.set(name, now);
}
