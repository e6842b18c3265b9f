/**
 * The records that the page shows: loads the newest ones, follows the stream, loads older and newer
 * ones around them on demand. While `following` is true the view stays at the newest record.
 *
 * The stream always begins after the newest record of the page that was loaded before, so that none
 * is missing between the two and none comes twice.
 */
import {
  ApiError,
  type CollectorStatus,
  type Entry,
  fetchFiles,
  fetchRecords,
  fetchStatus,
  type PagePosition,
  type RecordPage,
  streamAddress,
  type StreamBatch,
} from "./_collector_api.ts";
import { NO_FILTER, type RecordFilter } from "./_record_filter.ts";
import { keyOf, RecordWindow } from "./_record_window.ts";

/** Where the records are searched. */
export type Source = "memory" | "files";

/** The state of the stream: `denied` if the collector asks for its token. */
export type Connection = "connecting" | "open" | "lost" | "denied";

/** The records that one request asks for: a few screens. */
const PAGE = 200;

/** A search in files goes on until it has found so many, or is stopped. */
const FILE_HITS = 100;

/** The wait before the collector is asked again. */
const RETRY_MS = 2000;

/** The records of the page, and the way to more of them. Its members are for the page to read. */
export class RecordFeed {
  readonly window: RecordWindow = new RecordWindow();
  /** Grows with each change of the window. */
  version = 0;
  /** True while the view stays at the newest record. */
  following = true;
  /** Matching records that arrived since the view stopped to follow. */
  newer = 0;
  connection: Connection = "connecting";
  status: CollectorStatus | undefined = undefined;
  /** True while a request for records runs. */
  busy = false;
  /** Why the last request failed; empty if it did not. */
  fault = "";
  /** The bytes of files that the search has read. */
  scannedBytes = 0;
  /** The files that the search could not read. */
  passedOver: readonly string[] = [];
  /** The record that the view should show next, by its key. */
  revealed: string | undefined = undefined;

  readonly #changed: () => void;
  #filter: RecordFilter = NO_FILTER;
  #source: Source = "memory";
  #cursor: string | undefined;
  #stream: EventSource | undefined;
  /** The newest id that the stream has looked at. */
  #lookedAt = 0;
  #timer = 0;
  #request = new AbortController();

  /** @param changed Called after each change, and often: it has the page drawn before a frame. */
  constructor(changed: () => void) {
    this.#changed = changed;
    document.addEventListener("visibilitychange", () => this.#showOrHide());
  }

  /** Shows the records that match: the newest ones, those around a time, or around a record. */
  async load(
    filter: RecordFilter,
    source: Source,
    at?: { time: number } | { id: number },
  ): Promise<void> {
    this.#filter = filter;
    this.#source = source;
    this.newer = 0;
    this.scannedBytes = 0;
    this.passedOver = [];
    clearTimeout(this.#timer);
    // It would bring records of another filter. The rows stay until the first answer, or they flicker.
    this.#stream?.close();
    this.#stream = undefined;
    const isLoaded = source === "files" ? await this.#loadFiles() : await this.#loadMemory(at);
    if (isLoaded === false) this.#later(() => this.load(filter, source, at));
  }

  /** Stops following: rows stay where they are. */
  pause(): void {
    this.following = false;
    this.#changed();
  }

  /** Follows the newest records again; what came meanwhile is in the list, or a gap stands for it. */
  async resume(): Promise<void> {
    if (this.#source === "files") return;
    if (this.window.moreAfter) {
      const isLoaded = await this.#ask(async (signal) => {
        const page = await this.#page(undefined, signal);
        const last = this.window.lastId;
        const first = page.records[0]?.id;
        const joins = !page.more || last === undefined || first === undefined || first <= last;
        const between = this.newer - page.records.length;
        this.window.append(page.records, joins ? 0 : between > 0 ? between : null);
        this.#attach(page);
      }, { replaces: true });
      if (!isLoaded) return;
    }
    this.newer = 0;
    this.following = true;
    this.#changed();
  }

  /** Loads older records, if there are any: in files, until some are found. */
  async loadBefore(): Promise<void> {
    if (!this.window.moreBefore || this.busy) return;
    if (this.#source === "files") return void await this.#searchFiles();
    const before = this.window.firstId;
    if (before === undefined) return;
    await this.#ask(async (signal) => {
      const page = await this.#page({ before }, signal);
      this.window.prepend(page.records, page.more);
      this.#moved();
    });
  }

  /** Loads newer records after the last one, if they do not come by themselves. */
  async loadAfter(): Promise<void> {
    const after = this.window.lastId;
    if (this.#source === "files" || !this.window.moreAfter || this.busy) return;
    if (after === undefined) return;
    await this.#ask(async (signal) => {
      const page = await this.#page({ after }, signal);
      this.window.append(page.records);
      this.newer = Math.max(this.newer - page.records.length, 0);
      if (page.more) this.#moved();
      else this.#attach(page);
    });
  }

  /** Loads the first records of a gap. */
  async fill(key: string): Promise<void> {
    const after = this.window.beforeGap(key);
    if (after === undefined) return;
    this.pause();
    await this.#ask(async (signal) => {
      const page = await this.#page({ after }, signal);
      this.window.fill(key, page.records, page.more);
      this.#moved();
    });
  }

  /** Ends a search in files. */
  stopSearch(): void {
    this.#request.abort();
    this.busy = false;
    this.#changed();
  }

  /** The rows have been shown where `revealed` said. */
  revealDone(): void {
    this.revealed = undefined;
  }

  async #loadMemory(at?: { time: number } | { id: number }): Promise<boolean | undefined> {
    return await this.#ask(async (signal) => {
      const page = await this.#page(placeOf(at), signal);
      this.window.reset(page.records, {
        before: at === undefined ? page.more : page.records.length > 0,
        after: at !== undefined && page.records.length > 0,
      });
      // A range that has ended gets no new records.
      this.following = at === undefined && this.#filter.to === undefined;
      this.revealed = this.following ? undefined : keyAt(page.records, at);
      this.#moved();
      this.#listen(page.newest ?? 0);
    }, { replaces: true });
  }

  async #loadFiles(): Promise<boolean | undefined> {
    this.following = false;
    this.#cursor = undefined;
    this.window.reset([], { before: true, after: false });
    this.#moved();
    // For the status of the collector: its records are not shown.
    this.#listen(this.#lookedAt);
    const isLoaded = await this.#searchFiles({ replaces: true });
    const last = this.window.rows.at(-1);
    if (last !== undefined) this.revealed = keyOf(last);
    this.#changed();
    return isLoaded;
  }

  /** From here on the stream brings what is newer. */
  #attach(page: RecordPage): void {
    this.window.moreAfter = false;
    this.#moved();
    this.#listen(page.newest ?? this.window.lastId ?? 0);
  }

  async #searchFiles(options: { replaces?: boolean } = {}): Promise<boolean | undefined> {
    return await this.#ask(async (signal) => {
      let found = 0;
      while (found < FILE_HITS && this.window.moreBefore) {
        const page = await fetchFiles(this.#filter, this.#cursor, PAGE, signal);
        this.#cursor = page.cursor ?? undefined;
        this.scannedBytes += page.scannedBytes;
        this.passedOver = [...this.passedOver, ...page.passedOver ?? []];
        found += page.records.length;
        this.window.prepend(page.records.toReversed(), page.cursor !== null);
        this.#moved();
      }
    }, options);
  }

  #page(position: PagePosition, signal: AbortSignal): Promise<RecordPage> {
    return fetchRecords(this.#filter, position, PAGE, signal);
  }

  /**
   * Runs requests; one that replaces the list ends those before it. Answers true if they have
   * succeeded, false if the collector cannot answer now, and undefined if there is no use in asking
   * again.
   */
  async #ask(
    action: (signal: AbortSignal) => Promise<void>,
    { replaces = false } = {},
  ): Promise<boolean | undefined> {
    if (replaces || !this.busy) {
      this.#request.abort();
      this.#request = new AbortController();
    }
    const { signal } = this.#request;
    this.busy = true;
    this.#changed();
    try {
      await action(signal);
      this.fault = "";
      return true;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.fault = error instanceof Error ? error.message : String(error);
      const status = error instanceof ApiError ? error.status : undefined;
      if (status === 401) this.connection = "denied";
      return status === 0 || (status ?? 0) >= 500 ? false : undefined;
    } finally {
      if (this.#request.signal === signal) this.busy = false;
      this.#changed();
    }
  }

  /**
   * A page in the background holds no stream: a browser opens six connections to a host, and six
   * pages would take them all.
   */
  #showOrHide(): void {
    if (document.visibilityState === "hidden") this.#stream?.close();
    else if (this.#stream !== undefined) this.#listen(this.#lookedAt);
  }

  /** Opens the stream anew, after the record of this id. */
  #listen(after: number): void {
    this.#lookedAt = after;
    this.#stream?.close();
    const stream = new EventSource(streamAddress(this.#filter, after));
    this.#stream = stream;
    stream.addEventListener("open", () => this.#setConnection("open"));
    stream.addEventListener("records", ({ data, lastEventId }) => {
      this.#lookedAt = Number(lastEventId) || this.#lookedAt;
      this.#receive(JSON.parse(data));
    });
    stream.addEventListener("status", ({ data, lastEventId }) => {
      this.#lookedAt = Number(lastEventId) || this.#lookedAt;
      this.#heard(JSON.parse(data));
    });
    stream.addEventListener("error", () => void this.#lost(stream));
    if (document.visibilityState === "hidden") stream.close();
  }

  /** A collector that was started anew counts its records from 1 again. */
  #heard(status: CollectorStatus): void {
    const before = this.status;
    this.status = status;
    this.#setConnection("open");
    if (before !== undefined && before.started !== status.started) {
      void this.load(this.#filter, this.#source);
    }
  }

  /** The browser dials again by itself, but for an answer that is no success. */
  async #lost(stream: EventSource): Promise<void> {
    if (stream !== this.#stream || this.connection === "denied") return;
    this.#setConnection("lost");
    if (stream.readyState !== EventSource.CLOSED) return;
    try {
      await fetchStatus();
    } catch (error) {
      // An event source does not tell the status of the answer.
      if (error instanceof ApiError && error.status === 401) return this.#setConnection("denied");
    }
    if (stream === this.#stream) this.#later(() => this.#listen(this.#lookedAt));
  }

  #later(action: () => unknown): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, RETRY_MS) as unknown as number;
  }

  #receive({ records, skipped }: StreamBatch): void {
    if (this.#source === "files") return;
    // The rows that a reader looks at are not removed for newer ones.
    const isFull = this.window.rows.length + records.length > this.window.most;
    if (!this.following && isFull) this.window.moreAfter = true;
    if (!this.window.moreAfter) this.window.append(records, skipped);
    if (!this.following) this.newer += records.length + skipped;
    this.#moved();
  }

  #setConnection(connection: Connection): void {
    this.connection = connection;
    this.#changed();
  }

  #moved(): void {
    this.version++;
    this.#changed();
  }
}

function placeOf(at: { time: number } | { id: number } | undefined): PagePosition {
  if (at === undefined) return undefined;
  return "time" in at ? { at: at.time } : { before: at.id + PAGE / 2 };
}

function keyAt(
  records: readonly Entry[],
  at: { time: number } | { id: number } | undefined,
): string | undefined {
  const isThere = ({ time, id }: Entry) =>
    at !== undefined && ("time" in at ? time >= at.time : id === at.id);
  const found = records.find(isThere) ?? records.at(-1);
  return found?.id === undefined ? undefined : String(found.id);
}
