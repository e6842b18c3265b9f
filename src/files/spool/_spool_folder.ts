/**
 * One folder of a spool: its lock, its position, and its segments, to the last of which records are
 * appended.
 *
 * @module
 */
import type { ProcessTable } from "./_process_identity.ts";
import { type Position, PositionFile } from "./_position_file.ts";
import type { RecordGroup } from "./_record_group.ts";
import { encodeHeader, END_MARK_BYTES, isSegment, seedOf, segmentName } from "./_segment_format.ts";
import { SegmentReader } from "./_segment_reader.ts";
import {
  attempt,
  codeOf,
  openFolder,
  type SpoolCalls,
  syncFolder,
  writeAll,
} from "./_spool_calls.ts";
import { SpareFile } from "./_spare_file.ts";
import { SpoolLock } from "./_spool_lock.ts";

/** The name of the position in its folder. */
export const POSITION_NAME = "position";

/** The sizes of so many segments are asked for at the start; beyond, those of the others if need be. */
const MEASURED_SEGMENTS = 64;

/** Bytes that a segment takes at least: a block of the file system. */
const BLOCK_BYTES = 4096;

/**
 * When records are durable: as the system decides, at intervals, or at the end of the turn of the event
 * loop in which they were logged.
 */
export type Durability = "os" | "interval" | "always";

/** The surroundings of a folder. */
export interface FolderSettings {
  readonly calls: SpoolCalls;
  readonly processes: ProcessTable;
  /** The kind of records; `undefined`: any kind. */
  readonly contentType: string | undefined;
  readonly durability: Durability;
  /** The size of a segment, unless one record is larger. */
  readonly segmentBytes: number;
  /** Says whether a file whose records are settled becomes the next segment. */
  readonly reusesFiles: boolean;
  /** Makes random bytes. */
  random(bytes: number): Uint8Array;
}

/** A segment, as it is known. */
export interface Segment {
  readonly folder: SpoolFolder;
  readonly path: string;
  /** The sequence number of the first record. */
  readonly first: number;
  /** The number of records, damaged ones included. */
  count: number;
  /** The bytes of the file that hold records, the header included; 0: it cannot be read. */
  bytes: number;
  /** The bytes of the file, where it holds more than the records: remains of an earlier use. */
  fileBytes: number;
  /** False where the file is taken to be full, as there are too many to ask the system for each. */
  isMeasured: boolean;
}

/** Where a segment ends that an earlier process has left. */
interface SegmentEnd {
  /** The sequence number behind its last record. */
  readonly end: number;
  /** The bytes of the file that hold records. */
  readonly bytes: number;
  /** The kind of its records. */
  readonly kind?: string;
  /** Why it was set aside. */
  readonly error?: Error;
}

/** The space that a segment takes. */
export function spaceOf({ bytes, fileBytes }: Segment): number {
  return Math.max(bytes, fileBytes, BLOCK_BYTES);
}

/** The hexadecimal form of bytes. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Makes a folder, and those above it, whose names are durable. */
export function makeFolder(calls: SpoolCalls, path: string): void {
  const isThere = attempt(() => calls.statSync(path).isDirectory());
  if (isThere) return;
  const above = path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")));
  if (above !== "" && above !== path) makeFolder(calls, above);
  try {
    calls.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    throw error;
  }
  syncFolder(calls, above || "/");
}

/** A folder that this process has locked. */
export class SpoolFolder {
  /** The path. */
  readonly path: string;
  /** The id of this use of the spool. */
  readonly spoolId: Uint8Array;
  /** All records before this one are settled. */
  low = 0;
  /** The sequence number of the next record. */
  end = 0;
  /** Segments that hold unsettled records, in order, and the one that is appended to. */
  readonly segments: Segment[] = [];
  /** Records that the position names and no segment holds. */
  readonly missing: number = 0;
  /** The position that the folder was left with. */
  readonly left: Position | undefined;
  /** A segment that was set aside as the folder was opened, and why. */
  readonly aside: Error | undefined;
  readonly #settings: FolderSettings;
  readonly #lock: SpoolLock;
  readonly #position: PositionFile;
  /** The file that becomes the next segment. */
  readonly spare: SpareFile;
  readonly #seed: number;
  #current: Segment | undefined;
  /** The last segment that was found, and how many bytes of it hold records. */
  #last = { first: 0, bytes: 0 };
  #fd = -1;
  /** True if bytes were appended that are not synced. */
  #isDirty = false;
  /** Segments that were appended to and may not be durable, by path. */
  readonly #unsynced = new Set<string>();
  /** Syncs in the background, and a call for when there are none any more. */
  #pending = 0;
  #onIdle: (() => void) | undefined;

  /**
   * Opens the folder, which exists.
   *
   * @throws {Error} where another process uses it, it holds another kind of records, or it is unusable
   */
  constructor(path: string, settings: FolderSettings) {
    const { calls, processes, random, segmentBytes } = settings;
    this.path = path;
    this.spoolId = random(16);
    this.#seed = seedOf(this.spoolId);
    this.#settings = settings;
    this.spare = new SpareFile(calls, path, settings);
    this.#lock = new SpoolLock(calls, processes, path, hexOf(random(8)));
    try {
      this.#position = new PositionFile(calls, `${path}/${POSITION_NAME}`);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    try {
      const left = this.left = this.#position.found;
      // There may be thousands, and the code is not compiled yet: as text they are sorted faster.
      const all = calls.readdirSync(path);
      const names = all.filter(isSegment).sort();
      this.spare.removeLeft(all);
      const firsts = names.map((name) => parseInt(name));
      let end = left?.end ?? 0;
      const last = firsts.at(-1);
      const found = last === undefined ? undefined : this.#readEnd(last);
      this.aside = found?.error;
      end = Math.max(end, found?.end ?? 0);
      firsts.forEach((first, i) => {
        const path = `${this.path}/${names[i]}`;
        const count = (firsts[i + 1] ?? end) - first;
        const isLast = first === last;
        const isAside = isLast && this.aside !== undefined;
        if (count === 0) return isAside || attempt(() => calls.unlinkSync(path));
        const isMeasured = isLast || firsts.length <= MEASURED_SEGMENTS;
        const segment = {
          ...{ folder: this, path, first, count, isMeasured },
          ...{ bytes: segmentBytes, fileBytes: 0 },
        };
        if (isMeasured) segment.bytes = isAside ? 0 : calls.statSync(path).size;
        if (isLast && !isAside && found!.end === end) {
          segment.fileBytes = segment.bytes;
          segment.bytes = found!.bytes;
        }
        this.segments.push(segment);
      });
      this.end = end;
      const begin = this.segments[0]?.first ?? end;
      this.low = Math.min(Math.max(left?.low ?? begin, begin), end);
      this.missing = Math.max(begin - (left?.low ?? begin), 0);
      this.#checkKind(found?.kind);
      this.#retireSettled();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Records of another kind are refused, unless all are settled. */
  #checkKind(kind: string | undefined): void {
    const { contentType } = this.#settings;
    const isOther = contentType !== undefined && kind !== undefined && kind !== contentType;
    if (!isOther || this.end === this.low) return;
    throw new Error(`it holds records of the kind '${kind}', not '${contentType}'`);
  }

  /** Finds the end of the last segment; sets aside an unreadable one. */
  #readEnd(first: number): SegmentEnd {
    const { calls, contentType } = this.#settings;
    const path = `${this.path}/${segmentName(first)}`;
    const { segment, bytes, end } = this.left ?? {};
    const from = segment === first ? { place: bytes!, sequence: end! } : undefined;
    let reader: SegmentReader;
    try {
      const range = { path, first, limit: Infinity, bytes: Infinity };
      reader = new SegmentReader(calls, range, from);
    } catch (error) {
      // One that was begun as the machine lost power holds no record.
      const { spoolId } = this;
      const kind = contentType ?? "";
      const header = encodeHeader({ spoolId, first, contentType: kind, isReused: false });
      const isBegun = attempt(() => calls.statSync(path).size <= header.length);
      const none = { end: first, bytes: 0 };
      return isBegun ? none : { ...none, error: this.setAside(path, error) };
    }
    try {
      while (reader.next());
      this.#last = { first, bytes: reader.place };
      return {
        end: reader.sequence + 1 + Number(reader.endsTorn),
        bytes: reader.place,
        kind: reader.header.contentType,
      };
    } finally {
      reader.close();
    }
  }

  /** Renames a segment that cannot be read, so that it is not tried again; the error to report. */
  setAside(path: string, error: unknown): Error {
    const why = error instanceof Error ? error.message : String(error);
    attempt(() => this.#settings.calls.renameSync(path, `${path}.bad`));
    return new Error(`${path} cannot be read and is set aside as .bad: ${why}`, { cause: error });
  }

  /** Asks the system for the sizes of all segments; says whether some were not known. */
  measure(): boolean {
    const unknown = this.segments.filter(({ isMeasured }) => !isMeasured);
    for (const segment of unknown) {
      segment.bytes = attempt(() => this.#settings.calls.statSync(segment.path).size) ??
        segment.bytes;
      segment.isMeasured = true;
    }
    return unknown.length > 0;
  }

  /** The segment that is appended to. */
  get current(): Segment | undefined {
    return this.#current;
  }

  /**
   * Appends records, and removes from the group those that are on the disk, as durable as they are to
   * be.
   *
   * @param onSegment called for each segment that is begun
   * @throws {Error} where the disk does not take them; what it took before is kept
   */
  append(group: RecordGroup, onSegment: (segment: Segment) => void): void {
    const { calls, durability, segmentBytes } = this.#settings;
    while (group.count > 0) {
      let segment = this.#current;
      const room = segment === undefined ? 0 : segmentBytes - segment.bytes;
      let { bytes, count } = group.piece(Math.max(room, 0), this.#seed);
      const follows = segment !== undefined && segment.first + segment.count === group.first;
      if (segment === undefined || !follows || bytes.length > room && segment.count > 0) {
        segment = this.#create(group.first, onSegment);
        ({ bytes, count } = group.piece(segmentBytes - segment.bytes, this.#seed));
      }
      // At its place: what a failed write has left is overwritten.
      const behind = segment.bytes + bytes.length;
      if (behind >= segment.fileBytes) writeAll(calls, this.#fd, bytes, segment.bytes);
      else if (count === group.count) {
        writeAll(calls, this.#fd, group.withEndMark(bytes), segment.bytes);
      } else {
        // Where the process dies in between, the records before end with a mark as well.
        writeAll(calls, this.#fd, new Uint8Array(END_MARK_BYTES), behind);
        writeAll(calls, this.#fd, bytes, segment.bytes);
      }
      if (durability === "always") calls.fdatasyncSync(this.#fd);
      else this.#isDirty = true;
      segment.bytes += bytes.length;
      segment.count += count;
      this.end = group.first + count;
      group.trim(this.end);
    }
  }

  #create(first: number, onSegment: (segment: Segment) => void): Segment {
    const { calls, durability } = this.#settings;
    if (!this.#lock.isOwn) throw new Error("another process has taken the folder's lock");
    this.roll();
    const path = `${this.path}/${segmentName(first)}`;
    const { fd, bytes, fileBytes } = this.#begin(path, first);
    try {
      if (durability === "always") syncFolder(calls, this.path);
      else this.#syncNames();
    } catch (error) {
      attempt(() => calls.closeSync(fd));
      throw error;
    }
    this.#fd = fd;
    // Records before it that are in no segment are settled.
    this.end = first;
    const segment = { folder: this, path, first, count: 0, bytes, fileBytes, isMeasured: true };
    this.#current = segment;
    this.segments.push(segment);
    onSegment(segment);
    return segment;
  }

  /** Begins the file of a segment: the spare file, or a new one. */
  #begin(path: string, first: number): { fd: number; bytes: number; fileBytes: number } {
    const { calls, contentType = "" } = this.#settings;
    const { spare, spoolId } = this;
    const headerOf = (isReused: boolean) => encodeHeader({ spoolId, first, contentType, isReused });
    // One that is there holds no record: it was begun when the disk took no more.
    attempt(() => calls.unlinkSync(path));
    if (spare.isReady) {
      const fileBytes = spare.bytes;
      const header = headerOf(true);
      const fd = attempt(() => spare.begin(path, header));
      if (fd !== undefined) return { fd, bytes: header.length, fileBytes };
      // Another program has removed it, or has it open on Windows.
      spare.drop();
    }
    const header = headerOf(false);
    const fd = calls.openSync(path, "wx", 0o600);
    try {
      writeAll(calls, fd, header, 0);
    } catch (error) {
      attempt(() => calls.closeSync(fd));
      throw error;
    }
    return { fd, bytes: header.length, fileBytes: 0 };
  }

  /** Ends the segment that is appended to. */
  roll(): void {
    const fd = this.#fd;
    const current = this.#current;
    const { calls, durability } = this.#settings;
    if (current?.count === 0) {
      // Its name would promise records up to that of the next one.
      this.#unlink(this.segments.splice(this.segments.indexOf(current), 1));
    } else if (current !== undefined) {
      this.#cutRemains(current);
      if (this.#isDirty) this.#unsynced.add(current.path);
      if (this.#isDirty && durability === "interval") {
        this.#syncLater(fd, (error) => {
          if (error === null) this.#unsynced.delete(current.path);
          attempt(() => calls.closeSync(fd));
        });
        this.#fd = -1;
      }
    }
    this.#isDirty = false;
    this.#current = undefined;
    if (this.#fd >= 0) attempt(() => calls.closeSync(fd));
    this.#fd = -1;
  }

  /** Has the file of the segment that ends take no more space than its records do. */
  #cutRemains(segment: Segment): void {
    if (segment.fileBytes <= segment.bytes) return;
    const isCut = attempt(
      () => (this.#settings.calls.ftruncateSync(this.#fd, segment.bytes), true),
    );
    if (isCut) segment.fileBytes = 0;
  }

  /** True if records were appended that the system was not asked to make durable. */
  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Makes all that was appended durable, in the background. */
  async sync(): Promise<void> {
    const { calls } = this.#settings;
    const wasDirty = this.#isDirty;
    this.#isDirty = false;
    const done = (fd: number) =>
      new Promise<void>((resolve, reject) => {
        this.#syncLater(fd, (error) => error === null ? resolve() : reject(error));
      });
    try {
      for (const path of this.#unsynced) {
        const fd = calls.openSync(path, "r+");
        await done(fd).finally(() => calls.closeSync(fd));
        this.#unsynced.delete(path);
      }
      if (this.#fd >= 0) await done(this.#fd);
      syncFolder(calls, this.path);
    } catch (error) {
      this.#isDirty ||= wasDirty;
      throw error;
    }
  }

  /** Notes how far the records have come, and the batches that are under way. */
  mark(low: number, batches: Position["batches"]): void {
    this.low = low;
    const { first: segment, bytes } = this.#current ?? this.#last;
    // Records that were settled in memory, as a full disk took none, have had their numbers as well.
    const end = Math.max(this.end, low);
    this.#position.write({ low, end, segment, bytes, batches });
  }

  /** Removes segments whose records are settled, behind a position that is durable. */
  retire(segments: readonly Segment[]): void {
    if (segments.length === 0 || this.#position.fd < 0) return;
    for (const { path } of segments) this.spare.choose(path);
    this.#syncLater(this.#position.fd, (error) => {
      if (error !== null) return;
      for (const segment of segments) {
        this.#unsynced.delete(segment.path);
        if (!this.spare.keep(segment.path)) this.#unlink([segment]);
      }
    });
  }

  /** Those that an earlier process has settled. */
  #retireSettled(): void {
    const kept = this.segments.findIndex((_, i) =>
      (this.segments[i + 1]?.first ?? Infinity) > this.low
    );
    this.retire(this.segments.splice(0, Math.max(kept, 0)));
  }

  #unlink(segments: readonly Segment[]): void {
    for (const { path } of segments) {
      this.#unsynced.delete(path);
      attempt(() => this.#settings.calls.unlinkSync(path));
    }
  }

  /** Syncs in the background; calls back when that is done or has failed. */
  #syncLater(fd: number, done: (error: Error | null) => void): void {
    this.#pending++;
    this.#settings.calls.fdatasync(fd, (error) => {
      this.#pending--;
      done(error);
      if (this.#pending === 0) this.#onIdle?.();
    });
  }

  /** Makes the names of segments durable; a failure is left to the next sync. */
  #syncNames(): void {
    const { calls } = this.#settings;
    const fd = openFolder(calls, this.path);
    if (fd !== undefined) this.#syncLater(fd, () => attempt(() => calls.closeSync(fd)));
  }

  /** Closes the folder, once nothing goes on in the background, and releases its lock. */
  async close(): Promise<void> {
    if (this.#current !== undefined && this.#settings.durability !== "os") {
      attempt(() => this.#settings.calls.fdatasyncSync(this.#fd));
    }
    attempt(() => this.roll());
    this.spare.isWanted = false;
    this.spare.drop();
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#onIdle = resolve);
    this.#position.close();
    this.#lock.release();
  }

  /** Closes the folder, whose records are all settled, and removes it with all that is in it. */
  async remove(): Promise<void> {
    const { calls } = this.#settings;
    // A crash may bring back some of the segments: their records must not go again.
    this.mark(this.end, []);
    this.#position.sync();
    this.#unlink(this.segments);
    this.spare.drop();
    attempt(() => calls.unlinkSync(`${this.path}/${POSITION_NAME}`));
    await this.close();
    attempt(() => calls.rmdirSync(this.path));
  }
}
