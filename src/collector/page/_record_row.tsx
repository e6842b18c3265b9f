/** A row of the list. It is drawn again only when it changes. */
import { Component } from "preact";
import type { VNode } from "preact";
import { clockTime, dayTime, fullTime, wholeCount } from "./_display_text.ts";
import { bandOf } from "./_levels.ts";
import { isGap, keyOf, type Row } from "./_record_window.ts";
import { Text } from "./_text.tsx";

/** Characters of a message that a row draws: more than the widest screen shows. */
const MOST_CHARACTERS = 500;

/** Properties of {@linkcode RecordRow}. */
export interface RecordRowProps {
  row: Row;
  /** Its number among all rows, the header being the first. */
  place: number;
  isSelected: boolean;
  /** True to show the day: not all records in view are of today. */
  isDated: boolean;
  select: () => void;
}

/** A record, or a gap between two. */
export class RecordRow extends Component<RecordRowProps> {
  override shouldComponentUpdate(next: RecordRowProps): boolean {
    const { row, place, isSelected, isDated } = this.props;
    return next.row !== row || next.place !== place || next.isSelected !== isSelected ||
      next.isDated !== isDated;
  }

  override render({ row, place, isSelected, isDated, select }: RecordRowProps): VNode {
    if (isGap(row)) {
      return (
        <div class="row gap" role="row" aria-rowindex={place}>
          <span role="gridcell">
            <button type="button" tabIndex={-1} onClick={select}>
              {row.count === null ? "records" : `${wholeCount(row.count)} records`} left out — load
            </button>
          </span>
        </div>
      );
    }
    const { style } = bandOf(row.levelno);
    const onClick = () => {
      // Text that is being marked to copy is no choice of a record.
      if (getSelection()?.isCollapsed !== false) select();
    };
    return (
      <div
        class={`row level-${style}${isSelected ? " selected" : ""}`}
        role="row"
        id={`row-${keyOf(row)}`}
        aria-rowindex={place}
        aria-selected={isSelected}
        onClick={onClick}
      >
        <span class="time" role="gridcell" title={fullTime(row.time)}>
          {isDated ? dayTime(row.time) : clockTime(row.time)}
        </span>
        <span class="level" role="gridcell">
          <Text text={row.level} most={10} />
        </span>
        <span class="host" role="gridcell">
          <Text text={row.host} most={60} />
        </span>
        <span class="logger" role="gridcell">
          <Text text={row.logger} most={80} />
        </span>
        <span class="message" role="gridcell">
          <Text text={row.message} most={MOST_CHARACTERS} />
          {row.error
            ? (
              <span class="error">
                <Text text={row.error} most={200} />
              </span>
            )
            : null}
          {Object.entries(row.fields ?? {}).map(([name, value]) => (
            <span class="field" key={name}>
              <span class="key">
                <Text text={name} most={40} />=
              </span>
              <Text text={value} most={60} />
            </span>
          ))}
          {row.moreFields ? <span class="field">+{row.moreFields}</span> : null}
        </span>
      </div>
    );
  }
}
