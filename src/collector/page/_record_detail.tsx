/** One record whole. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import type { Detail, Entry } from "./_collector_api.ts";
import { byteCount, duration, fieldText, fullTime, wholeCount } from "./_display_text.ts";
import { bandOf } from "./_levels.ts";
import type { PartProps } from "./_page_state.ts";
import { Text } from "./_text.tsx";
import { visibleText } from "./_visible_text.ts";

/** Characters of a value that are drawn at first: a megabyte takes a browser a second. */
const MOST_CHARACTERS = 20_000;

/** The panel of the selected record. */
export function RecordDetail({ state }: PartProps): VNode {
  const { key, entry, detail, fault } = state.selection!;
  const record: Detail | Entry | undefined = detail ?? entry;
  return (
    <article class="detail" aria-label="Record" key={key}>
      <div class="detail-head">
        {record !== undefined && (
          <>
            <span class={`badge level-${bandOf(record.levelno).style}`}>
              <Text text={record.level} most={20} />
            </span>
            <time dateTime={isoTime(record.time)}>{fullTime(record.time)}</time>
          </>
        )}
        <div class="actions">
          <button
            type="button"
            title="Previous (k)"
            aria-label="Previous record"
            onClick={() => state.step(-1)}
          >
            ↑
          </button>
          <button
            type="button"
            title="Next (j)"
            aria-label="Next record"
            onClick={() => state.step(1)}
          >
            ↓
          </button>
          {record !== undefined && (
            <CopyButton
              label="Copy"
              text={() => JSON.stringify(record, null, 2)}
            />
          )}
          <button
            type="button"
            title="Close (Esc)"
            aria-label="Close the record"
            onClick={() => state.deselect()}
          >
            ×
          </button>
        </div>
      </div>
      {fault !== "" && <p class="fault" role="alert">{fault}</p>}
      {record !== undefined && <Contents state={state} record={record} />}
    </article>
  );
}

function Contents({ state, record }: PartProps & { record: Detail | Entry }): VNode {
  const { message, cut, error, logger, host, fields } = record;
  const stack = "stack" in record ? record.stack : undefined;
  const { fields: wanted, loggers, hosts } = state.filter;
  return (
    <div class="contents">
      <LongText text={message} />
      {cut === true && <p class="dim">The message is longer than this.</p>}
      {error && (
        <Part title="Error">
          <LongText text={error} className="traceback" />
        </Part>
      )}
      {stack && (
        <Part title="Stack">
          <LongText text={stack} className="traceback" />
        </Part>
      )}
      {fields && Object.keys(fields).length > 0 && (
        <Part title="Fields">
          <dl>
            {Object.entries(fields).slice(0, 500).map(([name, value]) => {
              const text = fieldText(value);
              const field = `${name}:${text}`;
              return (
                <Pair
                  key={name}
                  name={name}
                  // A longer one would not fit into an address.
                  filter={text.length > 500 ? undefined : {
                    isOn: wanted.includes(field),
                    toggle: () => state.toggle("fields", field),
                  }}
                >
                  <LongText text={text} />
                </Pair>
              );
            })}
          </dl>
        </Part>
      )}
      <Part title="Record">
        <dl>
          <Pair
            name="logger"
            filter={{
              isOn: loggers.includes(logger),
              toggle: () => state.toggle("loggers", logger),
            }}
          >
            <Text text={logger} most={1000} />
          </Pair>
          {host !== "" && (
            <Pair
              name="host"
              filter={{ isOn: hosts.includes(host), toggle: () => state.toggle("hosts", host) }}
            >
              <Text text={host} most={1000} />
            </Pair>
          )}
          {originOf(record).map(([name, text]) => (
            <Pair key={name} name={name}>
              <Text text={text} most={2000} />
            </Pair>
          ))}
        </dl>
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface PairProps {
  name: string;
  filter?: { isOn: boolean; toggle: () => void } | undefined;
  children: ComponentChildren;
}

function Pair({ name, filter, children }: PairProps): VNode {
  return (
    <div class="pair">
      <dt>
        <Text text={name} most={200} />
      </dt>
      <dd>{children}</dd>
      {filter !== undefined && (
        <button
          type="button"
          class="quiet filter"
          aria-pressed={filter.isOn}
          aria-label={`Show only records with this ${visibleText(name.slice(0, 60))}`}
          title="Show only records with this"
          onClick={filter.toggle}
        >
          <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path d="M1 2h10L7 6.5V11L5 9.5v-3z" />
          </svg>
        </button>
      )}
    </div>
  );
}

function LongText({ text, className = "" }: { text: string; className?: string }): VNode {
  const [isWhole, setWhole] = useState(false);
  const isCut = text.length > MOST_CHARACTERS && !isWhole;
  return (
    <>
      <pre
        class={className}
      ><Text text={text} lines most={isCut ? MOST_CHARACTERS : Infinity} /></pre>
      {isCut && (
        <button type="button" onClick={() => setWhole(true)}>
          Show all {wholeCount(text.length)} characters
        </button>
      )}
    </>
  );
}

function CopyButton({ label, text }: { label: string; text: () => string }): VNode {
  const [shown, setShown] = useState(label);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setShown("Copied");
    } catch {
      // Without TLS a browser allows it on the loopback address alone.
      setShown("Not allowed");
    }
    setTimeout(() => setShown(label), 1500);
  };
  return <button type="button" title="Copy as JSON" onClick={() => void copy()}>{shown}</button>;
}

/** Where a record comes from, in pairs that are not empty. */
function originOf(record: Detail | Entry): [string, string][] {
  const { via, time, id } = record;
  const detail: Partial<Detail> = record as Detail;
  const source = detail.pathname &&
    `${detail.pathname}${detail.lineno ? `:${detail.lineno}` : ""}${
      detail.function ? ` in ${detail.function}` : ""
    }`;
  const named = (number: unknown, name: unknown) =>
    [name, number].filter((part) => part !== undefined && part !== null && part !== "").join(" ");
  const pairs: [string, unknown][] = [
    ["source", source],
    ["process", named(detail.process, detail.processName)],
    ["thread", named(detail.thread, detail.threadName)],
    ["level", `${record.level} (${record.levelno})`],
    ["via", via],
    [
      "received",
      detail.received &&
      `${fullTime(detail.received)}, ${duration(Math.abs(detail.received - time))} ${
        detail.received < time ? "before its time" : "later"
      }`,
    ],
    ["size", detail.size && byteCount(detail.size)],
    ["id", id],
  ];
  return pairs
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => [name, String(value)]);
}

function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
