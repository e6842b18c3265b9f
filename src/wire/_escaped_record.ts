/**
 * The escaped copy of a received record, for a console or a file. The sender chooses the text of a
 * record: a line feed in it would begin a line that looks like another record, and an escape
 * sequence would control the reader's terminal.
 *
 * In every field, and in its name, control characters are written as Python's `repr()` writes them:
 * `\n`, `\x1b`. A backslash is not changed. `exc_text` and `stack_info` keep LF and TAB, since they
 * are lines, and each of their lines is indented, so that none begins like a record.
 *
 * Browser compatible.
 *
 * @module
 */
import { escapeControls, hasControls, indentedLines } from "../text/control_characters.ts";
import { correctMistake } from "../logging/call_mistake.ts";
import type { LogRecord } from "../logging/log_record.ts";
import { makeLogRecord } from "../logging/make_log_record.ts";
import { reportError } from "../logging/report_error.ts";
import { isPlainObject } from "../text/is_mapping.ts";
import { pythonStr } from "../text/python_repr.ts";
import { TextBudget } from "../text/text_budget.ts";

/** Longer texts are read once, in however many fields of a record they are. */
const LONG_TEXT = 1000;

/** Deeper values are written as `…`: no honest record nests so deep, and the copy is recursive. */
const MAX_DEPTH = 100;

/** Returns the record itself if no field can begin a line, else an escaped copy. */
export function escapedRecord(record: LogRecord): LogRecord {
  const message = messageOf(record);
  if (isOneLine(record, message)) return record;
  const clean = new Cleaning();
  const fields = Object.entries(record).map(([key, value]) => [
    escapeControls(key),
    isTrace(key) && value ? indentedLines(pythonStr(value)) : clean.value(value),
  ]);
  const copy = makeLogRecord(Object.fromEntries(fields) as Record<string, unknown>);
  copy.msg = escapeControls(message);
  copy.args = null;
  return copy;
}

/** Returns the message; a sender's mistake in it is reported, and does not lose the record. */
function messageOf(record: LogRecord): string {
  try {
    return record.getMessage();
  } catch (error) {
    if (!correctMistake({ handleError: reportError }, record)) throw error;
    return record.getMessage();
  }
}

function isTrace(key: string): boolean {
  return key === "exc_text" || key === "stack_info";
}

function isOneLine(record: LogRecord, message: string): boolean {
  if (record.exc_text || record.stack_info) return false;
  // One search through all names and texts is faster than a search in each.
  let text = message;
  const others = new Set<unknown>();
  for (const key of Object.keys(record)) {
    const value = record[key];
    text += key;
    // The message contains these two.
    if (key === "msg" || key === "args") continue;
    if (typeof value === "string" && value.length <= LONG_TEXT) text += value;
    else if (typeof value === "string" || typeof value === "object") others.add(value);
  }
  return !hasControls(text) && !holdControls(others);
}

/**
 * Returns true if these values contain, or may contain, a control character: their texts together
 * have one budget. Linear, however often a part is shared.
 */
function holdControls(values: Set<unknown>): boolean {
  const budget = new TextBudget();
  // The loop also reaches values that are added to the set meanwhile.
  for (const value of values) {
    const parts = typeof value === "object" && value !== null ? partsOf(value) : undefined;
    if (parts !== undefined) {
      for (const part of parts) values.add(part);
    } else if (hasControls(pythonStr(value, budget)) || !budget.next()) {
      return true;
    }
  }
  return false;
}

/** Returns the values in a container; `undefined` for a value that has only a text. */
function partsOf(value: object): Iterable<unknown> | undefined {
  if (Array.isArray(value) || value instanceof Set) return value;
  if (isBytes(value)) return [];
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return isPlainObject(value) ? [...Object.keys(value), ...Object.values(value)] : undefined;
}

/**
 * Returns true for bytes, which are not searched: their text is always escaped, and takes long to
 * write.
 */
function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/**
 * Copies values with their control characters escaped; shared and cyclic parts stay shared and
 * cyclic.
 */
class Cleaning {
  readonly #copies = new Map<unknown, unknown>();
  /** The budget of the texts of objects, which may share a part many times over. */
  readonly #budget = new TextBudget();

  value(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.#text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return "…";
    if (isBytes(value)) return value;
    if (this.#copies.has(value)) return this.#copies.get(value);
    const copied = (part: unknown) => this.value(part, depth + 1);
    if (Array.isArray(value)) {
      const copy = this.#made<unknown[]>(value, []);
      for (const item of value) copy.push(copied(item));
      return copy;
    }
    if (value instanceof Set) {
      const copy = this.#made(value, new Set());
      for (const item of value) copy.add(copied(item));
      return copy;
    }
    if (value instanceof Map) {
      const copy = this.#made(value, new Map());
      for (const [key, item] of value) copy.set(copied(key), copied(item));
      return copy;
    }
    if (isPlainObject(value)) {
      const copy = this.#made(value, {});
      for (const [key, item] of Object.entries(value)) {
        const definition = { value: copied(item), enumerable: true, writable: true };
        Object.defineProperty(copy, this.#text(key), { ...definition, configurable: true });
      }
      return copy;
    }
    const text = pythonStr(value, this.#budget);
    // A text over the budget was not read in full.
    const isKnown = this.#budget.next() && !hasControls(text);
    return this.#made(value, isKnown ? value : escapeControls(text));
  }

  #text(text: string): string {
    if (text.length <= LONG_TEXT) return escapeControls(text);
    const known = this.#copies.get(text) as string | undefined;
    return known ?? this.#made(text, escapeControls(text));
  }

  #made<Copy>(value: unknown, copy: Copy): Copy {
    this.#copies.set(value, copy);
    return copy;
  }
}
