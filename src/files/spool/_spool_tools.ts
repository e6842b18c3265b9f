/**
 * Functions that look after a spool from outside: list, verify, drain.
 *
 * @module
 */
import { processFolders } from "./_process_folders.ts";
import { systemProcesses } from "./_process_identity.ts";
import { decodePosition } from "./_position_file.ts";
import { firstOf, segmentName } from "./_segment_format.ts";
import { SegmentReader } from "./_segment_reader.ts";
import { attempt, readStart, type SpoolCalls, systemCalls } from "./_spool_calls.ts";
import { POSITION_NAME, SpoolFolder } from "./_spool_folder.ts";
import { holderOf } from "./_spool_lock.ts";
import { SpoolStore } from "./_spool_store.ts";
import { folderOf, randomBytes } from "./_spool_path.ts";

/** A segment of a spool. */
export interface SpoolSegment {
  /** The path of the file. */
  path: string;
  /** The sequence number of its first record. */
  first: number;
  /** The bytes of the file. */
  bytes: number;
}

/** A segment whose records were read. */
export interface VerifiedSegment extends SpoolSegment {
  /** The kind of records. */
  contentType: string;
  /** Records that are whole. */
  records: number;
  /** Records before the last whole one that are damaged. */
  damaged: number;
  /** Bytes that are no whole records. */
  damagedBytes: number;
  /** Why it cannot be read, if so; then the other fields say nothing. */
  error?: string;
}

/** A folder of a spool: the spool itself or, with `perProcess`, the folder of one process. */
export interface SpoolListing<Segment = SpoolSegment> {
  /** The path of the folder. */
  path: string;
  /** The id of the process that uses it; null: none does, as far as can be seen from here. */
  usedBy: number | null;
  /** The sequence number of the first record that is not settled; null where that is not known. */
  low: number | null;
  /** Its segments, in order. */
  segments: Segment[];
  /** Files that could not be read and were set aside. */
  setAside: string[];
}

/** The folders of a spool. */
function foldersOf(calls: SpoolCalls, root: string): string[] {
  return [root, ...processFolders(calls, root)];
}

function listFolder(calls: SpoolCalls, path: string): SpoolListing {
  const names = calls.readdirSync(path).sort();
  const holder = attempt(() => holderOf(calls, systemProcesses, path));
  const position = attempt(() => readStart(calls, `${path}/${POSITION_NAME}`, 8192));
  return {
    path,
    usedBy: holder === undefined || holder.isRunning === false ? null : holder.process.pid,
    low: position === undefined ? null : decodePosition(position)?.low ?? null,
    segments: names.map(firstOf).filter((first) => first !== undefined).map((first) => {
      const segment = `${path}/${segmentName(first)}`;
      return { path: segment, first, bytes: attempt(() => calls.statSync(segment).size) ?? 0 };
    }),
    setAside: names.filter((name) => name.endsWith(".seg.bad")).map((name) => `${path}/${name}`),
  };
}

/**
 * Lists the segments of a spool. It changes nothing, so the spool may be in use.
 *
 * @throws {Error} where the folder cannot be read
 */
export function listSpool(directory: string | URL): SpoolListing[] {
  const root = folderOf("list a spool", directory);
  const all = foldersOf(systemCalls, root).map((path) => listFolder(systemCalls, path));
  return all.filter(({ path, segments, low }) =>
    path !== root || segments.length > 0 || low !== null || all.length === 1
  );
}

/**
 * Reads all records of a spool and counts those that are damaged. It changes nothing; of a spool that
 * is in use it may report the record that is being written as damaged bytes.
 *
 * @throws {Error} where the folder cannot be read
 */
export function verifySpool(directory: string | URL): SpoolListing<VerifiedSegment>[] {
  return listSpool(directory).map((listing) => ({
    ...listing,
    segments: listing.segments.map((segment, i) =>
      verify(segment, listing.segments[i + 1]?.first ?? Infinity)
    ),
  }));
}

function verify(segment: SpoolSegment, limit: number): VerifiedSegment {
  const { path, first } = segment;
  const found = { ...segment, contentType: "", records: 0, damaged: 0, damagedBytes: 0 };
  try {
    const reader = new SegmentReader(systemCalls, { path, first, limit, bytes: Infinity });
    found.contentType = reader.header.contentType;
    try {
      for (; reader.next(); found.records++);
      found.damaged = reader.sequence + 1 - first - found.records;
      found.damagedBytes = reader.skippedBytes;
    } finally {
      reader.close();
    }
    return found;
  } catch (error) {
    return { ...found, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Records that a spool was left with. */
export interface DrainedBatch {
  /** The records as they would be sent. */
  readonly records: readonly Uint8Array[];
  /** Damaged records before them. */
  readonly damaged: number;
  /** The kind of records. */
  readonly contentType: string;
}

/** The most records and bytes that are drained at once. */
const DRAIN_RECORDS = 1000;
const DRAIN_BYTES = 256 * 1024;

/**
 * Takes the records out of a spool that no process uses. Records of which `take` has resolved are
 * removed; if it throws, they stay, and so does the error.
 *
 * @returns how many records were taken
 * @throws {Error} where a process uses the spool
 */
export async function drainSpool(
  directory: string | URL,
  take: (batch: DrainedBatch) => void | Promise<void>,
): Promise<number> {
  const root = folderOf("drain a spool", directory);
  let records = 0;
  for (const { path, segments } of listSpool(root)) {
    if (segments.length > 0) records += await drainFolder(path, take);
  }
  return records;
}

async function drainFolder(
  path: string,
  take: (batch: DrainedBatch) => void | Promise<void>,
): Promise<number> {
  const own = new SpoolFolder(path, {
    calls: systemCalls,
    processes: systemProcesses,
    contentType: undefined,
    durability: "always",
    segmentBytes: 0,
    reusesFiles: false,
    random: randomBytes,
  });
  let aside: Error | undefined;
  const store = new SpoolStore(systemCalls, own, (error) => aside = error);
  let records = 0;
  try {
    for (let low = own.low; low < store.end;) {
      const { lost, bytes, lengths } = store.read(low, DRAIN_RECORDS, DRAIN_BYTES);
      const contentType = store.contentType;
      let at = 0;
      const batch = lengths.map((length) => bytes.slice(at, at += length));
      if (lengths.length > 0 || lost > 0) {
        await take({ records: batch, damaged: lost, contentType });
      }
      records += lengths.length;
      low += lost + lengths.length;
      store.settle(low, []);
      store.mark(low, []);
    }
  } finally {
    await store.close(false);
  }
  if (aside !== undefined && records === 0) throw aside;
  return records;
}
