/** The collector's HTTP interface, as the page uses it: the shapes of its answers, and the requests. */
import type { RecordFilter } from "./_record_filter.ts";
import { toParameters } from "./_record_filter.ts";

/** A record in a list: long values are cut. */
export interface Entry {
  /** The number of the record, in the order of arrival; a record of a file has none. */
  id?: number;
  /** The place of a record of a file. */
  cursor?: string;
  /** Milliseconds since the epoch. */
  time: number;
  level: string;
  levelno: number;
  logger: string;
  host: string;
  /** The protocol that brought it. */
  via: string;
  message: string;
  /** True if `message` is longer than a list shows. */
  cut?: boolean;
  /** The last line of the traceback. */
  error?: string;
  fields?: Record<string, string>;
  /** The number of fields that `fields` leaves out. */
  moreFields?: number;
}

/** A record whole. */
export interface Detail extends Omit<Entry, "fields"> {
  fields?: Record<string, unknown>;
  stack?: string;
  pathname?: string;
  lineno?: number;
  function?: string;
  process?: number | string;
  processName?: string;
  thread?: number | string;
  threadName?: string;
  /** When the collector received it, in milliseconds since the epoch. */
  received?: number;
  /** In bytes, as it was received. */
  size?: number;
}

/** A page of a list: oldest first. */
export interface RecordPage {
  records: Entry[];
  /** The ids of the oldest and the newest record that the collector keeps. */
  oldest: number | null;
  newest: number | null;
  /** True if more records match, in the direction that was asked for. */
  more: boolean;
}

/** A page of what the collector's files hold. */
export interface FilePage {
  /** The newest first: the search goes back. */
  records: Entry[];
  /** Where the search goes on; null if it has reached the oldest file's start. */
  cursor: string | null;
  scannedBytes: number;
  /** Files that could not be searched. */
  passedOver?: string[];
}

/** Counts of records by time and level. */
export interface TimelineCounts {
  from: number;
  to: number;
  /** The milliseconds of one bucket. */
  step: number;
  levels: string[];
  /** A row for each bucket, a column for each level. */
  counts: number[][];
}

/** A name that records have, and how many of them. */
export interface NameCount {
  name: string;
  count: number;
}

/** The names that a filter may choose from. */
export interface Names {
  loggers: NameCount[];
  hosts: NameCount[];
  levels: (NameCount & { levelno: number })[];
  fields: string[];
  /** True if there are more names than these. */
  more?: boolean;
}

/** A socket on which the collector listens. */
export interface ListenerStatus {
  name: string;
  address: string;
  received: number;
  bytes: number;
  connections: number;
  faults: number;
}

/** The account of the collector. */
export interface CollectorStatus {
  /** When it was started, in milliseconds since the epoch. */
  started: number;
  received: number;
  kept: number;
  keptBytes: number;
  forgotten: number;
  dropped: number;
  refused: number;
  perSecond: number;
  /** False if the collector writes no files. */
  files?: boolean;
  listeners: ListenerStatus[];
}

/** The data of a `records` event of the stream. */
export interface StreamBatch {
  records: Entry[];
  /** Matching records that the collector left out; they lie before those of `records`. */
  skipped: number;
  /** Level → how many records of it matched, left out ones included. */
  counts: Record<string, number>;
}

/** Where a page of records begins. */
export type PagePosition = { before: number } | { after: number } | { at: number } | undefined;

/** An answer that is no success. */
export class ApiError extends Error {
  /** The HTTP status; 0 if the collector did not answer. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
  }
}

/** Answers the newest records that match, or those at a position. */
export function fetchRecords(
  filter: RecordFilter,
  position: PagePosition,
  limit: number,
  signal?: AbortSignal,
): Promise<RecordPage> {
  const parameters = toParameters(filter);
  for (const [name, value] of Object.entries(position ?? {})) parameters.set(name, String(value));
  parameters.set("limit", String(limit));
  return get(`records?${parameters}`, signal);
}

/** Answers one record whole; rejects with status 404 if the collector has forgotten it. */
export function fetchDetail(id: number, signal?: AbortSignal): Promise<Detail> {
  return get(`records/${id}`, signal);
}

/** Answers matching records of the collector's files, the newest ones before the cursor. */
export function fetchFiles(
  filter: RecordFilter,
  cursor: string | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<FilePage> {
  const parameters = toParameters(filter);
  if (cursor !== undefined) parameters.set("before", cursor);
  parameters.set("limit", String(limit));
  return get(`files?${parameters}`, signal);
}

/** Answers the counts between two times, in milliseconds since the epoch. */
export function fetchTimeline(
  filter: RecordFilter,
  from: number,
  to: number,
  buckets: number,
  signal?: AbortSignal,
): Promise<TimelineCounts> {
  const parameters = toParameters({ ...filter, from: undefined, to: undefined });
  parameters.set("from", String(from));
  parameters.set("to", String(to));
  parameters.set("buckets", String(buckets));
  return get(`timeline?${parameters}`, signal);
}

/** Answers the names that records have. */
export function fetchNames(signal?: AbortSignal): Promise<Names> {
  return get("names", signal);
}

/** Answers the account of the collector. */
export function fetchStatus(signal?: AbortSignal): Promise<CollectorStatus> {
  return get("status", signal);
}

/** The address of the stream of matching records whose id is greater than `after`. */
export function streamAddress(filter: RecordFilter, after: number): string {
  const parameters = toParameters(filter);
  parameters.set("after", String(after));
  return `api/stream?${parameters}`;
}

async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`api/${path}`, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "The collector does not answer", { cause: error });
  }
  if (!response.ok) throw new ApiError(response.status, await reasonOf(response));
  return await response.json();
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = await response.json();
    if (typeof error === "string") return error;
  } catch {
    // An answer that is no JSON has no reason to show.
  }
  return `The collector answered ${response.status} ${response.statusText}`;
}
