/** The top of the page: search, level, pause. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { shortCount } from "./_display_text.ts";
import { bandOf, BANDS } from "./_levels.ts";
import type { PartProps } from "./_page_state.ts";

/** The wait after a letter before the records are searched. */
const TYPING_PAUSE_MS = 200;

/** The toolbar. */
export function Toolbar({ state }: PartProps): VNode {
  return (
    <header>
      <h1>
        <img src="assets/icon.svg" alt="" width="18" height="18" />logwire
      </h1>
      <Connection state={state} />
      <SearchField state={state} />
      <LevelChoice state={state} />
      <div class="actions">
        <button
          type="button"
          class="wide-hidden"
          aria-expanded={state.isSideShown}
          aria-controls="side"
          onClick={() => state.setSideShown(!state.isSideShown)}
        >
          Filters
        </button>
        <PauseButton state={state} />
        <button
          type="button"
          aria-label="Keyboard and help"
          title="Keyboard and help (?)"
          onClick={() => state.setDialog("help")}
        >
          ?
        </button>
      </div>
    </header>
  );
}

const CONNECTION_TEXTS = {
  connecting: "connecting",
  open: "connected",
  lost: "no connection, trying again",
  denied: "token needed",
};

function Connection({ state }: PartProps): VNode {
  const connection = state.feed.connection;
  const rate = state.feed.status?.perSecond;
  const isOpen = connection === "open";
  return (
    <p class={`connection ${connection}`}>
      <span class="dot" />
      <span class={isOpen ? "unseen" : ""} role="status">{CONNECTION_TEXTS[connection]}</span>
      {isOpen && rate !== undefined && (
        <span>
          {shortCount(rate)}
          <span class="dim">/s</span>
        </span>
      )}
    </p>
  );
}

function SearchField({ state }: PartProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const { text } = state.filter;
  // The address may change under the field, but not while it is typed into.
  useLayoutEffect(() => {
    if (document.activeElement !== field.current) field.current!.value = text;
  }, [text]);
  const apply = () => {
    clearTimeout(timer.current);
    state.typeText(field.current!.value);
  };
  return (
    <search>
      <input
        id="search"
        ref={field}
        type="search"
        placeholder="Search message, logger, error   /"
        aria-label="Search text in message, logger and error"
        spellcheck={false}
        autocomplete="off"
        defaultValue={text}
        onInput={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(apply, TYPING_PAUSE_MS) as unknown as number;
        }}
        onChange={apply}
      />
    </search>
  );
}

function LevelChoice({ state }: PartProps): VNode {
  const { level } = state.filter;
  const counts = new Map<string, number>();
  for (const { levelno, count } of state.names?.levels ?? []) {
    const { name } = bandOf(levelno);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return (
    <div class="levels" role="radiogroup" aria-label="Least level">
      {BANDS.map(({ name, style }) => {
        // Without a filter the lowest level is the least one.
        const isChosen = level === name || (level === "" && name === "DEBUG");
        const count = counts.get(name) ?? 0;
        return (
          <label key={name} class={`level-${style}${isChosen ? " chosen" : ""}`}>
            <input
              type="radio"
              name="level"
              value={name}
              checked={isChosen}
              aria-label={`${name} and above, ${count} records of ${name}`}
              onChange={() => state.setFilter({ level: name === "DEBUG" ? "" : name })}
            />
            <span class="level-name" data-short={name.slice(0, 1)}>{name}</span>
            <span class="count">{shortCount(count)}</span>
          </label>
        );
      })}
    </div>
  );
}

function PauseButton({ state }: PartProps): VNode {
  const isFollowing = state.feed.following;
  return (
    <button
      type="button"
      id="pause"
      class={isFollowing ? "following" : "paused"}
      title={isFollowing ? "Pause (Space)" : "Follow the newest records (Space)"}
      onClick={() => state.togglePause()}
    >
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
        <path d={isFollowing ? "M2 1h3v10H2zM7 1h3v10H7z" : "M2 1l9 5-9 5z"} />
      </svg>
      {isFollowing ? "Pause" : "Follow"}
    </button>
  );
}
