/**
 * The queue of a handler with a spool. The oldest records wait in memory as well, in an outbox, from
 * which they are sent; those behind them are on the disk alone, and are read when their turn comes.
 *
 * Records are written to the disk at the end of the turn of the event loop, or before they are sent if
 * that is sooner. While the disk takes none, they are kept in memory, and it is tried again.
 *
 * @module
 */
import { clearTimeout, setTimeout } from "node:timers";
import type { Batch } from "../../delivery/batch_writer.ts";
import type { DropReason } from "../../delivery/delivery_event.ts";
import {
  type Amount,
  type Crowding,
  type Encoder,
  Outbox,
  type Overflow,
} from "../../delivery/outbox.ts";
import type { DeliveryQueue, SpoolReports, SpoolSettings } from "../../delivery/spool.ts";
import { exitWriter, type Unwritten } from "../exit_writer.ts";
import { type BatchRange, MAX_BATCHES } from "./_position_file.ts";
import { RecordGroup } from "./_record_group.ts";
import { RECORD_OVERHEAD, viewOf } from "./_segment_format.ts";
import type { SpoolCalls } from "./_spool_calls.ts";
import type { Durability, SpoolFolder } from "./_spool_folder.ts";
import { SpoolStore } from "./_spool_store.ts";

/** The bytes of records that wait in memory as well as on the disk. */
const MEMORY_BYTES = 4 * 1024 * 1024;

/** A group of this size is written before the turn ends. */
const GROUP_BYTES = 96 * 1024;

/** The most records of a batch that is read. */
const MAX_BATCH_RECORDS = 4096;

/** Bytes that a new segment takes beside its records. */
const SEGMENT_OVERHEAD = 4096;

/** How long a position waits until it is written, in milliseconds; under load, the less. */
const MARK_MS = 100;
const BUSY_MARK_MS = 10;

/** How long a disk that took no records is left alone, in milliseconds. */
const RETRY_MS = 1000;

/** How often folders of dead processes are looked for, in milliseconds. */
const ADOPT_MS = 30_000;

type Timer = ReturnType<typeof setTimeout>;

/** Thrown within `append()` for a record that has no room. */
const OVERFLOW = new Error("the spool is full");
const TOO_LARGE = new Error("the record is larger than the spool");

/** The options of a spool, and what it opens. */
export interface SpoolConfiguration {
  readonly calls: SpoolCalls;
  readonly maxBytes: number;
  readonly durability: Durability;
  readonly intervalMs: number;
  readonly overflow: Overflow;
  /** Says whether each process has a folder of its own, which is removed when it is empty. */
  readonly perProcess: boolean;
  /** Milliseconds, from whatever start. */
  now(): number;
  /** Opens the folder of this process. */
  open(contentType: string): SpoolFolder;
  /** Opens the folders of dead processes; reports those that cannot be taken over. */
  openDead(
    contentType: string,
    own: SpoolFolder,
    onFault: (path: string, error: unknown) => void,
  ): SpoolFolder[];
}

/** A queue on the disk; see the module. */
export class SpooledQueue implements DeliveryQueue, Encoder<unknown>, Unwritten {
  /** Records of earlier and of dead processes. */
  recovered = 0;
  readonly #spool: SpoolConfiguration;
  readonly #settings: SpoolSettings;
  readonly #reports: SpoolReports;
  /** The kind of records. */
  readonly #contentType: string;
  #front: Outbox;
  #store: SpoolStore | undefined;
  #isOpened = false;
  #isReleased = false;
  /** Numbers that no record of this process has. */
  #foreign = 0;
  /** Records that are on the disk, or in the group, alone; and their bytes, about. */
  #behind = 0;
  #behindBytes = 0;
  /** Records are appended behind those that wait in memory. */
  #isBehind = false;
  readonly #group = new RecordGroup();
  /** The encoder of the record that is being appended, and how many appends are under way. */
  #encoder: Encoder<unknown> | undefined;
  #depth = 0;
  #outcome: Crowding | undefined;
  /** Batches that were sent and are not settled, in order. */
  #sent: BatchRange[] = [];
  #low = 0;
  /** No higher than the number of the first record that stays on the disk as the process ends. */
  #left = Infinity;
  /** The number of the first record that was drained, and how many there were. */
  #drained = { first: 0, records: 0 };
  #isScheduled = false;
  #isMarkDue = false;
  #markedAt = -Infinity;
  /** The timers that write to the disk again, note the position, and sync. */
  readonly #timers: { retry?: Timer; mark?: Timer; sync?: Timer } = {};
  /** The disk takes no records; it is tried again at this time. */
  #retryAt: number | undefined;
  #adoptedAt = 0;
  /** False once a sync has failed, which is reported once. */
  #isSyncing = true;
  readonly #unreported: Error[] = [];
  /** Folders of dead processes that cannot be taken over, each of which was reported. */
  readonly #leftAlone = new Set<string>();

  /** Opens nothing. */
  constructor(spool: SpoolConfiguration, settings: SpoolSettings, reports: SpoolReports) {
    const { name, contentType } = settings;
    this.#spool = spool;
    this.#settings = settings;
    this.#reports = reports;
    this.#contentType = [...name.split(" ").slice(0, 1), contentType].filter(Boolean).join(" ");
    // In use if the spool cannot be opened.
    this.#front = new Outbox(settings);
    exitWriter.install();
  }

  /** Opens the spool, so that the records of earlier processes are queued. Never throws. */
  open(): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    const { calls } = this.#spool;
    try {
      const own = this.#spool.open(this.#contentType);
      const store = this.#store = new SpoolStore(calls, own, (error) => this.#report(error));
      this.#front = new Outbox({
        ...this.#settings,
        maxBytes: Infinity,
        maxRecords: Infinity,
      });
      this.#front.resume(own.low);
      this.#low = this.#foreign = own.low;
      this.#recover(store.end - own.low, own);
    } catch (error) {
      this.#fail("cannot be opened, so that records are kept in memory alone", error);
    }
    if (this.#store !== undefined) this.#adopt(this.#store);
  }

  #fail(what: string, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#report(new Error(`the spool ${what}: ${why}`, { cause }));
  }

  /** Reports behind what is being done: a listener may log. */
  #report(error: Error): void {
    this.#unreported.push(error);
    if (this.#unreported.length > 1) return;
    exitWriter.add(this);
    queueMicrotask(() => {
      this.#reportAll();
      this.#restUntilNext();
    });
  }

  #reportAll(): void {
    for (const error of this.#unreported.splice(0)) this.#reports.report({ type: "spool", error });
  }

  /** Queues records that a folder was left with. */
  #recover(records: number, { missing }: SpoolFolder): void {
    this.#foreign += records;
    this.#behind += records;
    this.#behindBytes = this.#store!.bytesFrom(this.#front.next);
    this.recovered += records + missing;
    this.#loseDamaged(missing);
  }

  #loseDamaged(records: number): void {
    if (records === 0) return;
    this.#reports.drop("damaged", records);
    const count = `${records} ${records === 1 ? "record" : "records"}`;
    this.#report(new Error(`${count} lost, damaged in the spool`));
  }

  /** Takes over what dead processes have left. */
  #adopt(store: SpoolStore): void {
    if (!this.#spool.perProcess) return;
    this.#adoptedAt = this.#spool.now();
    try {
      for (const folder of this.#spool.openDead(this.#contentType, store.own, this.#leaveAlone)) {
        this.#recover(store.adopt(folder), folder);
      }
    } catch (error) {
      this.#fail("cannot look for the records of dead processes", error);
    }
  }

  /** A folder of a dead process cannot be taken over; it is looked at again and again. */
  readonly #leaveAlone = (path: string, error: unknown): void => {
    if (this.#leftAlone.has(path)) return;
    this.#leftAlone.add(path);
    this.#fail(`leaves ${path} as it is, which a dead process has left`, error);
  };

  // A delivery reads these.

  get next(): number {
    return this.#front.next + this.#behind;
  }

  get emitted(): number {
    return this.next - this.#foreign;
  }

  get records(): number {
    return this.#front.records + this.#behind;
  }

  get bytes(): number {
    return this.#front.bytes + this.#bytesBehind;
  }

  /** An estimate, until the last of them is read. */
  get #bytesBehind(): number {
    if (this.#behind === 0) this.#behindBytes = 0;
    return this.#behindBytes;
  }

  get waiting(): number {
    return this.#front.waiting + this.#behind;
  }

  get waitingBytes(): number {
    return this.#front.waitingBytes + this.#bytesBehind;
  }

  get isHeadFull(): boolean {
    // No record is appended in memory while others wait on the disk.
    return this.#front.isHeadFull || this.#behind > 0;
  }

  get window(): Amount {
    return this.#front.window;
  }

  get held(): Amount {
    return this.#front.held;
  }

  get oldest(): number {
    // Once the handler is closed no flush waits for records that stay on the disk.
    return this.#isReleased ? Infinity : this.#front.oldest;
  }

  get low(): number {
    return this.#front.low;
  }

  get isRelieved(): boolean {
    return this.#store === undefined
      ? this.#front.isRelieved
      : this.#store.space * 2 <= this.#spool.maxBytes;
  }

  get atRisk(): number {
    return this.#store === undefined ? this.#front.atRisk : this.#group.count;
  }

  hasRoom(size: number): boolean {
    const store = this.#store;
    if (store === undefined) return this.#front.hasRoom(size);
    const { maxBytes, maxRecords } = this.#settings;
    if (this.records >= maxRecords) return false;
    if (this.#retryAt !== undefined && this.#group.bytes + size > maxBytes) return false;
    const needed = this.#group.bytes + size + RECORD_OVERHEAD;
    const most = this.#spool.maxBytes - SEGMENT_OVERHEAD;
    while (store.spaceWith(needed) > most) {
      if (store.own.spare.drop()) continue;
      if (!store.measureAll()) return false;
      this.#behindBytes = store.bytesFrom(this.#front.next) + this.#group.bytes;
    }
    return true;
  }

  // Records come.

  append<Item>(item: Item, encoder: Encoder<Item>): Crowding | undefined {
    this.open();
    if (this.#store === undefined) return this.#front.append(item, encoder);
    if (this.#depth === 0) {
      this.#isBehind = this.#behind > 0 || this.#front.bytes > MEMORY_BYTES;
    }
    this.#depth++;
    this.#outcome = undefined;
    this.#encoder = encoder;
    try {
      if (this.#isBehind) this.#appendBehind(item);
      else this.#front.append(item, this);
    } catch (error) {
      if (error === OVERFLOW) return "overflow";
      if (error === TOO_LARGE) return "tooLarge";
      throw error;
    } finally {
      this.#depth--;
    }
    const outcome = this.#outcome;
    if (this.#depth === 0 && this.#group.bytes >= GROUP_BYTES) this.#save();
    this.#schedule();
    return outcome;
  }

  #appendBehind(item: unknown): void {
    const most = this.prepare(item);
    const group = this.#begin();
    group.reserve(most);
    const start = group.end + RECORD_OVERHEAD;
    const end = this.#encoder!.write(group.buffer, group.view, start);
    group.commit(end);
    this.#behind++;
    this.#behindBytes += end - start;
  }

  #begin(): RecordGroup {
    const group = this.#group;
    if (group.count === 0) group.first = this.#store!.sequenceOf(this.next);
    return group;
  }

  /** For the outbox in memory: readies a record, if there is room for it. */
  prepare(item: unknown): number {
    const encoder = this.#encoder!;
    const most = encoder.prepare(item);
    // The program's own code may have logged within.
    this.#encoder = encoder;
    this.#outcome = undefined;
    if (this.hasRoom(most)) return most;
    return this.#crowd(this.#measure(most, encoder));
  }

  /** The exact size of a record; the estimate may be several times as large. */
  #measure(most: number, encoder: Encoder<unknown>): number {
    const bytes = new Uint8Array(most);
    const frame = bytes.subarray(0, encoder.write(bytes, viewOf(bytes), 0));
    this.#encoder = {
      prepare: () => frame.length,
      write(out, _view, at) {
        out.set(frame, at);
        return at + frame.length;
      },
    };
    return frame.length;
  }

  /** Makes room for a record, if it has none. */
  #crowd(most: number): number {
    if (this.hasRoom(most)) return most;
    if (most + RECORD_OVERHEAD + SEGMENT_OVERHEAD > this.#spool.maxBytes) throw TOO_LARGE;
    this.#settings.onCrowded(most);
    if (!this.hasRoom(most)) throw OVERFLOW;
    this.#outcome = "crowded";
    return most;
  }

  /** For the outbox in memory: writes the record to it, and to the group. */
  write(out: Uint8Array, view: DataView, at: number): number {
    const end = this.#encoder!.write(out, view, at);
    this.#begin().add(out, at, end);
    return end;
  }

  makeRoom(size: number): number {
    const store = this.#store;
    if (store === undefined) return this.#front.makeRoom(size);
    let lost = 0;
    if (this.#spool.overflow === "drop-newest") return lost;
    while (!this.hasRoom(size)) {
      const end = store.endOfOldest();
      // A segment that holds records in flight stays.
      if (end === undefined || this.window.records + this.held.records > 0) break;
      lost += this.#dropBefore(end, store);
      if (store.endOfOldest() === end) break;
    }
    return lost;
  }

  /** Drops the records of the oldest segment, which ends with this number. */
  #dropBefore(end: number, store: SpoolStore): number {
    const front = this.#front;
    const before = this.records;
    while (front.waiting > 0 && front.oldest < end) front.drop(1);
    if (front.next < end) this.#skip(Math.min(end - front.next, this.#behind));
    if (store.own.current !== undefined && end >= store.end) store.roll();
    this.#advance();
    // Its records may have been settled before.
    store.settle(this.#low, this.#sent);
    return before - this.records;
  }

  /** Goes on behind records that are on the disk alone. */
  #skip(records: number): void {
    this.#behindBytes -= Math.round(this.#behindBytes * records / this.#behind);
    this.#behind -= records;
    this.#front.resume(this.#front.next + records);
  }

  // Records are written to the disk.

  #schedule(): void {
    if (exitWriter.isEnding) this.writeOut();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(this.#turnEnd);
      exitWriter.add(this);
    }
  }

  readonly #turnEnd = (): void => {
    this.#isScheduled = false;
    const store = this.#store!;
    const isSaved = this.#group.count > 0 && this.#save();
    this.#restUntilNext();
    const isDue = this.#spool.now() - this.#adoptedAt > ADOPT_MS;
    if (isSaved && isDue && this.#depth === 0) this.#adopt(store);
  };

  /** The process ends: writes what is not on the disk. */
  writeOut(): void {
    this.#save(true);
    if (!this.#isReleased) this.#mark();
    this.#reportAll();
  }

  /** Writes the group to the disk; says whether that is done. */
  #save(isLast = false): boolean {
    const store = this.#store;
    const group = this.#group;
    if (store === undefined || group.count === 0) return true;
    if (!isLast && this.#retryAt !== undefined && this.#spool.now() < this.#retryAt) return false;
    // Records that were settled while the disk took none are in no segment, and are not to be missed there.
    if (group.first > store.own.end) this.#mark();
    try {
      store.append(group);
    } catch (error) {
      if (this.#retryAt === undefined) {
        this.#fail("takes no records, so that new ones are kept in memory", error);
      }
      this.#retryAt = this.#spool.now() + RETRY_MS;
      this.#later("retry", RETRY_MS, () => this.#save(true));
      return false;
    }
    this.#retryAt = undefined;
    this.#scheduleMark();
    if (this.#spool.durability === "interval") this.#scheduleSync();
    return true;
  }

  #scheduleSync(): void {
    this.#later("sync", this.#spool.intervalMs, () => {
      this.sync().then(() => this.#isSyncing = true, (error) => {
        if (this.#isSyncing) this.#fail("cannot be synced", error);
        this.#isSyncing = false;
        this.#scheduleSync();
      });
    });
  }

  /** Has something done later, once, unless the queue is closed before. */
  #later(name: "retry" | "mark" | "sync", ms: number, action: () => void): void {
    if (this.#timers[name] !== undefined || this.#isReleased) return;
    const timer = setTimeout(() => {
      delete this.#timers[name];
      action();
    }, ms);
    timer.unref();
    this.#timers[name] = timer;
  }

  #forget(name: "retry" | "mark" | "sync"): void {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }

  /** Makes all that was emitted durable; see `Spool.sync()`. */
  async sync(): Promise<void> {
    if (this.#isReleased) return;
    if (this.#isOpened && this.#store === undefined) throw new Error("the spool is not open");
    if (!this.#save(true)) throw new Error("the spool takes no records");
    await this.#store?.sync();
  }

  #mark(): void {
    this.#isMarkDue = false;
    this.#markedAt = this.#spool.now();
    this.#store?.mark(this.#low, this.#sent);
  }

  /** Notes the position soon, unless it is noted with a batch before. */
  #scheduleMark(): void {
    // No timer fires any more.
    if (exitWriter.isEnding) return this.#mark();
    this.#isMarkDue = true;
    exitWriter.add(this);
    if (this.#timers.mark !== undefined) return;
    this.#later("mark", MARK_MS, () => {
      if (this.#isMarkDue) this.#mark();
      this.#restUntilNext();
    });
  }

  /** Nothing is to be done at exit. */
  #restUntilNext(): void {
    if (!this.#isScheduled && !this.#isMarkDue && this.#group.count === 0) exitWriter.delete(this);
  }

  // Records leave.

  take(most: number = Infinity, isFull = false): Batch | undefined {
    const store = this.#store;
    if (store === undefined) return this.#front.take(most, isFull);
    this.#save();
    this.#refill(most, store);
    const batch = this.#front.take(most, isFull);
    if (batch === undefined) return undefined;
    const { id, bytes, lengths } = batch;
    const first = Number(id);
    this.#note({ first, count: lengths.length });
    if (this.#spool.now() - this.#markedAt < BUSY_MARK_MS) this.#scheduleMark();
    else this.#mark();
    const keyOf = () => this.#keyOf(first, store);
    return {
      id,
      bytes,
      lengths,
      get key() {
        return keyOf();
      },
    };
  }

  /** The key of a batch that was taken. The next process knows it, as the batch is noted before. */
  #keyOf(first: number, store: SpoolStore): string {
    if (this.#isMarkDue) this.#mark();
    return store.keyOf(first);
  }

  #note(range: BatchRange): void {
    const last = this.#sent.at(-1);
    if (last !== undefined && last.first + last.count > range.first) {
      // They go again, maybe in another batch.
      const end = range.first + range.count;
      this.#sent = this.#sent.filter(({ first, count }) =>
        first + count <= range.first || first >= end
      );
    }
    if (this.#sent.length < MAX_BATCHES) this.#sent.push(range);
  }

  /** Reads the next records from the disk if none waits in memory. */
  #refill(most: number, store: SpoolStore): void {
    const front = this.#front;
    const mostRecords = Math.min(most, MAX_BATCH_RECORDS);
    const mostBytes = this.#settings.chunkBytes ?? GROUP_BYTES;
    while (front.waiting === 0 && this.#behind > 0) {
      const { next } = front;
      if (next >= store.end) {
        const frames = this.#group.copy(store.sequenceOf(next), mostRecords, mostBytes);
        this.#restart(next, frames.map(({ length }) => length), joined(frames));
        continue;
      }
      const { lost, lengths, bytes } = store.read(next, mostRecords, mostBytes);
      this.#behind -= lost;
      this.#restart(next + lost, lengths, bytes);
      this.#loseDamaged(lost);
      this.#advance();
    }
  }

  #restart(number: number, lengths: readonly number[], bytes: Uint8Array): void {
    this.#front.resume(number, lengths.length === 0 ? undefined : { bytes, lengths });
    this.#behind -= lengths.length;
    this.#behindBytes = Math.max(this.#behindBytes - bytes.length, 0);
  }

  settle(batch: Batch, frames?: number, again?: readonly number[]): number | undefined {
    const bytes = this.#front.settle(batch, frames, again);
    this.#advance();
    return bytes;
  }

  confirm(most?: number): Amount {
    const amount = this.#front.confirm(most);
    this.#advance();
    return amount;
  }

  drop(frames: number): number {
    const bytes = this.#front.drop(frames);
    this.#advance();
    return bytes;
  }

  hold(batch: Batch): void {
    this.#front.hold(batch);
  }

  return(batch: Batch, splits: boolean): void {
    this.#front.return(batch, splits);
  }

  restore(keeps: boolean): void {
    this.#front.restore(keeps);
  }

  /** Records that come first are settled: they are no longer needed on the disk. */
  #advance(): void {
    const store = this.#store;
    const low = Math.min(this.#front.low, this.#left);
    if (store === undefined || low === this.#low) return;
    this.#low = low;
    let gone = 0;
    while (gone < this.#sent.length && this.#sent[gone]!.first + this.#sent[gone]!.count <= low) {
      gone++;
    }
    if (gone > 0) this.#sent.splice(0, gone);
    if (this.#group.count > 0) this.#group.trim(store.sequenceOf(low));
    store.settle(low, this.#sent);
    this.#scheduleMark();
  }

  drain(): Batch {
    this.#save(true);
    const { first, waiting: records } = this.#front;
    this.#drained = { first, records };
    return this.#front.drain();
  }

  /** Records that the last write does not take are on the disk, and the next process sends them. */
  leave(records: number): number {
    if (this.#store === undefined) return this.#front.leave(records);
    this.#behind += records;
    const { first, records: drained } = this.#drained;
    if (records > 0) this.#stayFrom(first + drained - records);
    this.#front.resume(this.#front.next - records);
    this.#advance();
    return 0;
  }

  /** Records between those that stay may have been settled, so that counting back leads too far. */
  #stayFrom(first: number): void {
    this.#left = Math.min(this.#left, first);
  }

  clear(reason?: DropReason): number {
    const store = this.#store;
    const front = this.#front;
    if (store === undefined) return front.clear();
    const { next, waiting, bytes } = this;
    const { first } = front;
    const inMemory = front.clear();
    if (reason !== "closed") {
      this.#behind = this.#behindBytes = 0;
      front.resume(next);
      this.#advance();
      return waiting;
    }
    this.#isReleased = true;
    // They stay on the disk, but for those that it does not take.
    this.#save(true);
    const lost = Math.min(this.#group.count, waiting);
    this.#behind += inMemory - lost;
    this.#foreign -= lost;
    this.#behindBytes = bytes - front.bytes;
    this.#stayFrom(first);
    front.resume(front.next - inMemory);
    this.#group.trim(Infinity);
    return lost;
  }

  async close(): Promise<void> {
    this.#isReleased = true;
    exitWriter.delete(this);
    this.#forget("retry");
    this.#forget("sync");
    this.#forget("mark");
    this.#mark();
    await this.#store?.close(this.#spool.perProcess);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
