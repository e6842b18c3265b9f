/**
 * The answers of the page's API: records in memory and in files, one whole record, new ones as they
 * arrive, a timeline, names and the status. A search yields to other work after some thousand records.
 *
 * @module
 */
import { turn } from "../net/fair_turn.ts";
import type { Clock } from "../net/connector.ts";
import type { FileSearch } from "./_file_search.ts";
import type { KeptRecord } from "./_kept_record.ts";
import { ParameterError, RecordFilter, timeOf } from "./_record_filter.ts";
import type { RecordStore } from "./_record_store.ts";
import { recordStream } from "./_record_stream.ts";
import { detailOf, entryOf } from "./_record_view.ts";
import { Timeline } from "./_timeline.ts";

const SCANNED_A_TURN = 5000;
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1000;
const DEFAULT_BUCKETS = 120;
const MAX_BUCKETS = 1000;

/** The parts of the collector that the API shows. */
export interface PageApiParts {
  readonly store: RecordStore;
  /** The files of `--out`, if there are any. */
  readonly files: FileSearch | undefined;
  readonly clock: Clock;
  /** Returns the status. */
  status(): unknown;
}

interface Found {
  records: KeptRecord[];
  scanned: number;
  isOver: boolean;
}

/** Answers the requests for `/api/`; see the module. */
export class PageApi {
  readonly #parts: PageApiParts;

  /** Shows these parts. */
  constructor(parts: PageApiParts) {
    this.#parts = parts;
  }

  /** Answers a request, which has been let in; `undefined` if there is nothing at its path. */
  async answer(request: Request): Promise<Response | undefined> {
    const { pathname, searchParams } = new URL(request.url);
    try {
      const whole = /^\/api\/records\/(\d{1,15})$/.exec(pathname);
      if (whole !== null) return this.#record(Number(whole[1]));
      if (pathname === "/api/stream") return this.#stream(request, searchParams);
      const answer = await this.#listed(pathname, searchParams, request.signal);
      return answer === undefined ? undefined : json(answer);
    } catch (error) {
      if (error instanceof ParameterError) return json({ error: error.message }, 400);
      throw error;
    }
  }

  async #listed(path: string, query: URLSearchParams, signal: AbortSignal): Promise<unknown> {
    switch (path) {
      case "/api/records":
        return await this.#records(query, signal);
      case "/api/timeline":
        return await this.#timeline(query, signal);
      case "/api/names":
        return this.#parts.store.names();
      case "/api/status":
        return this.#parts.status();
      case "/api/files": {
        const limit = countOf(query, "limit", DEFAULT_LIMIT, MAX_LIMIT);
        const { files } = this.#parts;
        const none = { records: [], cursor: null, scannedBytes: 0 };
        return await files?.search(new RecordFilter(query), query.get("before"), limit) ?? none;
      }
      default:
        return undefined;
    }
  }

  #record(id: number): Response {
    const kept = this.#parts.store.get(id);
    if (kept === undefined) return json({ error: `record ${id} is not kept any more` }, 404);
    return json(detailOf(kept));
  }

  async #records(query: URLSearchParams, signal: AbortSignal): Promise<unknown> {
    const { store } = this.#parts;
    const filter = new RecordFilter(query);
    const limit = countOf(query, "limit", DEFAULT_LIMIT, MAX_LIMIT);
    const at = timeOf(query, "at");
    const after = timeOf(query, "after");
    // Records that arrive while a search goes back are newer than its start: the page gets them next.
    const { newest } = store;
    const found = at !== undefined
      ? await this.#around(filter, at, limit, signal)
      : after !== undefined
      ? await this.#find(filter, after + 1, 1, limit, signal)
      : await this.#back(filter, (timeOf(query, "before") ?? Infinity) - 1, limit, signal);
    return {
      records: found.records.map(entryOf),
      oldest: store.oldest,
      newest: after === undefined ? newest : store.newest,
      more: !found.isOver,
      scanned: found.scanned,
    };
  }

  async #find(
    filter: RecordFilter,
    from: number,
    step: 1 | -1,
    limit: number,
    signal: AbortSignal,
  ): Promise<Found> {
    const found: Found = { records: [], scanned: 0, isOver: false };
    let next = from;
    while (!signal.aborted) {
      const part = this.#parts.store.scan({
        filter,
        from: next,
        step,
        maxScanned: SCANNED_A_TURN,
        limit: limit - found.records.length,
      });
      found.records.push(...part.records);
      found.scanned += part.scanned;
      found.isOver = part.isOver;
      next = part.next;
      if (part.isOver || found.records.length >= limit) break;
      await turn();
    }
    return found;
  }

  /** The newest records up to an id, the oldest of them first. */
  async #back(
    filter: RecordFilter,
    from: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<Found> {
    const found = await this.#find(filter, from, -1, limit, signal);
    found.records.reverse();
    return found;
  }

  /**
   * Records around a time, in the order of their arrival. The first one in it that is not before the
   * time is in the middle: clocks of senders differ, so there need not be one order of time.
   */
  async #around(
    filter: RecordFilter,
    at: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<Found> {
    const since = new Since(filter, at);
    const first = await this.#find(since, 1, 1, 1, signal);
    const middle = first.records[0]?.id ?? this.#parts.store.added + 1;
    const half = Math.ceil(limit / 2);
    const later = await this.#find(filter, middle, 1, half, signal);
    const earlier = await this.#back(filter, middle - 1, limit - later.records.length, signal);
    return {
      records: [...earlier.records, ...later.records],
      scanned: first.scanned + later.scanned + earlier.scanned,
      isOver: earlier.isOver && later.isOver,
    };
  }

  async #timeline(query: URLSearchParams, signal: AbortSignal): Promise<unknown> {
    const filter = new RecordFilter(query);
    const buckets = countOf(query, "buckets", DEFAULT_BUCKETS, MAX_BUCKETS);
    let from = timeOf(query, "from");
    let to = timeOf(query, "to");
    if (from === undefined || to === undefined) {
      const range = { from: Infinity, to: -Infinity };
      await this.#each(filter, signal, ({ time }) => {
        if (time < range.from) range.from = time;
        if (time >= range.to) range.to = time + 1;
      });
      const now = this.#parts.clock.now() * 1000;
      from ??= Math.min(range.from, to ?? Infinity, now);
      to ??= Math.max(range.to, from + 1);
    }
    const timeline = new Timeline(from, to, buckets);
    await this.#each(filter, signal, (kept) => timeline.add(kept));
    return timeline.view();
  }

  async #each(
    filter: RecordFilter,
    signal: AbortSignal,
    visit: (kept: KeptRecord) => void,
  ): Promise<void> {
    let from = 1;
    while (!signal.aborted) {
      const part = this.#parts.store.scan({
        filter,
        from,
        step: 1,
        maxScanned: SCANNED_A_TURN,
        limit: Infinity,
      });
      part.records.forEach(visit);
      if (part.isOver) return;
      from = part.next;
      await turn();
    }
  }

  #stream(request: Request, query: URLSearchParams): Response {
    const { store, clock } = this.#parts;
    const resumed = request.headers.get("last-event-id");
    const wanted = resumed === null ? timeOf(query, "after") : Number(resumed);
    // An id that is not given yet is of a collector that has ended since.
    const after = wanted === undefined || !Number.isSafeInteger(wanted)
      ? store.added
      : wanted > store.added
      ? 0
      : wanted;
    const filter = new RecordFilter(query);
    const status = () => this.#parts.status();
    return new Response(recordStream({ store, filter, after, clock, status }), {
      headers: { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" },
    });
  }
}

/** The records of a filter that are not before a time. */
class Since extends RecordFilter {
  readonly #filter: RecordFilter;
  readonly #at: number;

  constructor(filter: RecordFilter, at: number) {
    super();
    this.#filter = filter;
    this.#at = at;
  }

  override matches(kept: KeptRecord): boolean {
    return kept.time >= this.#at && this.#filter.matches(kept);
  }
}

/** Returns an answer in JSON; a `bigint` is its digits. */
function json(value: unknown, status = 200): Response {
  const text = JSON.stringify(value, (_, item) => typeof item === "bigint" ? `${item}` : item);
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  return new Response(text, { status, headers });
}

function countOf(query: URLSearchParams, name: string, usual: number, max: number): number {
  const count = Number(query.get(name) || usual);
  if (Number.isSafeInteger(count) && count >= 1 && count <= max) return count;
  throw new ParameterError(`'${name}' must be a whole number from 1 to ${max}`);
}
