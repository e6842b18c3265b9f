/** The keys of the page: what they do, and how the help names them. */
import type { PageState } from "./_page_state.ts";
import { BANDS } from "./_levels.ts";

/** A key, or several that do the same. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has them. */
  keys: readonly string[];
  /** As the help shows them. */
  shown: string;
  about: string;
  run: (state: PageState, key: string) => void;
}

/** All keys, in the order of the help. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ["/"],
    shown: "/",
    about: "search for a text",
    run: () => focusOn("#search"),
  },
  {
    keys: [" "],
    shown: "Space",
    about: "pause, follow again",
    run: (state) => state.togglePause(),
  },
  {
    keys: ["j", "ArrowDown"],
    shown: "j ↓",
    about: "next record",
    run: (state) => state.step(1),
  },
  {
    keys: ["k", "ArrowUp"],
    shown: "k ↑",
    about: "previous record",
    run: (state) => state.step(-1),
  },
  {
    keys: ["PageUp", "PageDown", "Home"],
    shown: "PgUp PgDn Home",
    about: "scroll, and load older records",
    run: (_state, key) => {
      const list = document.querySelector("#records")!;
      const page = list.clientHeight - 40;
      list.scrollTop += key === "PageDown" ? page : key === "PageUp" ? -page : -list.scrollHeight;
    },
  },
  {
    keys: ["e"],
    shown: "e",
    about: "next error",
    run: (state) => void state.stepToError(1),
  },
  {
    keys: ["E"],
    shown: "Shift e",
    about: "previous error",
    run: (state) => void state.stepToError(-1),
  },
  {
    keys: ["G", "End"],
    shown: "Shift g, End",
    about: "newest record, and follow",
    run: (state) => void state.follow(),
  },
  {
    keys: ["1", "2", "3", "4", "5"],
    shown: "1 … 5",
    about: "this level and above: DEBUG … CRITICAL",
    run: (state, key) =>
      state.setFilter({ level: key === "1" ? "" : BANDS[Number(key) - 1]!.name }),
  },
  {
    keys: ["0"],
    shown: "0",
    about: "remove all filters",
    run: (state) => state.clearFilter(),
  },
  {
    keys: ["f"],
    shown: "f",
    about: "go to loggers, hosts and fields",
    run: (state) => {
      state.setSideShown(true);
      requestAnimationFrame(() => focusOn("#side button, #side input"));
    },
  },
  {
    keys: ["t"],
    shown: "t",
    about: "go to the timeline: arrows, Shift, Enter",
    run: () => focusOn("#timeline"),
  },
  {
    keys: ["s"],
    shown: "s",
    about: "account of the collector",
    run: (state) => state.setDialog("status"),
  },
  {
    keys: ["?"],
    shown: "?",
    about: "this help",
    run: (state) => state.setDialog("help"),
  },
  {
    keys: ["Escape"],
    shown: "Esc",
    about: "close the record, leave a field",
    run: (state) => {
      state.setSideShown(false);
      state.deselect();
    },
  },
];

/** Runs the shortcut of a key that was pressed. */
export function runShortcut(state: PageState, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") !== null) return;
  const target = event.target as Element;
  const isField = target.matches("input:not([type=radio]), select, textarea");
  if (isField) {
    // The text stays: the browser would empty a search field.
    if (event.key === "Escape" || (event.key === "Enter" && target.id === "search")) {
      event.preventDefault();
      focusOn("#records");
    }
    return;
  }
  // A space presses the button that has the focus, and arrows move within a group of radio buttons.
  // A button of a dialog that has just closed may still have it.
  if (event.key === " " && target.matches("button, summary") && !target.closest("dialog")) return;
  if (event.key.startsWith("Arrow") && target.matches("input")) return;
  const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(event.key));
  if (shortcut === undefined) return;
  event.preventDefault();
  shortcut.run(state, event.key);
}

function focusOn(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}
