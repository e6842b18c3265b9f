/** The conditions of the filter that the toolbar does not show, each with a button that removes it. */
import type { VNode } from "preact";
import { timeRange } from "./_display_text.ts";
import { BANDS } from "./_levels.ts";
import type { PartProps } from "./_page_state.ts";
import { type FilterList, isEmptyFilter } from "./_record_filter.ts";
import { Text } from "./_text.tsx";
import { visibleText } from "./_visible_text.ts";

const LISTS: readonly { list: FilterList; label: string }[] = [
  { list: "loggers", label: "logger" },
  { list: "notLoggers", label: "not logger" },
  { list: "hosts", label: "host" },
  { list: "fields", label: "field" },
];

/** The chips. */
export function FilterChips({ state }: PartProps): VNode | null {
  const filter = state.filter;
  const isFiles = state.source === "files";
  if (isEmptyFilter(filter) && !isFiles) return null;
  const { level, text, from, to } = filter;
  const isBand = level === "" || BANDS.some(({ name }) => name === level);
  return (
    <ul class="chips" aria-label="Filter">
      {isFiles && <Chip label="in" text="files" remove={() => state.setSource("memory")} />}
      {!isBand && (
        <Chip
          label="level ≥"
          text={level}
          remove={() => state.setFilter({ level: "" })}
        />
      )}
      {LISTS.flatMap(({ list, label }) =>
        filter[list].map((name) => (
          <Chip
            key={`${list} ${name}`}
            label={label}
            text={list === "fields" ? name.replace(":", " = ") : name}
            remove={() => state.toggle(list, name)}
          />
        ))
      )}
      {(from !== undefined || to !== undefined) && (
        <Chip
          label="time"
          text={timeRange(from, to, Date.now())}
          remove={() => state.setRange(undefined, undefined)}
        />
      )}
      {text !== "" && (
        <Chip
          label="text"
          text={text}
          remove={() => state.setFilter({ text: "" })}
        />
      )}
      {!isEmptyFilter(filter) && (
        <li>
          <button type="button" class="quiet" onClick={() => state.clearFilter()}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

interface ChipProps {
  label: string;
  text: string;
  remove: () => void;
}

function Chip({ label, text, remove }: ChipProps): VNode {
  return (
    <li class="chip">
      <span class="dim">{label}</span> <Text text={text} most={80} />
      <button
        type="button"
        aria-label={`Remove the filter: ${label} ${visibleText(text.slice(0, 80))}`}
        onClick={remove}
      >
        ×
      </button>
    </li>
  );
}
