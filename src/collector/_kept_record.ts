/**
 * A record as the collector keeps it for its page: plain text and numbers, whose size in memory is
 * known. The record itself is not kept, as a sender may have put any graph of objects into it.
 *
 * @module
 */
import { escapeControls } from "../text/control_characters.ts";
import { withFallback } from "../text/fallback.ts";
import { quotedJson, readableJson } from "../text/json_text.ts";
import { ownText } from "../text/own_text.ts";
import { pythonStr } from "../text/python_repr.ts";
import { cutText, TextBudget } from "../text/text_budget.ts";
import { callText } from "../logging/call_mistake.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { extraFields } from "../logging/record_attributes.ts";
import { stackOf } from "../text/exception_text.ts";

/** Names are shorter; a longer one is data. */
const MAX_NAME = 1024;

/** A mebibyte of one text or field: a page can still show it. */
export const MAX_VALUE: number = 1024 * 1024;

/** The bytes of an object of V8 with these fields, and of the numbers that do not fit into it. */
const OBJECT_BYTES = 256;

/** The bytes of a text without its characters. */
const TEXT_BYTES = 24;

/** Matches a text that takes two bytes a character. */
// deno-lint-ignore no-control-regex -- Latin-1 begins at 0
const WIDE = /[^\x00-\xff]/;

/** The latest time that a `Date` can hold, in milliseconds. */
const MAX_TIME = 8.64e15;

/** The way on which a record arrived. */
export interface RecordOrigin {
  /** The kind of listener: `pickle`, `syslog-udp`, … */
  readonly via: string;
  /** The IP address of the sender; empty if it is not known. */
  readonly sender: string;
}

/** A record as it is kept. */
export interface KeptRecord {
  /** 1 for the first record that was received, and so on; 0 until it is kept. */
  id: number;
  /** The time of the record, in milliseconds since the epoch. */
  readonly time: number;
  readonly levelno: number;
  readonly level: string;
  readonly logger: string;
  readonly host: string;
  readonly via: string;
  readonly message: string;
  /** The traceback; empty if there is none. */
  readonly error: string;
  /** The stack of the logging call; empty if there is none. */
  readonly stack: string;
  /** The fields of `extra` as the text of a JSON object; empty if there are none. */
  readonly fields: string;
  readonly pathname: string;
  readonly lineno: number;
  readonly funcName: string;
  readonly process: number | null;
  readonly processName: string;
  readonly thread: number | string | null;
  readonly threadName: string;
  /** The time of its arrival, in milliseconds since the epoch. */
  readonly received: number;
  /** The bytes that it takes in memory, about. */
  readonly size: number;
  /** Says that a text was longer than a mebibyte. */
  readonly isCut: boolean;
}

/** The most names of fields that are known: people choose one from a list. */
const MAX_FIELD_NAMES = 500;

/**
 * Names that many records share, each kept once. A sender that invents names does not fill it: it is
 * emptied when it is full.
 */
export class SharedNames {
  /** The bytes that the names have taken that were added so far. */
  addedBytes = 0;
  readonly #names = new Map<unknown, string>();
  readonly #max: number;
  /** The names of fields so far; no further ones are added when there are five hundred. */
  readonly fields: Set<string> = new Set();

  /** Keeps at most `max` names. */
  constructor(max = 4096) {
    this.#max = max;
  }

  /** True if there may be more names of fields than are known. */
  get hasMoreFields(): boolean {
    return this.fields.size >= MAX_FIELD_NAMES;
  }

  /** Notes the name of a field. */
  addField(name: string): void {
    if (!this.fields.has(name) && !this.hasMoreFields) this.fields.add(ownText(name));
  }

  /** Returns the name that is kept for the value of an attribute. */
  share(value: unknown): string {
    return this.#names.get(value) ?? this.#add(value);
  }

  #add(value: unknown): string {
    // Copies: a name may be a part of the whole message that it came in.
    const name = ownText(nameOf(value));
    const key = typeof value === "string" && value !== name && value.length <= MAX_NAME
      ? ownText(value)
      : name;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (this.#names.size >= this.#max) this.#names.clear();
    this.#names.set(key, name);
    this.addedBytes += bytesOf(name);
    return name;
  }
}

/**
 * Makes what is kept of a record. Never throws.
 *
 * @param received the time of its arrival, in milliseconds since the epoch
 */
export function keepRecord(
  record: LogRecord,
  { via, sender }: RecordOrigin,
  received: number,
  names: SharedNames,
): KeptRecord {
  const before = names.addedBytes;
  let size = OBJECT_BYTES;
  let isCut = false;
  const text = (value: string): string => {
    if (value === "") return value;
    const kept = value.length > MAX_VALUE ? ownText(value.slice(0, MAX_VALUE)) : value;
    isCut ||= kept !== value;
    size += bytesOf(kept);
    return kept;
  };
  const created = numberOf(record.created) * 1000;
  const levelno = numberOf(record.levelno);
  const extra = withFallback(() => extraFields(record), {} as Record<string, unknown>);
  const fields = fieldsText(extra, names);
  isCut ||= fields.isCut;
  const thread: unknown = record.thread;
  const kept = {
    id: 0,
    time: Math.abs(created) <= MAX_TIME ? created : received,
    levelno: Number.isFinite(levelno) ? levelno : 0,
    level: names.share(record.levelname),
    logger: names.share(record.name),
    host: names.share(hostOf(extra) ?? sender),
    via,
    message: text(messageOf(record)),
    error: text(errorOf(record)),
    stack: text(record.stack_info ? textOf(record.stack_info) : ""),
    fields: text(fields.text),
    pathname: names.share(record.pathname),
    lineno: Number.isSafeInteger(record.lineno) ? record.lineno : 0,
    funcName: names.share(record.funcName),
    process: typeof record.process === "number" ? record.process : null,
    processName: names.share(record.processName),
    thread: typeof thread === "number" ? thread : typeof thread === "bigint" ? `${thread}` : null,
    threadName: names.share(record.threadName),
    received,
    size: 0,
    isCut,
  };
  kept.isCut = isCut;
  kept.size = size + names.addedBytes - before;
  return kept;
}

function messageOf(record: LogRecord): string {
  return withFallback(() => record.getMessage(), undefined) ??
    withFallback(() => callText(record.msg, record.args), "");
}

function errorOf(record: LogRecord): string {
  if (record.exc_text) return textOf(record.exc_text);
  const error: unknown = record.exc_info;
  if (!error) return "";
  return error instanceof Error ? withFallback(() => stackOf(error), undefined) ?? "" : "";
}

/** The machine that the record itself names: as syslog does, and OpenTelemetry. */
function hostOf(extra: Record<string, unknown>): string | undefined {
  const name = extra.hostname ?? extra["host.name"];
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Returns the fields as JSON; those that have no room within a mebibyte are left out or cut off. */
function fieldsText(
  extra: Record<string, unknown>,
  names: SharedNames,
): { text: string; isCut: boolean } {
  const budget = new TextBudget();
  let text = "";
  let isCut = false;
  const isSyslog = "structured_data" in extra;
  for (const key of Object.keys(extra)) {
    // Of syslog null says that the message lacks this part.
    if (isSyslog && extra[key] === null) continue;
    const name = key.length > MAX_NAME ? cutText(key, MAX_NAME) : key;
    names.addField(name);
    let value = readableJson(extra[key], budget);
    if (value.length > MAX_VALUE) {
      isCut = true;
      value = quotedJson(fieldText(value).slice(0, MAX_VALUE / 2));
    }
    const member = `${text === "" ? "{" : ","}${quotedJson(name)}:${value}`;
    if (!budget.next() || text.length + member.length >= MAX_VALUE) {
      isCut = true;
      break;
    }
    text += member;
  }
  return { text: text === "" ? "" : `${text}}`, isCut };
}

/** Returns the text of a field whose JSON is given: a text itself, else its JSON. */
export function fieldText(json: string): string {
  return json.startsWith('"') ? JSON.parse(json) as string : json;
}

/** Returns the fields of a record by their names, each value as text. */
export function fieldTexts(kept: KeptRecord): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(parsedFields(kept))) {
    texts.set(key, typeof value === "string" ? value : JSON.stringify(value));
  }
  return texts;
}

/** Returns the fields of a record. */
export function parsedFields({ fields }: KeptRecord): Record<string, unknown> {
  return fields === "" ? {} : JSON.parse(fields) as Record<string, unknown>;
}

/** Returns a number, NaN for what is none: `Number()` throws at some values. */
function numberOf(value: unknown): number {
  return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : NaN;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : withFallback(() => pythonStr(value), "");
}

/** Returns a name without control characters: it is shown in lists, and in lines of text. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = escapeControls(textOf(value));
  return cutText(text, MAX_NAME);
}

/** Returns the bytes of a text, about. */
export function bytesOf(text: string): number {
  return TEXT_BYTES + text.length * (WIDE.test(text) ? 2 : 1);
}
