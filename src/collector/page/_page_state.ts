/**
 * The state of the page, and the actions of its reader. The address has what is shown: the filter
 * and the source in its query, the selected record in its fragment. Each change of the filter is an
 * entry of the browser's history.
 */
import {
  ApiError,
  type Detail,
  type Entry,
  fetchDetail,
  fetchNames,
  fetchRecords,
  type NameCount,
  type Names,
} from "./_collector_api.ts";
import { bandOf, bandOfName, ERROR } from "./_levels.ts";
import {
  type FilterList,
  isSameFilter,
  NO_FILTER,
  readFilter,
  type RecordFilter,
  toggled,
  toParameters,
} from "./_record_filter.ts";
import { RecordFeed, type Source } from "./_record_feed.ts";
import { isGap, keyOf, type Row } from "./_record_window.ts";
import { TimelineFeed } from "./_timeline_feed.ts";

/** The time between two requests for the names of loggers, hosts and fields. */
const NAMES_EVERY_MS = 5000;

/** Typing that goes on so soon is one change of the filter. */
const ONE_EDIT_MS = 2000;

/** The selected record: as the list has it, and whole once the collector has answered. */
export interface Selection {
  key: string;
  entry: Entry | undefined;
  detail: Detail | undefined;
  /** Why there is no detail. */
  fault: string;
}

/** The dialog that is open. */
export type Dialog = "none" | "help" | "status";

/** The properties of each part of the page. */
export interface PartProps {
  state: PageState;
}

/** The state of the page. Its members are for the page to read; methods change them. */
export class PageState {
  readonly feed: RecordFeed;
  readonly timeline: TimelineFeed;
  filter: RecordFilter = NO_FILTER;
  source: Source = "memory";
  names: Names | undefined = undefined;
  /** The number of each level that records have. */
  levelNumbers: ReadonlyMap<string, number> = new Map();
  selection: Selection | undefined = undefined;
  dialog: Dialog = "none";
  /** True while a narrow page shows the filters. */
  isSideShown = false;

  readonly #changed: () => void;
  #detailRequest = new AbortController();
  #lastTyping = -Infinity;

  /** @param changed Called after each change, and often: it has the page drawn before a frame. */
  constructor(changed: () => void) {
    this.#changed = changed;
    this.feed = new RecordFeed(changed);
    this.timeline = new TimelineFeed(changed);
  }

  /** Shows what the address says, and follows it. */
  start(): void {
    addEventListener("popstate", () => this.#readAddress());
    this.#readAddress();
    const askNames = async () => {
      try {
        if (document.visibilityState === "visible") this.#take(await fetchNames());
      } catch {
        // The list says why the collector does not answer.
      }
      setTimeout(askNames, NAMES_EVERY_MS);
    };
    void askNames();
  }

  /** Filters by other conditions. */
  setFilter(change: Partial<RecordFilter>): void {
    const next = { ...this.filter, ...change };
    if (isSameFilter(next, this.filter)) return;
    this.filter = next;
    this.#writeAddress("new");
    this.#reload();
  }

  /** Filters by a text that is being typed: one entry of the history, however many letters it has. */
  typeText(text: string): void {
    if (text === this.filter.text) return;
    this.filter = { ...this.filter, text };
    const now = performance.now();
    this.#writeAddress(now - this.#lastTyping < ONE_EDIT_MS ? "same" : "new");
    this.#lastTyping = now;
    this.#reload();
  }

  /** Adds a name to a list of the filter, or removes it. */
  toggle(list: FilterList, name: string): void {
    this.setFilter(toggled(this.filter, list, name));
  }

  /** Removes all conditions. */
  clearFilter(): void {
    this.setFilter(NO_FILTER);
  }

  /** Searches memory or the files. */
  setSource(source: Source, change: Partial<RecordFilter> = {}): void {
    this.source = source;
    this.filter = { ...this.filter, ...change };
    this.#writeAddress("new");
    this.#reload();
  }

  /** Shows the records of a range of times only, or of any time. */
  setRange(from: number | undefined, to: number | undefined): void {
    const counts = this.timeline.counts;
    if (from !== undefined && counts !== undefined && this.timeline.view.kind !== "range") {
      this.timeline.setView({ kind: "range", from: counts.from, to: counts.to });
    }
    this.setFilter({ from, to });
  }

  /** Shows the records around a time, the filter unchanged. */
  async goTo(time: number): Promise<void> {
    if (this.source === "files") return this.setRange(undefined, time);
    const { from, to } = this.filter;
    const isInside = (from ?? -Infinity) <= time && time <= (to ?? Infinity);
    if (!isInside) this.setFilter({ from: undefined, to: undefined });
    await this.feed.load(this.filter, "memory", { time });
  }

  /** Follows the newest records; those of a past range or of files give way. */
  async follow(): Promise<void> {
    const { to } = this.filter;
    if (this.source === "files" || to !== undefined) {
      this.source = "memory";
      this.filter = { ...this.filter, from: undefined, to: undefined };
      this.#writeAddress("new");
      this.#reload();
    } else await this.feed.resume();
  }

  /** Pauses, or follows again. */
  togglePause(): void {
    if (this.feed.following) this.feed.pause();
    else void this.follow();
  }

  /** Shows a record whole. The list stops, so that the record stays where it is. */
  select(row: Row): void {
    if (isGap(row)) return void this.feed.fill(row.key);
    this.feed.pause();
    this.#show(keyOf(row), row);
    this.#writeAddress("same");
  }

  /** Selects the next record, or the previous one. */
  step(direction: 1 | -1): void {
    const next = this.#nextRow(direction, () => true);
    if (next !== undefined) this.select(next);
  }

  /** Selects the next error, or the previous one; asks the collector if none is loaded. */
  async stepToError(direction: 1 | -1): Promise<void> {
    const next = this.#nextRow(direction, ({ levelno }) => bandOf(levelno).least >= ERROR.least);
    if (next !== undefined) return this.select(next);
    const { firstId, lastId } = this.feed.window;
    const [id, filter] = [direction < 0 ? firstId : lastId, this.filter];
    if (id === undefined || this.source === "files") return;
    const isAbove = bandOfName(filter.level, this.levelNumbers).least >= ERROR.least;
    const errors = isAbove ? filter : { ...filter, level: ERROR.name };
    try {
      const position = direction < 0 ? { before: id } : { after: id };
      const [found] = (await fetchRecords(errors, position, 1)).records;
      if (found?.id === undefined || filter !== this.filter) return;
      await this.feed.load(filter, "memory", { id: found.id });
      this.select(found);
    } catch {
      // The list says why the collector does not answer.
    }
  }

  /** Closes the record. */
  deselect(): void {
    this.#detailRequest.abort();
    this.#select(undefined);
    this.#writeAddress("same");
  }

  /** Opens a dialog, or closes it. */
  setDialog(dialog: Dialog): void {
    this.dialog = dialog;
    this.#changed();
  }

  /** Shows the filters of a narrow page, or hides them. */
  setSideShown(isShown: boolean): void {
    this.isSideShown = isShown;
    this.#changed();
  }

  /** A filter cannot ask for an empty name. */
  #take(names: Names): void {
    const named = ({ name }: NameCount) => name !== "";
    this.names = {
      ...names,
      loggers: names.loggers.filter(named),
      hosts: names.hosts.filter(named),
    };
    this.levelNumbers = new Map(names.levels.map(({ name, levelno }) => [name, levelno]));
    this.#changed();
  }

  #nextRow(direction: 1 | -1, isWanted: (entry: Entry) => boolean): Entry | undefined {
    const { rows } = this.feed.window;
    const selected = this.selection === undefined
      ? -1
      : this.feed.window.indexOf(this.selection.key);
    // Without a selection both directions begin at the newest record.
    let place = selected >= 0 ? selected + direction : rows.length - 1;
    for (; rows[place] !== undefined; place += direction) {
      const row = rows[place]!;
      if (!isGap(row) && isWanted(row)) return row;
    }
    return undefined;
  }

  #select(selection: Selection | undefined): void {
    this.selection = selection;
    this.#changed();
  }

  #show(key: string, entry: Entry | undefined): void {
    this.#detailRequest.abort();
    this.#detailRequest = new AbortController();
    const { signal } = this.#detailRequest;
    this.#select({ key, entry, detail: undefined, fault: "" });
    const id = entry?.id ?? (/^\d+$/.test(key) ? Number(key) : undefined);
    if (id === undefined) return;
    fetchDetail(id, signal).then(
      (detail) => this.#select({ key, entry, detail, fault: "" }),
      (error) => {
        if (signal.aborted) return;
        const isGone = error instanceof ApiError && error.status === 404;
        const fault = isGone ? "The collector does not keep this record any more." : error.message;
        this.#select({ key, entry, detail: undefined, fault });
      },
    );
  }

  #reload(at?: { id: number }): void {
    void this.feed.load(this.filter, this.source, at);
    this.timeline.setFilter(this.filter);
    const { from, to } = this.filter;
    const view = this.timeline.view;
    if (from === undefined && to === undefined) {
      if (view.kind === "range") this.timeline.setView({ kind: "span", ms: 15 * 60_000 });
    } else if (view.kind !== "range") {
      const [first, last] = [from ?? (to ?? 0) - 15 * 60_000, to ?? Date.now()];
      const margin = (last - first) / 4;
      this.timeline.setView({ kind: "range", from: first - margin, to: last + margin });
    }
  }

  #readAddress(): void {
    const parameters = new URLSearchParams(location.search);
    this.filter = readFilter(location.search);
    const id = /^#\d{1,15}$/.test(location.hash) ? Number(location.hash.slice(1)) : undefined;
    // A record of a file has no number.
    const isOfFiles = parameters.get("source") === "files" && id === undefined;
    this.source = isOfFiles ? "files" : "memory";
    if (id === undefined) {
      this.#detailRequest.abort();
      this.#select(undefined);
      this.#reload();
    } else {
      this.#reload({ id });
      this.#show(String(id), undefined);
    }
  }

  #writeAddress(entry: "new" | "same"): void {
    const parameters = toParameters(this.filter);
    if (this.source === "files") parameters.set("source", "files");
    const key = this.selection?.key ?? "";
    const query = parameters.size === 0 ? location.pathname : `?${parameters}`;
    const address = /^\d+$/.test(key) ? `${query}#${key}` : query;
    if (entry === "new") history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }
}
