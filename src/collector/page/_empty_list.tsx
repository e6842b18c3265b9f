/** The list without records: why it is empty, and the next step. */
import type { VNode } from "preact";
import { visibleText } from "./_visible_text.ts";
import type { PartProps } from "./_page_state.ts";
import { isEmptyFilter } from "./_record_filter.ts";

/** The text in place of records. */
export function EmptyList({ state }: PartProps): VNode | null {
  const { feed, filter, source } = state;
  if (feed.busy || feed.fault !== "") return null;
  if (source === "files" && !feed.window.moreBefore) {
    return <p class="empty">No record of the files matches.</p>;
  }
  if (!isEmptyFilter(filter)) {
    return (
      <div class="empty">
        <p>No record matches.</p>
        <button type="button" onClick={() => state.clearFilter()}>Remove all filters</button>
      </div>
    );
  }
  const listeners = feed.status?.listeners ?? [];
  return (
    <div class="empty">
      <p>No record has arrived yet. The collector listens here:</p>
      <table>
        <tbody>
          {listeners.map(({ name, address }) => (
            <tr key={`${name} ${address}`}>
              <th scope="row">{visibleText(name)}</th>
              <td>{visibleText(address)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>A Python program sends its records so:</p>
      <pre>
        {[
          "import logging, logging.handlers",
          `handler = logging.handlers.SocketHandler("${location.hostname}", 9020)`,
          "logging.getLogger().addHandler(handler)",
          'logging.warning("Hello from %s", "Python")',
        ].join("\n")}
      </pre>
    </div>
  );
}
