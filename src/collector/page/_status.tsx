/** The account of the collector: a line at the foot of the page, and a dialog with its listeners. */
import type { VNode } from "preact";
import { byteCount, duration, shortCount, wholeCount } from "./_display_text.ts";
import { Modal } from "./_modal.tsx";
import type { PartProps } from "./_page_state.ts";
import { visibleText } from "./_visible_text.ts";

/** The foot of the page. */
export function StatusBar({ state }: PartProps): VNode {
  const status = state.feed.status;
  return (
    <footer>
      {status === undefined ? <span class="dim">…</span> : (
        <>
          <span>
            <b>{wholeCount(status.received)}</b> received
          </span>
          <span>
            <b>{wholeCount(status.kept)}</b> in memory{" "}
            <span class="dim">{byteCount(status.keptBytes)}</span>
          </span>
          {status.dropped > 0 && (
            <span class="fault">
              <b>{wholeCount(status.dropped)}</b> dropped
            </span>
          )}
          {status.refused > 0 && (
            <span class="fault">
              <b>{wholeCount(status.refused)}</b> refused
            </span>
          )}
          <span class="space" />
          <button
            type="button"
            class="quiet"
            title="Account of the collector (s)"
            onClick={() => state.setDialog("status")}
          >
            {status.listeners.length} listeners
          </button>
        </>
      )}
    </footer>
  );
}

/** The dialog of `s`. */
export function StatusDialog({ state }: PartProps): VNode | null {
  const status = state.feed.status;
  if (state.dialog !== "status" || status === undefined) return null;
  const rows: [string, string][] = [
    ["received", wholeCount(status.received)],
    ["a second", wholeCount(status.perSecond)],
    ["in memory", `${wholeCount(status.kept)} (${byteCount(status.keptBytes)})`],
    ["forgotten, to stay within memory", wholeCount(status.forgotten)],
    ["dropped", wholeCount(status.dropped)],
    ["refused", wholeCount(status.refused)],
    ["running for", duration(Math.max(Date.now() - status.started, 0))],
  ];
  return (
    <Modal title="Account of the collector" close={() => state.setDialog("none")}>
      <dl class="account">
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">listener</th>
              <th scope="col">address</th>
              <th scope="col">records</th>
              <th scope="col">bytes</th>
              <th scope="col">connections</th>
              <th scope="col">faults</th>
            </tr>
          </thead>
          <tbody>
            {status.listeners.map(({ name, address, received, bytes, connections, faults }) => (
              <tr key={`${name} ${address}`}>
                <th scope="row">{visibleText(name)}</th>
                <td>{visibleText(address)}</td>
                <td>{shortCount(received)}</td>
                <td>{byteCount(bytes)}</td>
                <td>{connections}</td>
                <td class={faults > 0 ? "fault" : ""}>{faults}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  );
}
