/**
 * The timeline: how many records of which level, by time. A drag over it filters by a range of
 * times, a click goes to a time; arrows, Shift and Enter do the same.
 */
import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { barPaths, ticks } from "./_bar_chart.ts";
import type { TimelineCounts } from "./_collector_api.ts";
import { axisTime, clockTime, shortCount, wholeCount } from "./_display_text.ts";
import { bandOfName, BANDS } from "./_levels.ts";
import type { PartProps } from "./_page_state.ts";
import { visibleText } from "./_visible_text.ts";

/** The height of the bars, in pixels. */
const HEIGHT = 56;

/** The width of a label of the axis. */
const LABEL_PX = 40;

/** A shorter drag is a click. */
const LEAST_DRAG_PX = 4;

const MINUTE = 60_000;

const SPANS: readonly { ms: number; label: string }[] = [
  { ms: MINUTE, label: "1 min" },
  { ms: 5 * MINUTE, label: "5 min" },
  { ms: 15 * MINUTE, label: "15 min" },
  { ms: 60 * MINUTE, label: "1 hour" },
  { ms: 6 * 60 * MINUTE, label: "6 hours" },
  { ms: 24 * 60 * MINUTE, label: "1 day" },
];

/** The two ends of a drag, in buckets. */
interface Drag {
  start: number;
  end: number;
}

/** The timeline. */
export function Timeline({ state }: PartProps): VNode {
  const { timeline } = state;
  const chart = useRef<HTMLDivElement>(null);
  /** Where a drag began, in buckets. */
  const dragStart = useRef<number | undefined>(undefined);
  const [width, setWidth] = useState(1000);
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const [cursor, setCursor] = useState<Drag | undefined>(undefined);
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  const counts = timeline.counts;

  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      const { clientWidth } = chart.current!;
      setWidth(clientWidth);
      timeline.setBuckets(Math.min(Math.max(Math.floor(clientWidth / 7), 30), 240));
    });
    observer.observe(chart.current!);
    return () => observer.disconnect();
  }, []);

  const buckets = counts?.counts.length ?? 0;
  /** The place of a pointer, in buckets and parts of them. */
  const placeOf = (event: PointerEvent) => {
    const { left, width } = chart.current!.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - left) / width, 0), 1) * buckets;
  };
  const timeAt = (place: number) => counts!.from + place * counts!.step;
  const apply = ({ start, end }: Drag, isRange: boolean) => {
    const [first, last] = [Math.min(start, end), Math.max(start, end)];
    if (isRange) state.setRange(Math.round(timeAt(first)), Math.round(timeAt(last)));
    else void state.goTo(Math.round(timeAt(Math.floor(start))));
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || counts === undefined) return;
    chart.current!.setPointerCapture(event.pointerId);
    dragStart.current = placeOf(event);
  };
  const onPointerMove = (event: PointerEvent) => {
    const place = placeOf(event);
    setHovered(Math.min(Math.floor(place), buckets - 1));
    if (dragStart.current !== undefined) setDrag({ start: dragStart.current, end: place });
  };
  const endDrag = () => {
    dragStart.current = undefined;
    setDrag(undefined);
  };
  const onPointerUp = (event: PointerEvent) => {
    const [start, end] = [dragStart.current, placeOf(event)];
    endDrag();
    if (start === undefined || counts === undefined) return;
    apply({ start, end }, Math.abs(end - start) / buckets * width >= LEAST_DRAG_PX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (counts === undefined) return;
    const at = cursor ?? { start: buckets - 1, end: buckets - 1 };
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (move !== undefined) {
      const end = Math.min(Math.max(at.end + move, 0), buckets - 1);
      setCursor(event.shiftKey ? { ...at, end } : { start: end, end });
    } else if (event.key === "Enter") {
      const [first, last] = [Math.min(at.start, at.end), Math.max(at.start, at.end)];
      apply({ start: first, end: last + 1 }, last > first);
    } else if (event.key === "Escape") {
      setCursor(undefined);
      state.setRange(undefined, undefined);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const shown = cursor?.end ?? hovered;
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="timeline-head">
        <Readout state={state} counts={counts} bucket={shown} />
        <span class="space" />
        <RangeButtons state={state} />
        <SpanChoice state={state} />
      </div>
      <div
        class="chart"
        id="timeline"
        ref={chart}
        role="slider"
        tabIndex={0}
        aria-label="Time: arrows move, Shift and arrows mark a range, Enter goes there"
        aria-valuemin={0}
        aria-valuemax={Math.max(buckets - 1, 0)}
        aria-valuenow={cursor?.end ?? Math.max(buckets - 1, 0)}
        aria-valuetext={counts === undefined ? "" : bucketText(counts, shown ?? buckets - 1)}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={endDrag}
        onPointerLeave={() => setHovered(undefined)}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(undefined)}
      >
        {counts !== undefined && (
          <>
            <Bars state={state} counts={counts} width={width} />
            <Axis counts={counts} width={width} />
            <Brush state={state} counts={counts} drag={drag} cursor={cursor} />
          </>
        )}
      </div>
    </section>
  );
}

type ChartProps = PartProps & { counts: TimelineCounts };

function Bars({ state, counts, width }: ChartProps & { width: number }): VNode {
  const { paths, most } = barPaths(counts, width, HEIGHT, state.levelNumbers);
  return (
    <>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {BANDS.map(({ style }) => (
          <path
            key={style}
            class={`bar-${style}`}
            d={paths[style] ?? ""}
          />
        ))}
      </svg>
      {most > 0 && <span class="most">{shortCount(most)}</span>}
    </>
  );
}

function Axis({ counts, width }: { counts: TimelineCounts; width: number }): VNode {
  const { from, to } = counts;
  const { times, step } = ticks(from, to, Math.max(Math.floor(width / 90), 2));
  const place = (time: number) => (time - from) / (to - from);
  return (
    <div class="axis" aria-hidden="true">
      {times.filter((time) => (1 - place(time)) * width > LABEL_PX).map((time) => (
        <span key={time} style={{ left: `${place(time) * 100}%` }}>
          {axisTime(time, step)}
        </span>
      ))}
    </div>
  );
}

/** The range that is filtered, dragged or marked by keys. */
function Brush(
  { state, counts, drag, cursor }: ChartProps & {
    drag: Drag | undefined;
    cursor: Drag | undefined;
  },
): VNode | null {
  const { from, to } = state.filter;
  const ofTime = (time: number) => (time - counts.from) / counts.step;
  let [first, last] = [
    from === undefined ? -Infinity : ofTime(from),
    to === undefined ? Infinity : ofTime(to),
  ];
  if (drag !== undefined) {
    [first, last] = [Math.min(drag.start, drag.end), Math.max(drag.start, drag.end)];
  } else if (cursor !== undefined) {
    [first, last] = [Math.min(cursor.start, cursor.end), Math.max(cursor.start, cursor.end) + 1];
  } else if (from === undefined && to === undefined) return null;
  const percent = (place: number) => Math.min(Math.max(place / counts.counts.length, 0), 1) * 100;
  const [left, right] = [percent(first), percent(last)];
  if (right <= left) return null;
  return <div class="brush" style={{ left: `${left}%`, width: `${right - left}%` }} />;
}

function Readout(
  { state, counts, bucket }: PartProps & {
    counts: TimelineCounts | undefined;
    bucket: number | undefined;
  },
): VNode {
  if (counts === undefined) return <p class="readout dim">…</p>;
  const isOne = bucket !== undefined && counts.counts[bucket] !== undefined;
  const rows = isOne ? [counts.counts[bucket]!] : counts.counts;
  const sums = counts.levels.map((_, level) =>
    rows.reduce((sum, row) => sum + (row[level] ?? 0), 0)
  );
  return (
    <p class="readout">
      {isOne && <b>{clockTime(counts.from + bucket * counts.step).slice(0, 8)}</b>}
      {counts.levels.map((name, level) =>
        sums[level]! > 0 && (
          <span key={name} class={`level-${bandOfName(name, state.levelNumbers).style}`}>
            <span class="level-name">{visibleText(name)}</span> {wholeCount(sums[level]!)}
          </span>
        )
      )}
    </p>
  );
}

function RangeButtons({ state }: PartProps): VNode | null {
  const { from, to } = state.filter;
  if (from === undefined && to === undefined) return null;
  const counts = state.timeline.counts;
  const zoom = () => {
    const [first, last] = [from ?? counts?.from ?? 0, to ?? counts?.to ?? Date.now()];
    state.timeline.setView({ kind: "range", from: first, to: last });
  };
  return (
    <>
      <button type="button" class="quiet" onClick={zoom}>Zoom in</button>
      <button type="button" class="quiet" onClick={() => state.setRange(undefined, undefined)}>
        Any time
      </button>
    </>
  );
}

function SpanChoice({ state }: PartProps): VNode {
  const view = state.timeline.view;
  const value = view.kind === "span" ? String(view.ms) : view.kind;
  const choose = (value: string) => {
    if (value === "all") state.timeline.setView({ kind: "all" });
    else if (value !== "range") state.timeline.setView({ kind: "span", ms: Number(value) });
  };
  return (
    <select
      aria-label="Times that the timeline shows"
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      {SPANS.map(({ ms, label }) => <option key={ms} value={String(ms)}>last {label}</option>)}
      <option value="all">all in memory</option>
      {view.kind === "range" && <option value="range">a range</option>}
    </select>
  );
}

function bucketText(counts: TimelineCounts, bucket: number): string {
  const row = counts.counts[bucket] ?? [];
  const parts = counts.levels.flatMap((name, level) =>
    (row[level] ?? 0) > 0 ? [`${row[level]} ${visibleText(name)}`] : []
  );
  return `${clockTime(counts.from + bucket * counts.step)}: ${parts.join(", ") || "no records"}`;
}
