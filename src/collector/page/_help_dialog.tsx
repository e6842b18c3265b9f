/** The help: keys, and the few things that a look does not show. */
import type { VNode } from "preact";
import { Modal } from "./_modal.tsx";
import type { PartProps } from "./_page_state.ts";
import { SHORTCUTS } from "./_shortcuts.ts";

/** The dialog of `?`. */
export function HelpDialog({ state }: PartProps): VNode | null {
  if (state.dialog !== "help") return null;
  return (
    <Modal title="Keyboard and help" close={() => state.setDialog("none")}>
      <dl class="keys">
        {SHORTCUTS.map(({ shown, about }) => (
          <div key={shown}>
            <dt>
              <kbd>{shown}</kbd>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
      <ul class="hints">
        <li>Drag over the timeline to see a range of times; click it to go to a time.</li>
        <li>− beside a logger leaves it out, with all below it.</li>
        <li>The address has the filter and the selected record: copy it to share them.</li>
        <li>
          <span class="mark">\x1b</span> <span class="mark">⏎</span> <span class="mark">⟨RLO⟩</span>
          {" "}
          stand for characters of a record that have no form or would change the page.
        </li>
      </ul>
    </Modal>
  );
}
