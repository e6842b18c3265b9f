/** The page: its parts, and where they stand. */
import type { VNode } from "preact";
import { FilterChips } from "./_filter_chips.tsx";
import { FilterSide } from "./_filter_side.tsx";
import { HelpDialog } from "./_help_dialog.tsx";
import type { PartProps } from "./_page_state.ts";
import { RecordDetail } from "./_record_detail.tsx";
import { RecordList } from "./_record_list.tsx";
import { StatusBar, StatusDialog } from "./_status.tsx";
import { Timeline } from "./_timeline.tsx";
import { Toolbar } from "./_toolbar.tsx";

/** The whole page. */
export function Page({ state }: PartProps): VNode {
  const isDetailed = state.selection !== undefined;
  return (
    <div class={`layout${isDetailed ? " detailed" : ""}`}>
      <Toolbar state={state} />
      <Timeline state={state} />
      <FilterSide state={state} />
      <main>
        <FilterChips state={state} />
        <RecordList state={state} />
      </main>
      {isDetailed && <RecordDetail state={state} />}
      <StatusBar state={state} />
      <HelpDialog state={state} />
      <StatusDialog state={state} />
    </div>
  );
}
