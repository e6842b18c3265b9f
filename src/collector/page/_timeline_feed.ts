/** The counts of the timeline: asked for anew while the page is seen, less often if that takes long. */
import { stepFor } from "./_bar_chart.ts";
import { fetchRecords, fetchTimeline, type TimelineCounts } from "./_collector_api.ts";
import { NO_FILTER, type RecordFilter } from "./_record_filter.ts";

/** The times that the timeline shows: a span up to now, all that is kept, or a fixed range. */
export type TimelineView =
  | { kind: "span"; ms: number }
  | { kind: "all" }
  | { kind: "range"; from: number; to: number };

/** The least time between two requests. */
const LEAST_PAUSE_MS = 1000;

/** The part of the collector's time that the timeline may take is one in so many. */
const SHARE = 20;

/** The counts, and the view of them. */
export class TimelineFeed {
  counts: TimelineCounts | undefined = undefined;
  view: TimelineView = { kind: "span", ms: 15 * 60_000 };

  readonly #changed: () => void;
  #filter: RecordFilter = NO_FILTER;
  #buckets = 120;
  #timer: number | undefined;
  #request = new AbortController();

  /** @param changed Called after each change: it has the page drawn before a frame. */
  constructor(changed: () => void) {
    this.#changed = changed;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.refresh();
    });
  }

  /** Counts the records of this filter; its range of times does not matter. */
  setFilter(filter: RecordFilter): void {
    this.#filter = filter;
    void this.refresh();
  }

  /** Shows other times. */
  setView(view: TimelineView): void {
    this.view = view;
    this.#changed();
    void this.refresh();
  }

  /** Asks for about as many buckets, for a chart of another width. */
  setBuckets(buckets: number): void {
    if (buckets === this.#buckets) return;
    this.#buckets = buckets;
    void this.refresh();
  }

  /** Asks now, and again later. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    const begun = performance.now();
    try {
      const { from, to, buckets } = await this.#range(signal);
      this.counts = await fetchTimeline(this.#filter, from, to, buckets, signal);
      this.#changed();
    } catch {
      // The list beside it says why the collector does not answer; the next request may succeed.
      if (signal.aborted) return;
    }
    if (document.visibilityState !== "visible") return;
    const pause = Math.max(LEAST_PAUSE_MS, (performance.now() - begun) * SHARE);
    this.#timer = setTimeout(() => void this.refresh(), pause) as unknown as number;
  }

  async #range(signal: AbortSignal): Promise<{ from: number; to: number; buckets: number }> {
    const view = this.view;
    const now = Date.now();
    let [from, to] = [now, now];
    if (view.kind === "span") from = now - view.ms;
    else if (view.kind === "range") [from, to] = [view.from, view.to];
    else {
      const { records } = await fetchRecords(NO_FILTER, { after: 0 }, 1, signal);
      from = Math.min(records[0]?.time ?? now - 60_000, now - 1000);
    }
    // Buckets begin at multiples of their step, so that bars move but do not change.
    const step = stepFor(to - from, this.#buckets);
    const first = Math.floor(from / step);
    const buckets = Math.max(Math.ceil(to / step) - first, 1);
    return { from: first * step, to: (first + buckets) * step, buckets };
  }
}
