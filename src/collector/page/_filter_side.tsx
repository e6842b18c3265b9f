/** The side of the page: the tree of loggers, hosts, fields and times to filter by. */
import type { ComponentChildren, VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { inputTime, shortCount } from "./_display_text.ts";
import { type LoggerNode, loggerTree } from "./_logger_tree.ts";
import type { PartProps } from "./_page_state.ts";
import { Text } from "./_text.tsx";
import { visibleText } from "./_visible_text.ts";

/** The most names of a group that are drawn at first. */
const MOST_NAMES = 50;

/** The side. It is drawn again only when names or the filter change, as there may be many names. */
export function FilterSide({ state }: PartProps): VNode {
  const { names, filter, source, isSideShown } = state;
  const hasFiles = state.feed.status?.files !== false;
  const tree = useMemo(() => loggerTree(names?.loggers ?? []), [names]);
  return useMemo(() => (
    <aside id="side" class={isSideShown ? "shown" : ""} aria-label="Filters">
      <Section title="Loggers" isCut={names?.more === true}>
        <LoggerBranch state={state} nodes={tree} depth={0} />
      </Section>
      <Section title="Hosts">
        <NameList
          names={names?.hosts.toSorted((a, b) => a.name < b.name ? -1 : 1) ?? []}
          chosen={filter.hosts}
          toggle={(name) => state.toggle("hosts", name)}
        />
      </Section>
      <Section title="Fields">
        <FieldForm state={state} />
      </Section>
      <Section title="Time">
        <TimeForm state={state} />
      </Section>
      {hasFiles && (
        <Section title="Search in">
          <SourceChoice state={state} />
        </Section>
      )}
    </aside>
  ), [names, filter, source, isSideShown, hasFiles]);
}

interface SectionProps {
  title: string;
  isCut?: boolean;
  children: ComponentChildren;
}

function Section({ title, isCut = false, children }: SectionProps): VNode {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
      {isCut && <p class="dim">There are more names than these.</p>}
    </section>
  );
}

interface BranchProps extends PartProps {
  nodes: LoggerNode[];
  depth: number;
}

function LoggerBranch({ state, nodes, depth }: BranchProps): VNode {
  const [most, setMost] = useState(MOST_NAMES);
  return (
    <ul class="tree">
      {nodes.slice(0, most).map((node) => (
        <LoggerItem key={node.name} state={state} node={node} depth={depth} />
      ))}
      <MoreNames count={nodes.length - most} show={() => setMost(most + 200)} />
    </ul>
  );
}

function LoggerItem(
  { state, node, depth }: PartProps & { node: LoggerNode; depth: number },
): VNode {
  const { loggers, notLoggers } = state.filter;
  const { name, label, count, children } = node;
  const [isOpen, setOpen] = useState(depth === 0 && children.length <= 12);
  const isWanted = loggers.includes(name);
  const isExcluded = notLoggers.includes(name);
  const shown = visibleText(name);
  return (
    <li>
      <div class={`name${isWanted ? " wanted" : ""}${isExcluded ? " excluded" : ""}`}>
        {children.length > 0
          ? (
            <button
              type="button"
              class="fold"
              aria-expanded={isOpen}
              aria-label={`Loggers below ${shown}`}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? "▾" : "▸"}
            </button>
          )
          : <span class="fold" />}
        <button
          type="button"
          class="choose"
          aria-pressed={isWanted}
          title={shown}
          onClick={() => state.toggle("loggers", name)}
        >
          <Text text={label} most={60} />
        </button>
        <button
          type="button"
          class="exclude"
          aria-pressed={isExcluded}
          aria-label={`Leave out ${shown}`}
          title="Leave out"
          onClick={() => state.toggle("notLoggers", name)}
        >
          −
        </button>
        <span class="count">{shortCount(count)}</span>
      </div>
      {children.length > 0 && isOpen && (
        <LoggerBranch state={state} nodes={children} depth={depth + 1} />
      )}
    </li>
  );
}

interface NameListProps {
  names: readonly { name: string; count: number }[];
  chosen: readonly string[];
  toggle: (name: string) => void;
}

function NameList({ names, chosen, toggle }: NameListProps): VNode {
  const [most, setMost] = useState(MOST_NAMES);
  return (
    <ul class="tree">
      {names.slice(0, most).map(({ name, count }) => {
        const isChosen = chosen.includes(name);
        return (
          <li key={name}>
            <div class={`name${isChosen ? " wanted" : ""}`}>
              <span class="fold" />
              <button
                type="button"
                class="choose"
                aria-pressed={isChosen}
                title={visibleText(name)}
                onClick={() => toggle(name)}
              >
                <Text text={name} most={60} />
              </button>
              <span class="count">{shortCount(count)}</span>
            </div>
          </li>
        );
      })}
      <MoreNames count={names.length - most} show={() => setMost(most + 200)} />
    </ul>
  );
}

function MoreNames({ count, show }: { count: number; show: () => void }): VNode | null {
  if (count <= 0) return null;
  return (
    <li>
      <button type="button" class="quiet" onClick={show}>{count} more</button>
    </li>
  );
}

function FieldForm({ state }: PartProps): VNode {
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const [key, value] = [String(data.get("key")).trim(), String(data.get("value"))];
    if (key === "") return;
    const field = value === "" ? key : `${key}:${value}`;
    if (!state.filter.fields.includes(field)) state.toggle("fields", field);
    form.reset();
  };
  return (
    <form class="fields" onSubmit={add}>
      <input
        name="key"
        list="field-names"
        placeholder="field"
        aria-label="Field"
        autocomplete="off"
        spellcheck={false}
        required
      />
      <datalist id="field-names">
        {state.names?.fields.slice(0, 500).map((name) => <option key={name} value={name} />)}
      </datalist>
      <input
        name="value"
        placeholder="any value"
        aria-label="Value of the field"
        autocomplete="off"
        spellcheck={false}
      />
      <button type="submit">Add</button>
    </form>
  );
}

function TimeForm({ state }: PartProps): VNode {
  const { from, to } = state.filter;
  const read = (event: Event) => {
    const time = new Date((event.currentTarget as HTMLInputElement).value).getTime();
    return Number.isNaN(time) ? undefined : time;
  };
  return (
    <form class="times" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span class="dim">from</span>
        <input
          type="datetime-local"
          step="1"
          value={inputTime(from)}
          onChange={(event) => state.setRange(read(event), to)}
        />
      </label>
      <label>
        <span class="dim">to</span>
        <input
          type="datetime-local"
          step="1"
          value={inputTime(to)}
          onChange={(event) => state.setRange(from, read(event))}
        />
      </label>
    </form>
  );
}

function SourceChoice({ state }: PartProps): VNode {
  return (
    <div class="searched" role="radiogroup" aria-label="Search in">
      {(["memory", "files"] as const).map((source) => (
        <label key={source}>
          <input
            type="radio"
            name="source"
            checked={state.source === source}
            onChange={() => state.setSource(source)}
          />
          {source}
        </label>
      ))}
    </div>
  );
}
