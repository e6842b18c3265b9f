/**
 * The list of records: a row each, all of one height, of which only those that are seen are drawn.
 * It stays at its end while the feed follows; else the first row that is seen stays where it is,
 * whatever is loaded before it.
 */
import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { byteCount, day, wholeCount } from "./_display_text.ts";
import { EmptyList } from "./_empty_list.tsx";
import type { PartProps } from "./_page_state.ts";
import { RecordRow } from "./_record_row.tsx";
import { isGap, keyOf } from "./_record_window.ts";
import { Text } from "./_text.tsx";

/** Rows above and below those that are seen, so that a scroll shows no blank ones. */
const EXTRA_ROWS = 12;

/** Rows from an end at which more are loaded. */
const NEAR_ROWS = 40;

/** The first row that is seen, and how far its top is above the view. */
interface Anchor {
  key: string;
  offset: number;
}

/** The list, with its header and its foot. */
export function RecordList({ state }: PartProps): VNode {
  const { feed } = state;
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | undefined>(undefined);
  const lastTop = useRef(0);
  const [view, setView] = useState({ top: 0, height: 800, row: 22 });
  const measured = useRef(view);

  const { rows } = feed.window;
  const isFollowing = feed.following;
  const revealed = feed.revealed;
  const selectedKey = state.selection?.key;
  const { top, height, row } = view;
  const isOneHost = (state.names?.hosts.length ?? 0) < 2;

  const measure = () => {
    const element = box.current!;
    const next = {
      top: element.scrollTop,
      height: element.clientHeight,
      row: parseFloat(getComputedStyle(element).getPropertyValue("--row")) || 22,
    };
    const { top, height, row } = measured.current;
    if (next.top === top && next.height === height && next.row === row) return;
    measured.current = next;
    setView(next);
  };

  const scrollTo = (next: number) => {
    const element = box.current!;
    if (Math.abs(element.scrollTop - next) >= 1) element.scrollTop = next;
    lastTop.current = element.scrollTop;
    measure();
  };

  const remember = () => {
    const element = box.current!;
    const { row } = measured.current;
    const first = Math.floor(element.scrollTop / row);
    const shown = feed.window.rows[first];
    anchor.current = shown === undefined
      ? undefined
      : { key: keyOf(shown), offset: element.scrollTop - first * row };
  };

  const onScroll = () => {
    const element = box.current!;
    const isUp = element.scrollTop < lastTop.current - 2;
    const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    lastTop.current = element.scrollTop;
    if (feed.following && isUp && fromEnd > row) feed.pause();
    measure();
    remember();
    loadNear();
  };

  /** Loads what the reader will soon come to. */
  const loadNear = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    const near = NEAR_ROWS * measured.current.row;
    if (scrollTop < near) void feed.loadBefore();
    if (scrollHeight - clientHeight - scrollTop < near) void feed.loadAfter();
  };

  // The height of the window, and of a row on a narrow one.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = box.current!;
    measure();
    const { row } = measured.current;
    if (revealed !== undefined) {
      const place = feed.window.indexOf(revealed);
      if (place >= 0) scrollTo(place * row - element.clientHeight / 3);
      feed.revealDone();
    } else if (isFollowing) scrollTo(element.scrollHeight);
    else if (anchor.current !== undefined) {
      const place = feed.window.indexOf(anchor.current.key);
      if (place >= 0) scrollTo(place * row + anchor.current.offset);
    }
    remember();
    // A search in files goes on when its reader scrolls or asks for it.
    if (state.source === "memory") loadNear();
  }, [feed.version, isFollowing, revealed, row, height]);

  // A record that was selected by a key comes into view.
  useLayoutEffect(() => {
    if (selectedKey === undefined) return;
    const element = box.current!;
    const place = feed.window.indexOf(selectedKey);
    if (place < 0) return;
    const { row } = measured.current;
    const [upper, lower] = [place * row, (place + 1) * row - element.clientHeight];
    if (element.scrollTop > upper) scrollTo(upper - row);
    else if (element.scrollTop < lower) scrollTo(lower + row);
    remember();
  }, [selectedKey]);

  const first = Math.max(Math.floor(top / row) - EXTRA_ROWS, 0);
  const drawn = rows.slice(first, Math.ceil((top + height) / row) + EXTRA_ROWS);
  const today = day(Date.now());
  const isDated = drawn.some((row) => !isGap(row) && day(row.time) !== today);
  return (
    <div class={`records${isOneHost ? " one-host" : ""}${isDated ? " dated" : ""}`}>
      <div
        class="list"
        id="records"
        ref={box}
        role="grid"
        aria-label="Records"
        aria-rowcount={feed.window.moreBefore || feed.window.moreAfter ? -1 : rows.length + 1}
        aria-activedescendant={selectedKey === undefined ? undefined : `row-${selectedKey}`}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          <span role="columnheader">time</span>
          <span role="columnheader">level</span>
          <span role="columnheader" class="host">host</span>
          <span role="columnheader">logger</span>
          <span role="columnheader">message</span>
        </div>
        <div class="rows" role="rowgroup" style={{ height: `${rows.length * row}px` }}>
          <div class="drawn" role="presentation" style={{ top: `${first * row}px` }}>
            {drawn.map((one, place) => {
              const key = keyOf(one);
              return (
                <RecordRow
                  key={key}
                  row={one}
                  place={first + place + 2}
                  isSelected={key === selectedKey}
                  isDated={isDated}
                  select={() => state.select(one)}
                />
              );
            })}
          </div>
        </div>
        {rows.length === 0 && <EmptyList state={state} />}
      </div>
      <ListFoot state={state} />
    </div>
  );
}

/** The part of all records that is in the list, and the ways to the rest. */
function ListFoot({ state }: PartProps): VNode {
  const { feed, source } = state;
  const { window, following, newer, busy, fault, connection, status } = feed;
  const { scannedBytes, passedOver } = feed;
  const isFiles = source === "files";
  const leftOut = window.leftOut;
  return (
    <div class="list-foot">
      <p>
        <b>{wholeCount(window.size)}</b> {window.size === 1 ? "record" : "records"} loaded
        {leftOut > 0 && (
          <>
            , <b class="left-out">{wholeCount(leftOut)}</b> left out to keep up
          </>
        )}
        {isFiles && <>, {byteCount(scannedBytes)} of files searched</>}
        {isFiles && passedOver.length > 0 && (
          <>
            , not searched: <Text text={passedOver.join(", ")} />
          </>
        )}
        {busy && <span class="dim">loading …</span>}
      </p>
      {fault !== "" && <p class="fault" role="alert">{fault}</p>}
      {connection === "denied" && (
        <p class="fault" role="alert">
          The collector needs its token: open the address again that it printed when it started.
        </p>
      )}
      <span class="space" />
      {isFiles && busy && (
        <button type="button" onClick={() => feed.stopSearch()}>Stop the search</button>
      )}
      {isFiles && !busy && window.moreBefore && (
        <button
          type="button"
          onClick={() => void feed.loadBefore()}
        >
          Search further back
        </button>
      )}
      {!isFiles && !window.moreBefore && window.size > 0 && status?.files !== false && (
        <button
          type="button"
          class="quiet"
          title="Older records are not in memory"
          onClick={() => {
            const oldest = window.rows.find((row) => "time" in row);
            state.setSource("files", oldest === undefined ? {} : { to: oldest.time });
          }}
        >
          Search older ones in files
        </button>
      )}
      {!following && !isFiles && (
        <button
          type="button"
          class="newer"
          onClick={() => void state.follow()}
        >
          {newer > 0 ? `↓ ${wholeCount(newer)} newer` : "↓ newest"}
        </button>
      )}
    </div>
  );
}
